import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { accessBatchSize, type AccessRecord } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { AccessLog, type AccessLogOptions, type AccessPublisher } from './access-log.ts';

const logger = createLogger('test', 'silent');
const quick = { gathering: 20, pause: 10 };

/** A bus that can be away; what it took, batch by batch. */
function fakeBus() {
  const batches: AccessRecord[][] = [];
  const ids: string[] = [];
  const bus = { isAway: false, attempts: 0 };
  const publisher: AccessPublisher = {
    seal: (aggregate, event) => ({ id: aggregate.id, ...structuredClone(event) }) as never,
    async send(event) {
      bus.attempts += 1;
      ids.push(event.id);
      if (bus.isAway) throw new Error('away');
      batches.push((event.data as { records: AccessRecord[] }).records);
    },
  };
  return { bus, batches, ids, publisher };
}

function record(more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    at: '2026-03-01T08:00:00.000Z',
    actor: 'kansli',
    kind: 'person',
    roles: ['rccOfficer'],
    operation: 'people.list',
    resource: 'person',
    id: null,
    outcome: 'read',
    status: 200,
    code: null,
    rccs: [],
    times: 1,
    traceId: 't',
    ...more,
  };
}

/** Waits for what comes in its own time. */
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !holds() && Date.now() < end;) await sleep(5);
}

let log: AccessLog | undefined;
afterEach(() => log?.close());

function open(publisher: AccessPublisher, options: AccessLogOptions = quick): AccessLog {
  log = new AccessLog(publisher, logger, options);
  return log;
}

test('records that come together go together', async () => {
  const { batches, publisher } = fakeBus();
  const opened = open(publisher);
  for (let index = 0; index < 5; index += 1) opened.add(record({ traceId: `${index}` }));
  expect(batches).toEqual([]);
  await until(() => batches.length > 0);
  expect(batches.map((batch) => batch.map(({ traceId }) => traceId))).toEqual([['0', '1', '2', '3', '4']]);
});

test('many go in batches, each no larger than the contract says, in order', async () => {
  const { batches, publisher } = fakeBus();
  const opened = open(publisher, { ...quick, gathering: 60_000 });
  const count = accessBatchSize * 2 + 1;
  for (let index = 0; index < count; index += 1) opened.add(record({ traceId: `${index}` }));
  await opened.close();
  expect(Math.max(...batches.map(({ length }) => length))).toBe(accessBatchSize);
  expect(batches.flat().map(({ traceId }) => Number(traceId))).toEqual([...Array(count).keys()]);
});

test('a batch is sent again as it was until the bus has it, and nothing is lost', async () => {
  const { bus, batches, ids, publisher } = fakeBus();
  bus.isAway = true;
  const opened = open(publisher);
  opened.add(record({ traceId: 'first' }));
  await until(() => bus.attempts > 1);
  opened.add(record({ traceId: 'second' }));
  expect(bus.attempts).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
  bus.isAway = false;
  await until(() => batches.flat().length >= 2);
  expect(batches.flat().map(({ traceId }) => traceId)).toEqual(['first', 'second']);
});

test('memory is bounded while the bus is away', async () => {
  const { bus, batches, publisher } = fakeBus();
  bus.isAway = true;
  const opened = open(publisher, { ...quick, bound: 10 });
  for (let index = 0; index < 50; index += 1) opened.add(record());
  bus.isAway = false;
  await until(() => batches.flat().length >= 10);
  await opened.close();
  expect(batches.flat()).toHaveLength(10);
});

test('a flood of refusals is one record with its number, other refusals are one each', async () => {
  const { batches, publisher } = fakeBus();
  const opened = open(publisher);
  const refused = { outcome: 'refused', status: 429, code: 'too-many-requests' } as const;
  for (let index = 0; index < 100; index += 1) opened.add(record({ ...refused, id: `thing-${index}` }));
  opened.add(record({ ...refused, actor: 'another' }));
  for (let index = 0; index < 3; index += 1) opened.add(record({ outcome: 'refused', status: 403 }));
  await until(() => batches.flat().length >= 5);
  expect(batches.flat().map(({ status, times, id }) => [status, times, id])).toEqual([
    [429, 100, null],
    [429, 1, null],
    [403, 1, null],
    [403, 1, null],
    [403, 1, null],
  ]);
});
