import { describe, expect, test } from '@jest/globals';
import { type JournalEvent } from '#libs/audit';
import { sealEvents } from '#libs/persistence';
import { toAuditEntries } from './changes.ts';

const aggregate = { type: 'call', id: 'c1' };
const context = {
  actor: { id: 'kansli', kind: 'person' as const, role: 'rccOfficer' as const, rcc: 'sydost' as const },
  time: new Date('2026-03-01T08:00:00Z'),
  command: 'calls.change',
};

/** A chain of events, each from its type, data and private part. */
function chainOf(...events: [string, Record<string, unknown>, Record<string, unknown>?][]): JournalEvent[] {
  const news = events.map(([type, data, part]) => ({
    type,
    version: 1,
    data,
    ...(part && { private: part }),
  }));
  return sealEvents({ seq: 0, hash: null }, aggregate, 1, news, context);
}

const changes = (events: JournalEvent[]) => toAuditEntries(events).map((entry) => entry.changes);

describe('the changes of a journal', () => {
  test('are what the event says was before and is after, place by place', () => {
    const events = chainOf([
      'call.changed',
      { callId: 'c1', fields: ['title', 'themes'] },
      {
        before: { title: 'Gammal', themes: [{ id: 'a', title: 'A' }], summary: 'Bort' },
        after: { title: 'Ny', themes: [{ id: 'a', title: 'B' }, { id: 'b' }] },
      },
    ]);
    expect(changes(events)).toEqual([
      [
        { path: '/title', from: 'Gammal', to: 'Ny' },
        { path: '/themes/0/title', from: 'A', to: 'B' },
        { path: '/summary', from: 'Bort', to: null },
        { path: '/themes/1/id', from: null, to: 'b' },
      ],
    ]);
  });

  test('begin with everything that was there from the first, but for what the thing is called', () => {
    const events = chainOf(['call.created', { callId: 'c1', rcc: 'sydost' }, { content: { title: 'Ett' } }]);
    expect(changes(events)).toEqual([
      [
        { path: '/rcc', from: null, to: 'sydost' },
        { path: '/title', from: null, to: 'Ett' },
      ],
    ]);
  });

  test('follow what an event of the thing itself states', () => {
    const events = chainOf(
      ['call.created', { rcc: 'sydost', requested: 100 }],
      [
        'call.changed',
        { rcc: 'sydost', requested: 200 },
        { before: { title: 'Ett' }, after: { title: 'Två' } },
      ],
    );
    expect(changes(events)[1]).toEqual([
      { path: '/title', from: 'Ett', to: 'Två' },
      { path: '/requested', from: 100, to: 200 },
    ]);
  });

  test('of one assessment are not the changes of another', () => {
    const events = chainOf(
      ['call.created', { rcc: 'sydost' }],
      ['call.assessed', { rcc: 'sydost', assessor: 'b1', recommendation: 'grant' }],
      ['call.assessed', { rcc: 'sydost', assessor: 'b2', recommendation: 'grant' }],
    );
    expect(changes(events)[2]).toEqual([
      { path: '/assessor', from: null, to: 'b2' },
      { path: '/recommendation', from: null, to: 'grant' },
    ]);
  });

  test('tell of a thinned event what it still holds, and that it was thinned', () => {
    const [event] = chainOf([
      'call.changed',
      { rcc: 'sydost' },
      { before: { title: 'A' }, after: { title: 'B' } },
    ]);
    const thinned = { ...(event as JournalEvent), private: null };
    expect(toAuditEntries([thinned])).toMatchObject([
      { thinned: true, changes: [{ path: '/rcc', from: null, to: 'sydost' }] },
    ]);
  });

  test('name places as JSON Pointers, whatever a field is called', () => {
    const events = chainOf(['call.created', { 'a/b~c': 1, empty: [], nothing: null }]);
    expect(changes(events)[0]).toEqual([
      { path: '/a~1b~0c', from: null, to: 1 },
      { path: '/empty', from: null, to: [] },
    ]);
  });

  test('come with who did it, when and in which role, and the link’s place in the chain', () => {
    const [first, second] = toAuditEntries(chainOf(['call.created', {}], ['call.closed', {}]));
    expect(second).toMatchObject({
      seq: 2,
      type: 'call.closed',
      time: '2026-03-01T08:00:00.000Z',
      actor: context.actor,
      prevHash: first?.hash,
    });
  });
});
