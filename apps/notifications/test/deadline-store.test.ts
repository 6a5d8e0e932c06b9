import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { addDays } from '#libs/calendar';
import { calendarBounds, type Actor } from '#libs/contracts';
import { type Relay } from '#libs/messaging';
import { testServers, uniqueName } from '#libs/testing';
import { deadlineId, DeadlineRepository } from '../src/deadline/deadline.repository.ts';
import { DeadlineService } from '../src/deadline/deadline.service.ts';

let connection: Connection;
let deadlines: DeadlineRepository;

beforeAll(async () => {
  const dbName = uniqueName('whole-regions');
  connection = await mongoose.createConnection(testServers().mongoUrl, { dbName }).asPromise();
  // Nothing of a deadline is told on, so nothing is relayed.
  deadlines = new DeadlineRepository(connection, {
    add: () => undefined,
    enqueue: () => undefined,
  } as unknown as Relay);
});
afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
});

beforeEach(async () => {
  await connection.collection('deadlines').deleteMany({});
});

const about = {
  version: 1,
  dueOn: '2027-03-31',
  responsible: { role: 'regionSystem', unit: 'kalmar' },
  rcc: 'sydost',
  region: 'kalmar',
  setAt: '2027-01-10T12:00:00.000Z',
  eventId: 'e-1',
} as const;

it('deadlines of calls from before clinics were told apart become the whole region’s, and no others', async () => {
  const now = new Date();
  const call = { ...about, kind: 'call-closing', subject: { type: 'call', id: 'c-1' } } as const;
  const report = { ...about, kind: 'final-report', subject: { type: 'application', id: 'a-1' } } as const;
  const clinics = { ...report, unitDigest: 'a'.repeat(43) };
  await deadlines.set('call', now, call);
  await deadlines.set('report', now, report);
  await deadlines.set('clinic', now, clinics);
  const stored = connection.collection<{ _id: string; unitDigest?: string }>('deadlines');
  const units = async () => {
    const found = await stored.find({}).toArray();
    return Object.fromEntries(found.map(({ _id, unitDigest }) => [_id, unitDigest]));
  };
  const whole = {
    [deadlineId('call')]: 'whole-region',
    [deadlineId('report')]: undefined,
    [deadlineId('clinic')]: clinics.unitDigest,
  };
  expect(await units()).toEqual(whole);
  await stored.updateOne({ _id: deadlineId('call') }, { $unset: { unitDigest: 1 } });
  await deadlines.noteWholeRegions();
  expect(await units()).toEqual(whole);
});

describe('a calendar', () => {
  const now = new Date('2027-01-10T23:30:00.000Z');
  /** In Sweden the eleventh has begun. */
  const today = '2027-01-11';
  const office: Actor = {
    id: 'kansliet',
    kind: 'person',
    assignments: [{ role: 'rccOfficer', rcc: 'sydost' }],
    employers: [],
  };
  const calendar = (filter: object = {}, actor = office) => {
    const clock = { now: () => now } as never;
    const service = new DeadlineService(deadlines, null as never, null as never, clock, null as never);
    return service.calendar({ request: { filter }, caller: { actor } } as never);
  };
  const report = (id: string, dueOn: string) =>
    ({ ...about, kind: 'final-report', subject: { type: 'application', id }, dueOn }) as const;

  it('holds the days around today, the first and the last included, in their order', async () => {
    const { daysBefore, daysAfter } = calendarBounds;
    const days = [daysAfter + 1, daysAfter, 0, -daysBefore, -daysBefore - 1].map((offset) =>
      addDays(today, offset),
    );
    for (const day of days) await deadlines.set(day, now, report(day, day));
    const { entries } = await calendar();
    expect(entries.map(({ dueOn }) => dueOn)).toEqual([days[3], days[2], days[1]]);
    expect(entries.map(({ state }) => state)).toEqual(['overdue', 'open', 'open']);
    const { entries: overdue } = await calendar({ state: 'overdue' });
    expect(overdue.map(({ dueOn }) => dueOn)).toEqual([days[3]]);
    const nobody = { ...office, assignments: [] };
    expect(await calendar({}, nobody)).toEqual({ entries: [] });
  });

  it('says anew what was moved or ended since', async () => {
    const entry = async () => {
      const { sequence, changedAt, dueOn, state } = (await calendar()).entries[0] ?? {};
      return { sequence, changedAt, dueOn, state };
    };
    await deadlines.set('report', now, report('a-1', '2027-03-31'));
    const first = { sequence: 0, changedAt: about.setAt, dueOn: '2027-03-31', state: 'open' };
    expect(await entry()).toEqual(first);
    const setAt = '2027-01-12T08:00:00.000Z';
    await deadlines.set('report', now, { ...report('a-1', '2027-04-30'), version: 2, setAt, eventId: 'e-2' });
    expect(await entry()).toEqual({ ...first, sequence: 1, changedAt: setAt, dueOn: '2027-04-30' });
    const at = '2027-01-13T08:00:00.000Z';
    await deadlines.end('report', now, { as: 'withdrawn', at, eventId: 'e-3' });
    expect(await entry()).toEqual({ sequence: 2, changedAt: at, dueOn: '2027-04-30', state: 'withdrawn' });
  });

  it('that would hold more than fits is refused, and not cut off', async () => {
    const stored = connection.collection<{ _id: string }>('deadlines');
    await deadlines.set('first', now, report('a-1', today));
    const [{ _id, ...first }] = (await stored.find({}).toArray()) as [{ _id: string }];
    const copies = Array.from({ length: calendarBounds.entries }, (_, at) => ({
      ...first,
      _id: `${_id}-${at}`,
    }));
    await stored.insertMany(copies.slice(1));
    expect((await calendar()).entries).toHaveLength(calendarBounds.entries);
    await stored.insertMany(copies.slice(0, 1));
    await expect(calendar()).rejects.toMatchObject({
      code: 'calendar-too-large',
      params: { maximum: calendarBounds.entries },
    });
    expect((await calendar({ kind: 'condition' })).entries).toEqual([]);
  });
});
