import { expect, test } from '@jest/globals';
import { headsSince } from './heads.ts';
import { verifyChains } from './verification.ts';

const robbed = { id: 'event-1', seq: 1 };

test('a link that has been robbed of its thing is named', async () => {
  const chains = { types: [], journal: { inChainOrder: async () => [robbed] } };
  const { fault, next } = await verifyChains(chains as never, 'applications', null, 100);
  expect(fault).toMatchObject({ code: 'form', service: 'applications', eventId: 'event-1' });
  expect(next).toBeNull();
});

test('a link that has been robbed of its thing does not keep others out of the log', async () => {
  const entries = [{ eventId: 'event-1' }, { eventId: 'event-2', aggregate: { type: 'call', id: 'call-1' } }];
  const head = { seq: 1, hash: 'a'.repeat(64) };
  const chains = {
    types: ['call'],
    journal: { aggregatesFrom: async () => entries },
    ends: async () => [{ type: 'call', id: 'call-1', head, outbox: [] }],
  };
  expect(await headsSince(chains as never, 0, JSON.stringify({ journal: '' }))).toEqual({
    heads: [{ type: 'call', id: 'call-1', ...head }],
    next: null,
  });
});
