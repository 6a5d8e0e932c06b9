import { describe, expect, test } from '@jest/globals';
import { callerNames } from '#libs/contracts';
import { permissionsOf, questions } from './permissions.ts';

// Written down once by hand: what is compared with the contracts alone would follow them into any fault.
// Whoever changes these lists gives a process more, or less, to do on the bus.
describe('permissions', () => {
  test('plans answers those who may ask it, tells its events, and asks nobody', () => {
    expect(permissionsOf('plans')).toEqual({
      publish: expect.arrayContaining(['events.plans.plan.imported', 'used-tokens.plans.>']),
      subscribe: ['_INBOX.plans.>', 'rpc.plans.>'],
      answers: true,
    });
    const { publish } = permissionsOf('plans');
    expect(publish.filter((subject) => !/^(events\.plans\.[a-z-]+\.[a-z-]+)$/.test(subject))).toEqual([
      '$JS.API.STREAM.INFO.events-plans',
      '$JS.API.STREAM.INFO.used-tokens',
      'used-tokens.plans.>',
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
      '$JS.API.STREAM.INFO.used-tokens',
      'rpc.applications.applications.notices',
      'rpc.applications.calls.notice',
      'rpc.directory.people.contacts',
      'rpc.directory.people.recipients',
      'used-tokens.notifications.>',
    ]);
  });

  test('the gateway answers nobody, and beside asking keeps ended sessions and tells of accesses', () => {
    const { publish, subscribe, answers } = permissionsOf('gateway');
    expect(subscribe).toEqual(['_INBOX.gateway.>']);
    expect(answers).toBe(false);
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

  test('every question can be asked by who is named, by a name and not by a pattern, and of others only', () => {
    for (const { subject, service, callers } of questions) {
      const asking = callerNames.filter((name) => permissionsOf(name).publish.includes(subject));
      const others = callerNames.filter((name) => callers.includes(name) && name !== service);
      expect([subject, asking]).toEqual([subject, others]);
    }
    const patterns = callerNames.flatMap((name) =>
      permissionsOf(name).publish.filter((subject) => /^(rpc|events)\..*[*>]/.test(subject)),
    );
    expect(patterns).toEqual([]);
  });

  // Whoever may publish to what it listens to can name itself any subject as a reply, and then publish there.
  test.each(callerNames)('%s may publish to nothing that it listens to, and to no inbox', (name) => {
    const { publish, subscribe } = permissionsOf(name);
    const both = publish.flatMap((one) => subscribe.filter((other) => overlap(one, other)));
    expect(both).toEqual([]);
    expect(publish.filter((subject) => overlap(subject, '_INBOX.>'))).toEqual([]);
  });

  test('what is asked for somebody is set off by operations that the gateway may ask of who asks', () => {
    const asked = questions.filter(({ onBehalfOf }) => onBehalfOf.length > 0);
    expect(asked.map(({ subject }) => subject).filter((subject) => !subject.includes('.journal.'))).toEqual([
      'rpc.plans.plans.goal',
    ]);
    for (const { callers, onBehalfOf } of asked) {
      for (const cause of onBehalfOf) {
        const operation = questions.find(({ subject }) => subject === cause);
        expect([cause, operation?.callers]).toEqual([cause, ['gateway']]);
        expect([cause, callers.includes(operation!.service)]).toEqual([cause, true]);
      }
    }
  });
});

/** Whether there is a subject that lies in both patterns. */
function overlap(one: string, other: string): boolean {
  const [first = [], second = []] = [one, other].map((pattern) => pattern.split('.'));
  for (let place = 0; ; place += 1) {
    const [left, right] = [first[place], second[place]];
    if (left === undefined || right === undefined) return left === right;
    if (left === '>' || right === '>') return true;
    if (left !== right && left !== '*' && right !== '*') return false;
  }
}
