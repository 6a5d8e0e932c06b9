import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AckPolicy, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import {
  connect,
  headers,
  nkeyAuthenticator,
  PermissionViolationError,
  type NatsConnection,
} from '@nats-io/transport-node';
import {
  makeCredentials,
  natsConfigurationOf,
  nkeyOf,
  permissionsOf,
  provisionBus,
  questions,
  usedTokens,
  type UserName,
} from '#libs/bus-setup';
import {
  callerNames,
  consumers,
  durableOf,
  eventSubject,
  eventTypes,
  serviceNames,
  streamOf,
  type CallerName,
} from '#libs/contracts';
import { checkout, startNats, type ServerHandle } from '#libs/embedded';
import { eventually } from '#libs/testing';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'insats-permissions-'));
const credentials = join(folder, 'credentials');
let nats: ServerHandle;
let admin: NatsConnection;
/** Subjects of all messages that reached anybody. */
let arrived = new Set<string>();

beforeAll(async () => {
  makeCredentials(credentials);
  nats = await startNats({ folder: join(folder, 'nats'), extraConfig: natsConfigurationOf(credentials) });
  await provisionBus({ url: nats.url, nkey: nkeyOf(credentials, 'admin'), replicas: 1 });
  admin = await connectAs('admin');
  admin.subscribe('>', { callback: (_error, { subject }) => void arrived.add(subject) });
  await admin.flush();
});

afterAll(async () => {
  await admin?.close();
  await nats?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function connectAs(name: UserName): Promise<NatsConnection> {
  return connect({
    servers: nats.url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeyOf(credentials, name))),
    inboxPrefix: `_INBOX.${name}`,
  });
}

/** Whether a subject lies within a pattern, by the rules of NATS. */
function lies(subject: string, pattern: string): boolean {
  const [parts, wanted] = [subject.split('.'), pattern.split('.')];
  if (wanted.at(-1) === '>') {
    return parts.length >= wanted.length && wanted.slice(0, -1).every((each, index) => each === parts[index]);
  }
  return parts.length === wanted.length && wanted.every((each, index) => each === parts[index]);
}

const isAllowed = (subject: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => lies(subject, pattern));

const streams = [...callerNames.map(streamOf), 'KV_ended-sessions', usedTokens.stream, 'another'];
const places = [
  ...consumers.map((consumer) => `${streamOf(consumer.from)}.${durableOf(consumer)}`),
  ...streams.map((stream) => `${stream}.spy`),
];

/** Subjects by which JetStream is administered or read. */
const administration = [
  ...['INFO', 'STREAM.NAMES', 'STREAM.LIST', 'ACCOUNT.PURGE.insats', 'SERVER.REMOVE', 'META.LEADER.STEPDOWN'],
  ...streams.flatMap((stream) => [
    ...['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'INFO', 'SNAPSHOT', 'RESTORE', 'LEADER.STEPDOWN'].map(
      (verb) => `STREAM.${verb}.${stream}`,
    ),
    ...['MSG.GET', 'MSG.DELETE', 'PEER.REMOVE', 'CANCEL_MOVE'].map((verb) => `STREAM.${verb}.${stream}`),
    ...['NAMES', 'LIST', 'CREATE'].map((verb) => `CONSUMER.${verb}.${stream}`),
    `DIRECT.GET.${stream}`,
    `DIRECT.GET.${stream}.events.plans.x`,
  ]),
  ...places.flatMap((place) =>
    [
      'CREATE',
      'DURABLE.CREATE',
      'INFO',
      'DELETE',
      'MSG.NEXT',
      'PAUSE',
      'RESET',
      'UNPIN',
      'LEADER.STEPDOWN',
    ].map((verb) => `CONSUMER.${verb}.${place}`),
  ),
  ...places.map((place) => `CONSUMER.CREATE.${place}.events.applications.x`),
].map((subject) => `$JS.API.${subject}`);

const everybody = [...callerNames, 'admin', 'test'];

/** Everything that anybody could want to publish to. */
const targets = [
  ...questions.map(({ subject }) => subject),
  ...serviceNames.map((service) => `rpc.${service}.x.y`),
  ...callerNames.map((owner) => `events.${owner}.made-up`),
  ...eventTypes.map(({ service, type }) => eventSubject(service, type)),
  ...administration,
  ...places.map((place) => `$JS.ACK.${place}.1.1.1.1.0`),
  ...streams.map((stream) => `$JS.FC.${stream}.spy.x`),
  ...serviceNames.map((service) => usedTokens.subjectOf(service, 'x.y')),
  ...everybody.flatMap((name) => [`_INBOX.${name}`, `_INBOX.${name}.x`, `_INBOX.${name}.x.y`]),
  ...['_INBOX.x', '_INBOX.x.y', '$KV.ended-sessions.sid.x', '$KV.other.x', 'x', 'dead-letters.x'],
  ...['$SYS.REQ.SERVER.PING', '$SYS.REQ.ACCOUNT.insats.CONNZ', '$SYS.REQ.USER.INFO', '$JS.EVENT.ADVISORY.x'],
];

/** Everything that anybody could want to listen to. */
const ears = [
  ...[
    '>',
    '*',
    '*.>',
    '*.*',
    'rpc.>',
    'rpc.*.>',
    'events.>',
    'events.*.>',
    '_INBOX.>',
    '_INBOX.*',
    '_INBOX.*.>',
  ],
  ...[
    '$JS.>',
    '$JS.API.>',
    '$JS.EVENT.>',
    '$JS.ACK.>',
    '$SYS.>',
    '$SYS.REQ.>',
    '$KV.>',
    '$KV.ended-sessions.>',
  ],
  ...everybody.flatMap((name) => [`_INBOX.${name}.>`, `_INBOX.${name}.*`, `_INBOX.${name}.x.y`]),
  ...serviceNames.flatMap((service) => [`rpc.${service}.>`, `rpc.${service}.*.*`]),
  ...callerNames.map((owner) => `events.${owner}.>`),
  ...targets,
];

/** Subjects that the server does not let a connection publish to from now on; grows by itself. */
function refusalsOf(connection: NatsConnection): string[] {
  const refused: string[] = [];
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
      refused.push(status.error.subject);
    }
  })();
  return refused;
}

/** Publishes everywhere; what the server refuses, by its own account and by what arrives. */
async function publishTo(name: UserName, subjects: readonly string[]) {
  const connection = await connectAs(name);
  const refused = refusalsOf(connection);
  arrived = new Set();
  // Nothing that is allowed may do harm: a request that JetStream cannot read is answered with an error.
  for (const subject of subjects) connection.publish(subject, 'x');
  await connection.flush();
  await connection.close();
  await admin.flush();
  return { refused: new Set(refused), arrived: new Set(subjects.filter((subject) => arrived.has(subject))) };
}

/** Listens everywhere; what the server refuses. */
async function listenTo(name: UserName, subjects: readonly string[], queue?: string): Promise<Set<string>> {
  const connection = await connectAs(name);
  const refused = new Set<string>();
  for (const subject of subjects) {
    connection.subscribe(subject, {
      ...(queue !== undefined && { queue }),
      callback: (error) => {
        if (error instanceof PermissionViolationError) refused.add(subject);
      },
    });
  }
  await connection.flush();
  await connection.close();
  return refused;
}

const split = (subjects: readonly string[], patterns: readonly string[]) => ({
  inside: [...new Set(subjects)].filter((subject) => isAllowed(subject, patterns)),
  outside: [...new Set(subjects)].filter((subject) => !isAllowed(subject, patterns)),
});

describe.each(callerNames)('%s', (name: CallerName) => {
  const { publish, subscribe } = permissionsOf(name);

  test('publishes to nothing outside its list, and to everything inside it', async () => {
    const { inside, outside } = split(targets, publish);
    expect(outside.length).toBeGreaterThan(250);
    const forbidden = await publishTo(name, outside);
    expect([...forbidden.arrived]).toEqual([]);
    expect([...forbidden.refused].toSorted()).toEqual(outside.toSorted());
    const permitted = await publishTo(name, inside);
    expect([...permitted.refused]).toEqual([]);
    // What goes to JetStream itself is taken by it, and seen by nobody else.
    const seen = inside.filter((subject) => !subject.startsWith('$JS.'));
    expect([...permitted.arrived].filter((subject) => seen.includes(subject)).toSorted()).toEqual(
      seen.toSorted(),
    );
  });

  test('listens to nothing outside its list, and to everything inside it', async () => {
    const { inside, outside } = split(ears, subscribe);
    expect([...(await listenTo(name, outside))].toSorted()).toEqual(outside.toSorted());
    expect([...(await listenTo(name, outside, 'queue'))].toSorted()).toEqual(outside.toSorted());
    expect([...(await listenTo(name, inside))]).toEqual([]);
  });

  test('has nothing in its list that would let it speak or listen for another', () => {
    const others = callerNames.filter((other) => other !== name);
    for (const pattern of [...publish, ...subscribe]) {
      expect(pattern).not.toMatch(
        /^(\*|>|rpc\.[*>]|events\.[*>]|_INBOX\.[*>]|\$JS\.[*>]|\$JS\.API\.[*>]|\$SYS)/,
      );
    }
    for (const other of others) {
      expect(publish.filter((pattern) => pattern.startsWith(`events.${other}.`))).toEqual([]);
      expect(subscribe.filter((pattern) => pattern.includes(other))).toEqual([]);
    }
    const setsUp = /\$JS\.API\.(STREAM\.(?!INFO)|CONSUMER\.(DURABLE|CREATE|DELETE|RESET|PAUSE)\.(?!KV_))/;
    expect(publish.filter((pattern) => setsUp.test(pattern))).toEqual([]);
  });
});

/** Everything that a process could be sent by its own doing, each with the subject it would name as a reply. */
async function sendItself(connection: NatsConnection, name: CallerName, wanted: string): Promise<void> {
  const own = [`_INBOX.${name}.x`, `rpc.${name}.platform.health`, `rpc.${name}.x.y`];
  const { publish } = permissionsOf(name);
  const traced = headers();
  traced.set('Nats-Trace-Dest', own[0] ?? '');
  for (const subject of own) {
    connection.publish(subject, 'x', { reply: wanted });
    // What JetStream, or another service, answers or delivers.
    for (const through of publish) {
      const place = through.replace('>', 'x.1.1.1.1.0');
      const body = through.includes('.MSG.NEXT.') ? JSON.stringify({ batch: 10, no_wait: true }) : '+NXT';
      connection.publish(place, body, { reply: subject });
      connection.publish(place, body, { reply: subject, headers: traced });
    }
    if (name === 'gateway') {
      const consumer = { deliver_subject: subject, ack_policy: 'none', deliver_policy: 'all', name: 'own' };
      const request = { stream_name: 'KV_ended-sessions', config: { ...consumer, mem_storage: true } };
      connection.publish('$JS.API.CONSUMER.CREATE.KV_ended-sessions.own', JSON.stringify(request), {
        reply: own[0] ?? '',
      });
      connection.publish('$KV.ended-sessions.sid.x', 'x', { reply: wanted });
    }
  }
  await connection.flush();
}

describe.each(callerNames)('%s alone', (name: CallerName) => {
  test('cannot bring it about that it may answer to a subject of its choice', async () => {
    const { publish, subscribe } = permissionsOf(name);
    const { outside } = split(targets, publish);
    const connection = await connectAs(name);
    const named = new Set<string>();
    let received = 0;
    for (const pattern of subscribe) {
      connection.subscribe(pattern, {
        callback: (_error, { reply }) => {
          received += 1;
          if (reply) named.add(reply);
        },
      });
    }
    // Something to be delivered.
    for (const { service, type } of eventTypes) {
      if (service === name) connection.publish(eventSubject(service, type), '{}');
    }
    for (const wanted of ['_INBOX.gateway.x', '_INBOX.plans.x', 'events.audit.x', 'rpc.directory.x.y', 'x']) {
      await sendItself(connection, name, wanted);
    }
    // Answers of JetStream have come, so it is not silence that is looked at.
    await eventually(() => received > 10);
    await connection.flush();
    // Beside what it may publish to anyway, such as the acknowledgement of an event that it takes in.
    expect([...named].filter((reply) => !isAllowed(reply, publish))).toEqual([]);
    const refused = refusalsOf(connection);
    for (const subject of outside) connection.publish(subject, 'x');
    await connection.flush();
    await connection.close();
    await admin.flush();
    expect([...new Set(refused)].toSorted()).toEqual(outside.toSorted());
  });
});

test('nobody can have the server’s trace of a message laid in another’s inbox', async () => {
  const connection = await connectAs('plans');
  arrived = new Set();
  const elsewhere = ['_INBOX.gateway.traced', '_INBOX.plans.traced', 'rpc.directory.x.traced'];
  for (const wanted of [...elsewhere, 'events.plans.plan.imported']) {
    const traced = headers();
    traced.set('Nats-Trace-Dest', wanted);
    connection.publish('used-tokens.plans.x.z', 'x', { headers: traced });
  }
  await connection.flush();
  // Only where the process may publish itself, which shows that the server does trace.
  await eventually(() => arrived.has('events.plans.plan.imported'));
  expect(elsewhere.filter((subject) => arrived.has(subject))).toEqual([]);
  await connection.close();
});

describe('an answer', () => {
  const asks = async (reply: string) => {
    const [asking, answering] = await Promise.all([connectAs('gateway'), connectAs('plans')]);
    const refused = refusalsOf(answering);
    const asked = new Promise<void>((resolve) => {
      answering.subscribe('rpc.plans.platform.health', { callback: () => resolve() });
    });
    await answering.flush();
    asking.publish('rpc.plans.platform.health', '{}', { reply });
    await asked;
    await admin.flush();
    arrived = new Set();
    return {
      refused,
      async answer(...subjects: string[]) {
        for (const subject of subjects) answering.publish(subject, '{}');
        await answering.flush();
        await admin.flush();
      },
      close: () => Promise.all([asking.close(), answering.close()]),
    };
  };

  test('goes once, to where the question says, and nowhere else', async () => {
    const question = await asks('_INBOX.gateway.x.1');
    await question.answer('_INBOX.gateway.x.2', '_INBOX.gateway.x', '_INBOX.audit.x.1');
    expect([...arrived]).toEqual([]);
    await question.answer('_INBOX.gateway.x.1');
    expect([...arrived]).toEqual(['_INBOX.gateway.x.1']);
    await question.answer('_INBOX.gateway.x.1');
    expect(question.refused).toEqual([
      ...['_INBOX.gateway.x.2', '_INBOX.gateway.x', '_INBOX.audit.x.1'],
      '_INBOX.gateway.x.1',
    ]);
    await question.close();
  });

  test('would go wherever the question says, which is why services look at it first', async () => {
    // What the strategy relies on nobody for: the server asks neither who may ask nor who listens.
    const question = await asks('_INBOX.audit.x.1');
    await question.answer('_INBOX.audit.x.1');
    expect([...arrived]).toEqual(['_INBOX.audit.x.1']);
    await question.close();
  });
});

test('the configuration for containers, with the keys of an installation, lets its processes in', async () => {
  // As the containers see it: /etc/nats from the repository, /credentials from the volume.
  const server = join(folder, 'container', 'etc', 'nats');
  cpSync(join(checkout, 'deploy', 'nats'), server, { recursive: true });
  cpSync(join(credentials, 'nats'), join(folder, 'container', 'credentials'), { recursive: true });
  const deployed = await startNats({ folder: server, extraConfig: 'include permissions.conf\n' });
  try {
    await provisionBus({ url: deployed.url, nkey: nkeyOf(credentials, 'admin'), replicas: 1 });
    await expect(
      provisionBus({ url: deployed.url, nkey: nkeyOf(credentials, 'plans'), replicas: 1 }),
    ).rejects.toThrow(/permission/i);
  } finally {
    await deployed.stop();
  }
});

test('messages that are led to another stream keep the subject on which they were permitted', async () => {
  // What consumers rely on: the server does not ask whether a reply address is permitted.
  const manager = await jetstreamManager(admin);
  await manager.streams.purge(streamOf('plans'));
  const connection = await connectAs('applications');
  const own = eventSubject('applications', 'call.extended');
  await connection.request(own, '{"forged":1}');
  connection.publish(
    '$JS.API.CONSUMER.MSG.NEXT.events-applications.applications--extensions',
    JSON.stringify({ batch: 1, expires: 1_000_000_000 }),
    { reply: eventSubject('plans', 'plan.imported') },
  );
  await connection.flush();
  const stored = await eventually(
    async () =>
      (await manager.streams.getMessage(streamOf('plans'), { last_by_subj: 'events.>' })) ?? undefined,
  );
  expect(stored.subject).toBe(own);
  await connection.close();
});

test('nobody gets in without a key, with another one, or with a password', async () => {
  const stranger = createUser().getSeed();
  const options = { servers: nats.url, reconnect: false, timeout: 20_000 };
  await expect(connect(options)).rejects.toThrow(/authorization/i);
  await expect(connect({ ...options, user: 'gateway', pass: 'gateway' })).rejects.toThrow(/authorization/i);
  await expect(connect({ ...options, authenticator: nkeyAuthenticator(stranger) })).rejects.toThrow(
    /authorization/i,
  );
});

test('setting up again changes nothing and streams are as they were after all attempts', async () => {
  const manager = await jetstreamManager(admin);
  const before = await manager.streams.info(streamOf('applications'));
  await provisionBus({ url: nats.url, nkey: nkeyOf(credentials, 'admin'), replicas: 1 });
  const names = await manager.streams.names().next();
  expect([...names].toSorted()).toEqual(
    [...callerNames.map(streamOf), 'KV_ended-sessions', usedTokens.stream].toSorted(),
  );
  const after = await manager.streams.info(streamOf('applications'));
  expect(after.config).toEqual(before.config);
  expect(after.created).toBe(before.created);
  for (const consumer of consumers) {
    const info = await manager.consumers.info(streamOf(consumer.from), durableOf(consumer));
    expect(info.config.filter_subjects ?? [info.config.filter_subject]).toEqual(
      consumer.types.map((type) => eventSubject(consumer.from, type)),
    );
  }
});

test('consumers of an earlier version are removed, others’ are not, and a dry run only says so', async () => {
  const manager = await jetstreamManager(admin);
  const stream = streamOf('applications');
  const names = async () => (await manager.consumers.list(stream).next()).map(({ name }) => name).toSorted();
  const before = await names();
  for (const durable_name of ['notifications--former', 'gone--purpose', 'of-somebody-else']) {
    await manager.consumers.add(stream, { durable_name, ack_policy: AckPolicy.Explicit });
  }
  const all = await names();
  expect(all).toHaveLength(before.length + 3);
  const options = { url: nats.url, nkey: nkeyOf(credentials, 'admin'), replicas: 1 };
  const former = [`${stream} gone--purpose`, `${stream} notifications--former`];
  expect((await provisionBus({ ...options, dryRun: true })).removed.toSorted()).toEqual(former);
  expect(await names()).toEqual(all);
  expect((await provisionBus(options)).removed.toSorted()).toEqual(former);
  expect(await names()).toEqual([...before, 'of-somebody-else'].toSorted());
  expect(await provisionBus(options)).toEqual({ removed: [] });
  await manager.consumers.delete(stream, 'of-somebody-else');
});

test('the stream of used tokens is made anew where another number of copies keeps it elsewhere', async () => {
  const manager = await jetstreamManager(admin);
  const { config } = await manager.streams.info(usedTokens.stream);
  await manager.streams.delete(usedTokens.stream);
  // As several servers keep it.
  const { persist_mode: _none, ...inMemory } = { ...config, storage: StorageType.Memory };
  await manager.streams.add(inMemory);
  await provisionBus({ url: nats.url, nkey: nkeyOf(credentials, 'admin'), replicas: 1 });
  expect((await manager.streams.info(usedTokens.stream)).config).toEqual(config);
});

test('a dry run changes nothing on a server that has nothing yet', async () => {
  const bare = await startNats({
    folder: join(folder, 'bare'),
    extraConfig: natsConfigurationOf(credentials),
  });
  try {
    const options = { url: bare.url, nkey: nkeyOf(credentials, 'admin'), replicas: 1 };
    expect(await provisionBus({ ...options, dryRun: true })).toEqual({ removed: [] });
    const connection = await connect({
      servers: bare.url,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(options.nkey)),
    });
    expect(await (await jetstreamManager(connection)).streams.names().next()).toEqual([]);
    await connection.close();
  } finally {
    await bare.stop();
  }
});
