import { expect, jest, test } from '@jest/globals';
import { type EventEnvelope } from '#libs/contracts';
import { Clock } from '#libs/platform';
import { AccessService } from './access.service.ts';

// A stream brings an event again when a server was restored or a consumer made anew, long after it was kept.
const event = {
  data: {
    batchId: 'b1',
    records: [
      {
        at: '2026-12-01T08:00:00.000Z',
        actor: 'anna',
        kind: 'person',
        roles: ['rccOfficer'],
        operation: 'people.list',
        resource: 'person',
        id: null,
        outcome: 'read',
        status: 200,
        code: null,
        rccs: ['norr'],
        times: 1,
        traceId: 't',
      },
    ],
  },
} as unknown as EventEnvelope;

test.each([
  ['a batch that is new is kept, its records first', null, ['records', 'batch']],
  ['a batch that was kept, and may be thinned by now, is not brought back', { id: 'b1' }, []],
])('%s', async (_what, known, expected) => {
  const written: string[] = [];
  const accesses = { add: jest.fn(async () => void written.push('records')) };
  const batches = { find: async () => known, keep: jest.fn(async () => void written.push('batch')) };
  await new AccessService(accesses as never, batches as never, new Clock()).keep(event);
  expect(written).toEqual(expected);
});
