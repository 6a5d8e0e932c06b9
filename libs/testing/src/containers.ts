import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import { mongo } from 'mongoose';
import { checkout } from '#libs/embedded';

const mongoImage = 'mongo:8.0';
const natsImage = 'nats:2.15';
const natsConfiguration = '/etc/nats/insats.conf';
const replicaSet = 'insats';

export interface ContainerServers {
  natsUrl: string;
  mongoUrl: string;
  databaseKind: 'container';
  stop(): Promise<void>;
}

/**
 * Starts MongoDB as a replica set of one, and NATS with JetStream, in containers.
 *
 * @throws when no container engine answers
 */
export async function startContainers(): Promise<ContainerServers> {
  const [database, nats] = await Promise.all([
    new GenericContainer(mongoImage)
      .withCommand(['mongod', '--replSet', replicaSet, '--bind_ip_all'])
      .withExposedPorts(27017)
      .withWaitStrategy(Wait.forLogMessage(/Waiting for connections/))
      .start(),
    new GenericContainer(natsImage)
      // The deployed configuration: among other things, larger messages than by default.
      .withCopyFilesToContainer([
        { source: join(checkout, 'deploy/nats/nats.conf'), target: natsConfiguration },
      ])
      .withCommand(['--config', natsConfiguration])
      .withExposedPorts(4222)
      .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
      .start(),
  ]);
  const mongoUrl = `mongodb://${database.getHost()}:${database.getMappedPort(27017)}/?directConnection=true`;
  await initiate(mongoUrl);
  return {
    natsUrl: `nats://${nats.getHost()}:${nats.getMappedPort(4222)}`,
    mongoUrl,
    databaseKind: 'container',
    async stop() {
      await Promise.all([database.stop(), nats.stop()]);
    },
  };
}

async function initiate(url: string): Promise<void> {
  const client = await new mongo.MongoClient(url).connect();
  try {
    const admin = client.db('admin');
    await admin.command({
      replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host: 'localhost:27017' }] },
    });
    while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await client.close();
  }
}
