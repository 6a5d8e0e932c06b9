import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { type Relay } from '#libs/messaging';
import { testServers, uniqueName } from '#libs/testing';
import { deadlineId, DeadlineRepository } from '../src/deadline/deadline.repository.ts';

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
