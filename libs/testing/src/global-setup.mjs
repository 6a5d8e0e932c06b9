// jest's global setup for the integration tests: builds, and starts one NATS and one database for the
// whole run. Plain JavaScript, since jest loads it before anything is translated.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../tools/lib/build.mjs';

export default async function setUp() {
  await build();
  try {
    const servers =
      process.env.INSATS_TEST_CONTAINERS === '1' ? await startContainers() : await startEmbedded();
    globalThis.insatsTestServers = servers;
    // Workers are forked after this and inherit the environment.
    process.env.INSATS_TEST_NATS_URL = servers.natsUrl;
    process.env.INSATS_TEST_MONGODB_URL = servers.mongoUrl;
    process.env.INSATS_TEST_DATABASE_KIND = servers.databaseKind;
  } catch (error) {
    // Tests that need no shared server still tell something; those that do fail with this reason.
    process.env.INSATS_TEST_SERVERS_ERROR = error.message;
    console.error(`Testservrarna startade inte / the test servers did not start: ${error.message}`);
  }
}

async function startEmbedded() {
  const { startDatabase, startNats } = await import('../../../dist/libs/embedded/src/index.js');
  const folder = mkdtempSync(join(tmpdir(), 'insats-test-servers-'));
  const log = (line) => console.log(line);
  const [nats, database] = await Promise.allSettled([
    startNats({ folder: join(folder, 'nats'), url: process.env.NATS_URL, log }),
    startDatabase({ folder: join(folder, 'mongo'), url: process.env.MONGODB_URL, log }),
  ]);
  const stop = async () => {
    await nats.value?.stop();
    await database.value?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const failure = [nats, database].find(({ status }) => status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  return { natsUrl: nats.value.url, mongoUrl: database.value.url, databaseKind: database.value.kind, stop };
}

async function startContainers() {
  const { startContainers: start } = await import('../../../dist/libs/testing/src/containers.js');
  return start();
}
