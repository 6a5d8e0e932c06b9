import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { credentialsOf } from '#libs/bus-setup';
import { checkout } from '#libs/embedded';
import { api, eventually, freePort, startTestProduct } from '#libs/testing';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let home: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'insats-gateway-'));
  product = await startTestProduct();
}, 120_000);

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

afterAll(async () => {
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
}, 30_000);

function startGateway(settings: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(checkout, 'dist/apps/gateway/src/main.js')], {
    env: {
      PATH: process.env['PATH'],
      INSATS_HOME: home,
      NATS_URL: product.natsUrl,
      ...credentialsOf(product.credentials, 'gateway'),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  started.push(child);
  return { child, output: () => text };
}

async function startProductionGateway(): Promise<string> {
  const port = await freePort();
  startGateway({
    INSATS_MODE: 'production',
    INSATS_PORT: String(port),
    OIDC_ISSUER: `${product.url}/dev/oidc`,
    OIDC_JWKS_URL: `${product.url}/dev/oidc/jwks`,
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/health/live`)).ok);
  return url;
}

test('outside demo mode nothing of the demonstration can be reached', async () => {
  const url = await startProductionGateway();
  const target = api({ url }).anonymous;
  for (const path of [
    '/dev/oidc/token',
    '/dev/oidc/jwks',
    '/dev/mail',
    '/dev/mail/messages',
    '/dev/clock',
    '/dev',
  ]) {
    for (const method of ['GET', 'POST']) {
      const answer = await target.send(method, path, method === 'POST' ? {} : undefined);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'not-found']);
    }
  }
}, 60_000);

test('outside demo mode tokens of the configured identity provider are taken, by its published keys', async () => {
  const url = await startProductionGateway();
  const authorization = `Bearer ${await api(product).as('revisor').token()}`;
  const answer = await api({ url }).anonymous.get('/me', { headers: { authorization } });
  expect(answer.status).toBe(200);
  expect(answer.body.id).toBe('revisor');
}, 60_000);

test('without an identity provider it does not start, and says what is missing', async () => {
  const { child, output } = startGateway({
    INSATS_MODE: 'production',
    INSATS_PORT: String(await freePort()),
  });
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(1);
  expect(output()).toContain('OIDC_ISSUER and OIDC_JWKS_URL');
}, 30_000);
