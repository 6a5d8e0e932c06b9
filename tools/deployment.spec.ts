import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '#libs/embedded';
import { demoPeople } from '../apps/directory/src/demo/people.ts';
import { readGatewayConfig } from '../apps/gateway/src/config.ts';

const read = (name: string) => readFileSync(join(checkout, name), 'utf8');

/** The environment that the compose file gives a service, from its own block alone. */
function environmentOf(service: string): Record<string, string> {
  const [, block = ''] =
    new RegExp(`^  ${service}:\\n((?: {4}.*\\n)+)`, 'm').exec(read('docker-compose.yml')) ?? [];
  const [, environment = ''] = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(block) ?? [];
  const lines = [...environment.matchAll(/^ {6}([A-Z_]+): (.+)$/gm)];
  return Object.fromEntries(
    lines.map(([, name, value]) => [name ?? '', (value ?? '').replace(/\$\{\w+:-(.*?)\}/g, '$1')]),
  );
}

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
  });
});

interface Realm {
  clients: {
    clientId: string;
    secret: string;
    protocolMappers: { config: Record<string, string> }[];
  }[];
}

test('the composed identity provider knows everybody whom the directory knows in the demonstration', () => {
  const { clients } = JSON.parse(read('deploy/keycloak/insats-realm.json')) as Realm;
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
