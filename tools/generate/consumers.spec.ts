import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { consumers, durableOf, eventTypes } from '#libs/contracts';
import { checkout } from '#libs/embedded';
import { findConsumers } from './consumers.ts';

test('the services take in exactly what the contracts declare, by which NATS lets them', async () => {
  const declared = consumers.map((consumer) => ({
    durable: durableOf(consumer),
    from: consumer.from,
    types: [...consumer.types].toSorted(),
  }));
  const found = (await findConsumers(join(checkout, 'apps'))).map(({ durable, from, types }) => ({
    durable,
    from,
    types: [...types].toSorted(),
  }));
  expect(found).toEqual(declared.toSorted((a, b) => (a.durable < b.durable ? -1 : 1)));
});

test('what a consumer waits for is there to come', () => {
  for (const { from, types } of consumers) {
    for (const type of types) {
      expect(eventTypes.filter((known) => known.type === type && known.service === from)).toHaveLength(1);
    }
  }
});
