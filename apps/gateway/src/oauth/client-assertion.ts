import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JWK, type JWTPayload } from 'jose';
import { signatureAlgorithms } from '../identity/trusted-issuer.ts';
import { badClient } from './oauth-refusal.ts';

/** Characters. An assertion signed by RSA with 4096 bits takes about 1,200. */
const sizeLimit = 4096;
/** Seconds that a client's clock may differ from ours. */
const tolerance = 30;
/** Seconds: how long an assertion may hold, and thus how long it must be remembered as used. */
const longestLife = 300;
const longestText = 255;

/** What a good assertion says. */
export interface Assertion {
  readonly jti: string;
  /** From when on nobody would take it any more. */
  readonly deadAt: Date;
}

/** Who an assertion claims to be of, before anything of it has been verified. Errors: {@link badClient}. */
export function claimedClient(assertion: string): { readonly clientId: string; readonly kid: string } {
  if (assertion.length > sizeLimit) throw badClient('too long');
  const { header, payload } = decoded(assertion);
  // Keys come from the directory alone (RFC 8725, 3.10), and we understand no extension.
  const unwelcome = ['jku', 'jwk', 'x5u', 'x5c', 'crit'].find((name) => name in header);
  if (unwelcome !== undefined) throw badClient(`header ${unwelcome}`);
  if (header.typ !== undefined && !/^(application\/)?(jwt|client-authentication\+jwt)$/i.test(header.typ)) {
    throw badClient('type');
  }
  const { iss, sub } = payload;
  if (!isText(iss) || iss !== sub) throw badClient('iss and sub');
  if (!isText(header.kid)) throw badClient('no kid');
  return { clientId: iss, kid: header.kid };
}

/**
 * Verifies an assertion (RFC 7523, 3) by the one key of the client that it names. `audiences`: the names by
 * which clients may call us, of which it must have exactly one, so that it cannot be used elsewhere.
 * Errors: {@link badClient}.
 */
export async function verifyAssertion(
  assertion: string,
  jwk: JWK,
  clientId: string,
  audiences: readonly string[],
): Promise<Assertion> {
  const payload = await signedPayload(assertion, jwk, clientId);
  const { aud, exp = 0, iat, jti } = payload;
  const [audience, ...others] = [aud ?? []].flat();
  if (audience === undefined || others.length > 0 || !audiences.includes(audience))
    throw badClient('audience');
  const now = Date.now() / 1000;
  if (exp > now + longestLife + tolerance) throw badClient('holds too long');
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + tolerance))
    throw badClient('from the future');
  if (!isText(jti)) throw badClient('no jti');
  return { jti, deadAt: new Date((Math.ceil(exp) + tolerance) * 1000) };
}

async function signedPayload(assertion: string, jwk: JWK, clientId: string): Promise<JWTPayload> {
  const { alg } = decoded(assertion).header;
  if (jwk.alg !== undefined && !isSame(jwk.alg, alg)) throw badClient('algorithm of another key');
  try {
    const key = await importJWK(jwk, alg);
    const { payload } = await jwtVerify(assertion, key, {
      issuer: clientId,
      subject: clientId,
      algorithms: [...signatureAlgorithms],
      clockTolerance: tolerance,
      requiredClaims: ['exp', 'jti', 'aud'],
    });
    return payload;
  } catch (error) {
    // A code of jose's, never the text: it may repeat what the client sent.
    throw badClient((error as { code?: string }).code ?? 'key does not fit');
  }
}

/** Two names of one algorithm: RFC 9864 gave Ed25519 its own. */
function isSame(left: string, right: string | undefined): boolean {
  const name = (alg: string | undefined): string | undefined => (alg === 'Ed25519' ? 'EdDSA' : alg);
  return name(left) === name(right);
}

function decoded(assertion: string): {
  header: { alg?: string; kid?: string; typ?: string };
  payload: JWTPayload;
} {
  try {
    const header = decodeProtectedHeader(assertion) as ReturnType<typeof decoded>['header'];
    return { header, payload: decodeJwt(assertion) };
  } catch {
    throw badClient('no JWT');
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestText;
}
