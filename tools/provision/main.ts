// npm run provision: makes the streams, consumers and buckets that the product needs on NATS, or brings
// their settings up to date, and removes consumers of an earlier version. With `--dry-run` it changes nothing
// and says which those would be. The services may not: see libs/bus-setup/src/permissions.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { provisionBus, type Provisioned } from '#libs/bus-setup';
import { ConfigurationError, readConfig } from '#libs/platform';

const attempts = 60;

const schema = z.object({
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  /** Seed of the administrator. */
  NATS_NKEY: z.string({ error: 'expected the seed of the administrator' }),
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
});

/** A cluster that has just started has no leaders yet, and a server is not at once there. */
async function provision(dryRun: boolean): Promise<Provisioned> {
  const { NATS_URL: url, NATS_NKEY: nkey, NATS_REPLICAS: replicas } = readConfig(schema);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await provisionBus({ url, nkey, replicas, dryRun });
    } catch (error) {
      if (attempt === attempts) throw error;
      console.error(`NATS: ${(error as Error).message}`);
      await sleep(1000);
    }
  }
}

try {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  const isDry = values['dry-run'];
  const { removed } = await provision(isDry);
  for (const consumer of removed) {
    console.log(
      isDry ? `skulle tas bort / would be removed: ${consumer}` : `borttagen / removed: ${consumer}`,
    );
  }
  console.log(
    isDry
      ? `Inget är ändrat; ${removed.length} skulle tas bort. / Nothing is changed; ${removed.length} would be removed.`
      : 'NATS är förberett. / NATS is prepared.',
  );
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exitCode = 1;
}
