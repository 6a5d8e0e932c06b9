import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
} from 'jose';

export interface DemoSigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  /** The public half, as published. */
  readonly jwks: JSONWebKeySet;
}

/** The demo identity provider's key, kept in the data folder so that tokens outlive a restart. */
export function demoSigningKey(home: string): Promise<DemoSigningKey> {
  return keptKey(home, 'demo-signing-key.json');
}

/** The key of our own token endpoint where none is configured, kept likewise. */
export function demoTokenKeys(home: string): Promise<DemoSigningKey> {
  return keptKey(home, 'token-signing-key.json');
}

async function keptKey(home: string, fileName: string): Promise<DemoSigningKey> {
  const file = join(home, fileName);
  const jwk = readKey(file) ?? (await makeKey(home, file));
  const privateKey = (await importJWK(jwk, 'EdDSA')) as CryptoKey;
  const { d: _secret, ...publicPart } = jwk;
  const id = await calculateJwkThumbprint(jwk);
  return { id, privateKey, jwks: { keys: [{ ...publicPart, kid: id, use: 'sig', alg: 'EdDSA' }] } };
}

function readKey(file: string): JWK | undefined {
  try {
    const jwk = JSON.parse(readFileSync(file, 'utf8')) as JWK;
    return jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && typeof jwk.d === 'string' ? jwk : undefined;
  } catch {
    return undefined;
  }
}

async function makeKey(home: string, file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(privateKey);
  mkdirSync(home, { recursive: true });
  // Renamed into place: whoever starts meanwhile sees a whole key or none.
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(jwk), { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
  return jwk;
}
