import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { freePort, startProduct } from '#libs/embedded';
import type { Product, ProductOptions } from '#libs/embedded';
import { processIdentity } from '../src/process-identity.ts';
import { afterThisTest, isAlive, temporaryFolder } from './temporary.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const program = join(fixtures, 'fake-service.mjs');
const gateway = { name: 'gateway', program };

async function started(options: Partial<ProductOptions> = {}): Promise<Product> {
  const home = options.home ?? temporaryFolder();
  const product = await startProduct({
    port: 0,
    databaseKind: 'dev-mongo',
    services: [gateway],
    ...options,
    home,
  });
  afterThisTest(() => product.stop());
  return product;
}

interface Told {
  env: Record<string, string>;
  argv: string[];
  pid: number;
}

async function ask(product: Product): Promise<Told> {
  return (await (await fetch(`${product.url}/env`)).json()) as Told;
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return;
    await sleep(25);
  }
  throw new Error('did not become true');
}

test('services get the addresses of everything, and what the caller adds', async () => {
  const product = await started({ env: { LOG_LEVEL: 'warn', EXTRA: 'ja' } });
  const { env, argv } = await ask(product);
  expect(env).toMatchObject({
    INSATS_MODE: 'demo',
    INSATS_HOME: join(product.home, 'state'),
    INSATS_HOST: '127.0.0.1',
    INSATS_PORT: String(product.port),
    NATS_URL: product.natsUrl,
    MONGODB_URL: product.mongoUrl,
    MONGODB_PREFIX: 'insats',
    SMTP_URL: product.mail.smtpUrl,
    DEV_MAIL_URL: product.mail.httpUrl,
    LOG_LEVEL: 'warn',
    EXTRA: 'ja',
  });
  expect(env.MAIL_FROM).toContain('@');
  expect(argv).toContain(`--insats-home=${product.home}`);
});

test('whatever dies is started again on its old address', async () => {
  const product = await started();
  const before = [...product.processes.values()].map(({ pid }) => pid);
  for (const name of ['gateway', 'nats', 'mongo']) await product.processes.get(name)?.kill();
  await eventually(() =>
    [...product.processes.values()].every(({ pid, restarts }) => pid !== undefined && restarts === 1),
  );
  await product.waitUntilReady();
  const after = [...product.processes.values()].map(({ pid }) => pid);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  expect((await ask(product)).env.NATS_URL).toBe(product.natsUrl);
});

test('stopping ends every process and frees the folder', async () => {
  const product = await started();
  const pids = [...product.processes.values()].map(({ pid }) => pid as number);
  expect(pids).toHaveLength(3);
  await product.stop();
  expect(pids.filter(isAlive)).toEqual([]);
  expect(readdirSync(join(product.home, 'run'))).toEqual([]);
  const again = await started({ home: product.home });
  expect(again.home).toBe(product.home);
});

test('the gateway is stopped before the other services', async () => {
  const worker = { name: 'worker', program, env: { FAKE_PORT: String(await freePort()) } };
  const slowGateway = { ...gateway, env: { FAKE_END_MS: '300' } };
  const product = await started({ services: [worker, slowGateway] });
  await product.stop();
  const endOf = (name: string) =>
    Number(/ended (\d+)/.exec(readFileSync(join(product.home, 'logs', `${name}.log`), 'utf8'))?.[1]);
  expect(endOf('gateway')).toBeLessThanOrEqual(endOf('worker'));
});

test('without a gateway, readiness is what the services send', async () => {
  const worker = { name: 'worker', program, env: { FAKE_PORT: String(await freePort()) } };
  const product = await started({ services: [worker] });
  expect([...product.processes.keys()].toSorted()).toEqual(['mongo', 'nats', 'worker']);
});

test('a second product in the same folder is refused with what to do', async () => {
  const product = await started();
  await expect(started({ home: product.home })).rejects.toThrow('INSATS_HOME');
  await product.waitUntilReady();
});

test('a lock left by a process that is gone is taken over', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'lock'), JSON.stringify({ pid: process.pid, identity: 'an earlier life' }));
  expect((await started({ home })).home).toBe(home);
});

test('a taken port is refused with what to do, and nothing is left', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  afterThisTest(async () => other.close());
  const { port } = other.address() as AddressInfo;
  await expect(started({ port })).rejects.toThrow(`INSATS_PORT=${port + 1} npm start`);
});

test('a service that cannot start is reported with the end of its log, and nothing is left', async () => {
  const home = temporaryFolder();
  await expect(started({ home, env: { FAKE_FAIL: 'yes' } })).rejects.toThrow('fel: FAKE_SETTING saknas');
  expect(readdirSync(join(home, 'run'))).toEqual([]);
  expect(existsSync(join(home, 'lock'))).toBe(false);
});

test('when the supervisor is killed with SIGKILL, nothing of it lives on', async () => {
  const home = temporaryFolder();
  const supervisor = fork(join(fixtures, 'supervisor.mjs'), [home], { execArgv: [] });
  const [{ pids }] = (await once(supervisor, 'message')) as [{ pids: number[] }];
  expect(pids.filter(isAlive)).toHaveLength(3);
  supervisor.kill('SIGKILL');
  await eventually(() => !pids.some(isAlive));
  // And the folder can be used again at once.
  await started({ home });
});

test('a program that has stopped its product ends by itself', async () => {
  const supervisor = fork(join(fixtures, 'supervisor.mjs'), [temporaryFolder(), 'stop'], { execArgv: [] });
  const [code] = (await once(supervisor, 'exit')) as [number | null];
  expect(code).toBe(0);
});

test('two products run side by side', async () => {
  const [one, other] = await Promise.all([started(), started()]);
  expect(one.natsUrl).not.toBe(other.natsUrl);
  expect((await ask(one)).env.INSATS_HOME).toBe(join(one.home, 'state'));
  expect((await ask(other)).env.INSATS_HOME).toBe(join(other.home, 'state'));
});

test('beginning anew deletes the data of the product', async () => {
  const product = await started();
  await product.stop();
  const old = join(product.home, 'nats', 'old');
  writeFileSync(old, 'gammalt');
  await started({ home: product.home, reset: true });
  expect(existsSync(old)).toBe(false);
});

test('beginning anew keeps what the product did not make', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'mine.txt'), 'behåll');
  await (await started({ home })).stop();
  await (await started({ home, reset: true })).stop();
  expect(readFileSync(join(home, 'mine.txt'), 'utf8')).toBe('behåll');
});

test('beginning anew is refused in a folder of somebody else, and in one in use', async () => {
  const foreign = temporaryFolder();
  mkdirSync(join(foreign, 'documents'));
  await expect(started({ home: foreign, reset: true })).rejects.toThrow('inget raderas');
  expect(readdirSync(foreign)).toEqual(['documents']);
  const product = await started();
  await expect(started({ home: product.home, reset: true })).rejects.toThrow('körs redan');
  await product.waitUntilReady();
});

test('a folder in which somebody else has what bears the name of ours is refused and left alone', async () => {
  const foreign = temporaryFolder();
  mkdirSync(join(foreign, 'run'));
  writeFileSync(join(foreign, 'run', 'theirs'), 'behåll');
  await expect(started({ home: foreign })).rejects.toThrow('INSATS_HOME');
  expect(readdirSync(foreign, { recursive: true })).toEqual(['run', join('run', 'theirs')]);
});

test('who asks to begin anew on a taken port keeps the data', async () => {
  const product = await started();
  await product.stop();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  afterThisTest(async () => other.close());
  const { port } = other.address() as AddressInfo;
  await expect(started({ home: product.home, port, reset: true })).rejects.toThrow('INSATS_PORT');
  expect(existsSync(join(product.home, 'nats'))).toBe(true);
});

test('what an earlier life left running has ended before its data is deleted', async () => {
  const product = await started();
  await product.stop();
  const late = join(product.home, 'late');
  const writesAtItsEnd = `process.on('SIGTERM', () => setTimeout(() => {
    require('node:fs').writeFileSync(${JSON.stringify(late)}, 'sent');
    process.exit();
  }, 300)); setInterval(() => undefined, 1000); process.send('up')`;
  const leftover = spawn(process.execPath, ['-e', writesAtItsEnd], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  await once(leftover, 'message');
  const pidFolder = join(product.home, 'run', 'pids-earlier');
  mkdirSync(pidFolder, { recursive: true });
  const pid = leftover.pid as number;
  writeFileSync(join(pidFolder, 'mongo.pid'), JSON.stringify({ pid, identity: processIdentity(pid) }));

  await started({ home: product.home, reset: true });

  expect(isAlive(pid)).toBe(false);
  expect(existsSync(late)).toBe(false);
});

test('a server that had ended before it was noted holds up no start', async () => {
  const product = await started();
  await product.stop();
  const pidFolder = join(product.home, 'run', 'pids-earlier');
  mkdirSync(pidFolder, { recursive: true });
  writeFileSync(join(pidFolder, 'mongo.pid'), JSON.stringify({ pid: 2 ** 22 + 1 }));
  expect((await started({ home: product.home })).home).toBe(product.home);
});
