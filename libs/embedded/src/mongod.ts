import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { loopback } from './ports.ts';
import { Refusal } from './refusal.ts';
import { lastLines, startServerProcess } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

const replicaSet = 'insats';
const startBoundMs = 30_000;

/** How clients reach a mongod started here; it is its own whole replica set. */
const mongodUrl = (port: number) => `mongodb://${loopback}:${port}/?directConnection=true`;

/**
 * Starts mongod as a replica set of one: only that has the oplog, retryable writes and write concern
 * majority that production has. Resolves when it takes writes.
 *
 * @throws {Refusal} when it ends or does not get ready in time
 */
export async function startMongod(
  binary: string,
  port: number,
  folder: string,
  pidFolder: string,
): Promise<{ process: ServerProcess; url: string }> {
  const data = join(folder, 'data');
  const logFile = join(folder, 'mongod.log');
  mkdirSync(data, { recursive: true });
  const args = [
    ...['--dbpath', data, '--port', String(port), '--bind_ip', loopback, '--replSet', replicaSet],
    // A developer's machine, not a database server: the defaults take half of the memory and 5 % of the disk.
    ...['--oplogSize', '256', '--wiredTigerCacheSizeGB', '0.25', '--nounixsocket', '--quiet'],
  ];
  const server = await startServerProcess({ name: 'mongo', command: binary, args, logFile, pidFolder });
  const client = new mongo.MongoClient(mongodUrl(port), { serverSelectionTimeoutMS: startBoundMs });
  try {
    await Promise.race([
      becomePrimary(client.db('admin'), server.pid, port),
      server.exited.then(() => Promise.reject(new Error('mongod ended'))),
    ]);
  } catch (error) {
    if (!server.hasExited()) await server.stop();
    throw new Refusal(`mongod startade inte (${String(error)}; ${logFile}):\n${lastLines(logFile)}`);
  } finally {
    await client.close();
  }
  return { process: server, url: mongodUrl(port) };
}

async function becomePrimary(admin: mongo.Db, pid: number, port: number): Promise<void> {
  const status = await admin.command({ serverStatus: 1 });
  if (Number(status.pid) !== pid) throw new Error(`port ${port} is held by another mongod`);
  const host = `${loopback}:${port}`;
  const config = await currentConfig(admin);
  if (!config) {
    await admin.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host }] } });
  } else if (config.members[0]?.host !== host) {
    // Last time it had another port; it does not know itself under the new one.
    const members = [{ ...config.members[0], host }];
    await admin.command({
      replSetReconfig: { ...config, members, version: config.version + 1 },
      force: true,
    });
  }
  for (const started = Date.now(); Date.now() - started < startBoundMs; await sleep(20)) {
    const hello = await admin.command({ hello: 1 });
    if (hello.isWritablePrimary === true) return;
  }
  throw new Error('no primary was elected');
}

interface ReplicaSetConfig {
  version: number;
  members: { host: string }[];
}

const notYetInitialized = 94;

async function currentConfig(admin: mongo.Db): Promise<ReplicaSetConfig | undefined> {
  try {
    const { config } = await admin.command({ replSetGetConfig: 1 });
    return config as ReplicaSetConfig;
  } catch (error) {
    if (error instanceof mongo.MongoServerError && error.code === notYetInitialized) return undefined;
    throw error;
  }
}
