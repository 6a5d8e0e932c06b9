import { describe, expect, test } from '@jest/globals';
import { type ThinnedThing } from '#libs/contracts';
import { advanceRun, startRun, stopRun, thingsInRun } from './thinning-run.ts';

const at = new Date('2026-11-24T08:00:00Z');
const { state: begun } = startRun(
  'run',
  'rule',
  {
    title: 'Avslag',
    documentType: 'application',
    after: { event: 'ended', period: 'P5Y' },
    decisionReference: 'Dnr 1',
  },
  { by: { id: 'adm', kind: 'person', role: 'administrator' }, at, on: '2026-11-24' },
);
const thing = (id: string, outcome: ThinnedThing['outcome'] = 'thinned'): ThinnedThing => ({
  type: 'application',
  id,
  outcome,
  reason: outcome === 'waiting' ? 'under-way' : null,
  happenedOn: '2020-01-01',
  dueOn: '2025-01-01',
  fields: outcome === 'thinned' ? ['contact.name'] : [],
  journalEntries: 1,
});

describe('a run', () => {
  test('goes on from where its last part ended, and is finished with the last one', () => {
    const one = advanceRun(
      'run',
      begun,
      { from: null, things: [thing('a'), thing('b', 'waiting')], next: 'b' },
      at,
    );
    expect(one.state).toMatchObject({ state: 'running', position: 'b', waiting: 1, finishedAt: null });
    expect(one.events).toMatchObject([
      { type: 'thinning.run-advanced', data: { things: [{ id: 'a', fields: ['contact.name'] }] } },
    ]);
    const two = advanceRun('run', one.state, { from: 'b', things: [thing('c')], next: null }, at);
    expect(two.state).toMatchObject({ state: 'finished', waiting: 1, finishedAt: at, more: false });
    expect(two.state.things.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(two.events.at(-1)).toMatchObject({
      type: 'thinning.run-finished',
      data: { state: 'finished', thinned: 2, waiting: 1 },
    });
  });

  test('takes each part once, however many bring it', () => {
    const part = { from: null, things: [thing('a')], next: 'a' };
    const { state } = advanceRun('run', begun, part, at);
    expect(advanceRun('run', state, part, at)).toEqual({ state, events: [] });
    const { state: done } = advanceRun('run', state, { from: 'a', things: [], next: null }, at);
    expect(advanceRun('run', done, { from: 'a', things: [thing('x')], next: null }, at).state).toBe(done);
  });

  test('ends when its protocol is full, and says that there is more', () => {
    const things = Array.from({ length: thingsInRun }, (_, index) => thing(`t${index}`));
    const { state } = advanceRun('run', begun, { from: null, things, next: 'last' }, at);
    expect(state).toMatchObject({ state: 'finished', more: true });
    expect(advanceRun('run', begun, { from: null, things, next: null }, at).state.more).toBe(false);
  });

  test('is stopped when its rule ends; one that is finished stays finished', () => {
    const stopped = stopRun('run', begun, at);
    expect(stopped.state).toMatchObject({ state: 'stopped', finishedAt: at });
    expect(stopRun('run', stopped.state, at)).toEqual({ state: stopped.state, events: [] });
    expect(
      advanceRun('run', stopped.state, { from: null, things: [thing('a')], next: null }, at).events,
    ).toEqual([]);
  });
});
