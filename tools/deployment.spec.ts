import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeCredentials } from '#libs/bus-setup';
import { callerNames } from '#libs/contracts';
import { checkout } from '#libs/embedded';
import { demoPeople } from '../apps/directory/src/demo/people.ts';
import { readGatewayConfig } from '../apps/gateway/src/config.ts';

const made = mkdtempSync(join(tmpdir(), 'insats-deployment-'));
makeCredentials(made);
afterAll(() => rmSync(made, { recursive: true, force: true }));

const text = (file: string) => readFileSync(file, 'utf8').trim();
const read = (name: string) => readFileSync(join(checkout, name), 'utf8');

/** The environment that the compose file gives a service, from its own block alone. */
function environmentOf(service: string): Record<string, string> {
  const [, block = ''] =
    new RegExp(`^  ${service}:\\n((?: {4}.*\\n)+)`, 'm').exec(read('docker-compose.yml')) ?? [];
  const [, environment = ''] = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(block) ?? [];
  const lines = [...environment.matchAll(/^ {6}([A-Z_]+): (.+)$/gm)];
  return Object.fromEntries(
    lines.map(([, name, value]) => [
      name ?? '',
      (value ?? '')
        .replace(/\$\{\w+:-(.*?)\}/g, '$1')
        // What `credentials` makes for it, where its volume would be.
        .replace(/^\/run\/insats\//, `${join(made, service)}/`),
    ]),
  );
}

test('the composed gateway gives regions’ systems tokens, signed with the key that was made for it', () => {
  const { oauth } = readGatewayConfig(environmentOf('gateway'));
  expect(oauth).toMatchObject({ issuer: 'http://localhost:3000', keys: [{ crv: 'Ed25519' }] });
});

test('the composed gateway seals sessions with a key that was made for this installation', () => {
  const { signIn } = readGatewayConfig(environmentOf('gateway'));
  const sealing = Buffer.from(text(join(made, 'gateway', 'session-keys')), 'base64url');
  expect(signIn?.keys?.map((key) => Buffer.from(key))).toEqual([sealing]);
  expect(read('docker-compose.yml')).not.toMatch(/SESSION_KEYS: /);
});

test('the composed gateway listens where its published port leads, and trusts the composed identity provider', () => {
  expect(readGatewayConfig(environmentOf('gateway'))).toMatchObject({
    mode: 'production',
    host: '0.0.0.0',
    port: 3000,
    identity: {
      issuer: 'http://localhost:8080/realms/insats',
      audience: 'insats',
      subjectClaim: 'insats_id',
    },
    signIn: {
      client: { id: 'insats-web', secret: 'insats-web-secret' },
      redirectUri: 'http://localhost:3000/auth/callback',
      internalUrl: 'http://keycloak:8080',
      claims: { subject: 'insats_id' },
    },
  });
});

/** The lines of a service of the compose file. */
function blockOf(service: string): string {
  return (
    new RegExp(`^  ${service}:\\n((?: {4}.*\\n| *\\n| {2}#.*\\n)+)`, 'm').exec(
      read('docker-compose.yml'),
    )?.[1] ?? ''
  );
}

test.each(callerNames)('the composed %s is given its own credentials and nobody else’s', (name) => {
  const volumes = [...blockOf(name).matchAll(/credentials-([a-z-]+):(\S+?)['\n]/g)];
  expect(volumes.map(([, volume, place]) => [volume, place])).toEqual([[name, '/run/insats:ro']]);
  // What makes them writes each to its own volume.
  expect(blockOf('credentials')).toContain(`credentials-${name}:/credentials/${name}\n`);
});

test('no composed process of the product has the administrator’s key or the keys to come', () => {
  const compose = read('docker-compose.yml');
  const users = (volume: string) => [...compose.matchAll(new RegExp(`credentials-${volume}:/`, 'g'))].length;
  expect(users('admin')).toBe(2);
  expect(blockOf('nats-init')).toContain('credentials-admin:/run/insats:ro');
  expect(blockOf('credentials')).toContain('credentials-admin:/credentials/admin');
  expect(users('next')).toBe(1);
});

interface Realm {
  clients: {
    clientId: string;
    secret: string;
    protocolMappers: { config: Record<string, string> }[];
    standardFlowEnabled: boolean;
    redirectUris?: string[];
    attributes?: Record<string, string>;
  }[];
  users: { username: string; credentials?: { type: string; value: string }[] }[];
}

const realm = () => JSON.parse(read('deploy/keycloak/insats-realm.json')) as Realm;
const webClient = 'insats-web';

test('the composed identity provider knows everybody whom the directory knows in the demonstration', () => {
  const clients = realm().clients.filter(({ clientId }) => clientId !== webClient);
  const subjects = demoPeople.map(({ subject }) => subject).toSorted();
  expect(clients.map(({ clientId }) => clientId).toSorted()).toEqual(subjects);
  for (const { clientId, secret, protocolMappers } of clients) {
    expect(secret).toBe(`${clientId}-secret`);
    const claims = protocolMappers.map(({ config }) => config);
    expect(claims).toContainEqual(expect.objectContaining({ 'included.custom.audience': 'insats' }));
    expect(claims).toContainEqual(
      expect.objectContaining({ 'claim.name': 'insats_id', 'claim.value': clientId }),
    );
  }
});

test('people sign in to the composed product through one client that is held to PKCE and its addresses', () => {
  const { clients, users } = realm();
  const withCode = clients.filter(({ standardFlowEnabled }) => standardFlowEnabled);
  expect(withCode).toEqual([
    expect.objectContaining({
      clientId: webClient,
      secret: environmentOf('gateway')['OIDC_CLIENT_SECRET'],
      // Keycloak fills in the address when it imports the file.
      redirectUris: ['${INSATS_PUBLIC_URL}/auth/callback'],
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'post.logout.redirect.uris': '${INSATS_PUBLIC_URL}/auth/signed-out',
        'backchannel.logout.url': 'http://gateway:3000/auth/backchannel-logout',
        'backchannel.logout.session.required': 'true',
      },
    }),
  ]);
  expect(environmentOf('keycloak')['INSATS_PUBLIC_URL']).toBe(environmentOf('gateway')['INSATS_PUBLIC_URL']);
  const people = users.filter(({ credentials }) => credentials).map(({ username }) => username);
  const known = demoPeople.filter(({ kind }) => kind === 'person').map(({ subject }) => subject);
  expect(people.toSorted()).toEqual(known.toSorted());
});
