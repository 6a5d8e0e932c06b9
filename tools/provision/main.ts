// npm run provision: makes the streams, consumers and buckets that the product needs on NATS, or brings
// their settings up to date. The services may not: see libs/bus-setup/src/permissions.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { provisionBus } from '#libs/bus-setup';
import { ConfigurationError, readConfig } from '#libs/platform';

const attempts = 60;

const schema = z.object({
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  /** Seed of the administrator. */
  NATS_NKEY: z.string({ error: 'expected the seed of the administrator' }),
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
});

/** A cluster that has just started has no leaders yet, and a server is not at once there. */
async function provision(): Promise<void> {
  const { NATS_URL: url, NATS_NKEY: nkey, NATS_REPLICAS: replicas } = readConfig(schema);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await provisionBus({ url, nkey, replicas });
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      console.error(`NATS: ${(error as Error).message}`);
      await sleep(1000);
    }
  }
}

try {
  await provision();
  console.log('NATS är förberett. / NATS is prepared.');
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exitCode = 1;
}
