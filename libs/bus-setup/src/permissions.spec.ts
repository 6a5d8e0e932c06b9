import { describe, expect, test } from '@jest/globals';
import { callerNames } from '#libs/contracts';
import { permissionsOf, questions } from './permissions.ts';

// Written down once by hand: what is compared with the contracts alone would follow them into any fault.
// Whoever changes these lists gives a process more, or less, to do on the bus.
describe('permissions', () => {
  test('plans answers those who may ask it, tells its events, and asks nobody', () => {
    expect(permissionsOf('plans')).toEqual({
      publish: expect.arrayContaining(['events.plans.plan.imported', 'rpc.plans.platform.health']),
      subscribe: ['_INBOX.plans.>', 'rpc.plans.>'],
    });
    const { publish } = permissionsOf('plans');
    expect(publish.filter((subject) => !/^(events\.plans\.[a-z-]+\.[a-z-]+)$/.test(subject))).toEqual([
      '$JS.API.STREAM.INFO.events-plans',
      '_INBOX.audit.>',
      '_INBOX.directory.>',
      '_INBOX.follow-ups.>',
      '_INBOX.gateway.>',
      '_INBOX.plans.>',
      'rpc.plans.platform.health',
    ]);
  });

  test('notifications consumes from applications, and reads from it and the directory what letters need', () => {
    const { publish, subscribe } = permissionsOf('notifications');
    expect(subscribe).toEqual(['_INBOX.notifications.>', 'rpc.notifications.>']);
    expect(publish.filter((subject) => !subject.startsWith('events.notifications.'))).toEqual([
      '$JS.ACK.events-applications.notifications--deadlines.>',
      '$JS.ACK.events-applications.notifications--notices.>',
      '$JS.API.CONSUMER.INFO.events-applications.notifications--deadlines',
      '$JS.API.CONSUMER.INFO.events-applications.notifications--notices',
      '$JS.API.CONSUMER.MSG.NEXT.events-applications.notifications--deadlines',
      '$JS.API.CONSUMER.MSG.NEXT.events-applications.notifications--notices',
      '$JS.API.STREAM.INFO.events-notifications',
      '_INBOX.audit.>',
      '_INBOX.directory.>',
      '_INBOX.gateway.>',
      '_INBOX.notifications.>',
      'rpc.applications.applications.notice',
      'rpc.applications.calls.notice',
      'rpc.directory.people.contacts',
      'rpc.directory.people.recipients',
      'rpc.notifications.platform.health',
    ]);
  });

  test('the gateway answers nobody, and beside asking keeps ended sessions and tells of accesses', () => {
    const { publish, subscribe } = permissionsOf('gateway');
    expect(subscribe).toEqual(['_INBOX.gateway.>']);
    expect(publish.filter((subject) => !subject.startsWith('rpc.'))).toEqual([
      '$JS.API.CONSUMER.CREATE.KV_ended-sessions.>',
      '$JS.API.CONSUMER.DELETE.KV_ended-sessions.>',
      '$JS.API.CONSUMER.INFO.KV_ended-sessions.>',
      '$JS.API.INFO',
      '$JS.API.STREAM.INFO.KV_ended-sessions',
      '$JS.API.STREAM.INFO.events-gateway',
      '$JS.FC.KV_ended-sessions.>',
      '$KV.ended-sessions.>',
      'events.gateway.access.recorded',
    ]);
  });

  test('every question can be asked by somebody, by a name and not by a pattern', () => {
    for (const { subject, callers } of questions) {
      const asking = callerNames.filter((name) => permissionsOf(name).publish.includes(subject));
      expect([subject, asking]).toEqual([subject, callerNames.filter((name) => callers.includes(name))]);
    }
    const patterns = callerNames.flatMap((name) =>
      permissionsOf(name).publish.filter((subject) => /^(rpc|events)\..*[*>]/.test(subject)),
    );
    expect(patterns).toEqual([]);
  });
});
