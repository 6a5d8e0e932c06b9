import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** A key pair with what is published of it. */
export interface TestKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function testKey(kid: string, alg = 'ES256'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

/** Stands for an organisation's identity provider: publishes keys, and signs access tokens as it is told. */
export class TestIssuer {
  readonly keys = new Map<string, TestKey>();
  private readonly server: Server;
  /** How often the keys were fetched. */
  fetches = 0;

  private constructor() {
    this.server = createServer((_request, response) => {
      this.fetches += 1;
      response.end(JSON.stringify({ keys: [...this.keys.values()].map(({ jwk }) => jwk) }));
    });
  }

  static async start(...kids: string[]): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    for (const kid of kids) issuer.keys.set(kid, await testKey(kid));
    issuer.server.listen(0, '127.0.0.1');
    await once(issuer.server, 'listening');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A good access token, but for what is said otherwise. */
  token(
    subject: string,
    options: { by?: TestKey; claims?: JWTPayload; header?: Record<string, unknown> } = {},
  ): Promise<string> {
    const key = options.by ?? [...this.keys.values()][0];
    if (!key) throw new Error('the issuer has no key');
    const now = Math.floor(Date.now() / 1000);
    const base = { iss: this.url, aud: 'insats', sub: subject, jti: randomUUID(), iat: now, exp: now + 300 };
    return new SignJWT({ ...base, ...options.claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.jwk.kid ?? '', ...options.header })
      .sign(key.privateKey);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
