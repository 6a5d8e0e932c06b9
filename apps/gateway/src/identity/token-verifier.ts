import { hash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { DomainError, longestSubject, scopes as ourScopes } from '#libs/contracts';
import { isReservedSubject } from './reserved-subject.ts';
import { refuseConfusion, refuseUnusualHeader } from './token-shape.ts';
import { type TrustedIssuer } from './trusted-issuer.ts';

/** Whom a token stands for. */
export interface TokenIdentity {
  readonly subject: string;
  /** Undefined: whatever the caller's roles permit. */
  readonly scopes: ReadonlySet<string> | undefined;
  /** How surely the provider knows the person (`acr`); undefined: it does not say. */
  readonly level: string | undefined;
}

/** Seconds that clocks may differ. */
const tolerance = 60;
/** Characters; more than any provider needs for what is asked of a token here. */
const sizeLimit = 8192;
/** Milliseconds for which a verified token is believed without looking again. */
const remembered = 60_000;
const rememberedTokens = 5000;

/** Faults of the token itself; what is left is the fault of whoever should have given us the keys. */
const tokenFaults = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

interface Known {
  readonly identity: TokenIdentity;
  readonly issuer: TrustedIssuer;
  readonly generation: number;
  /** Milliseconds since 1970, by the machine: tokens are no matter of the product's time. */
  readonly until: number;
}

/**
 * Verifies access tokens (RFC 9068, RFC 7519, with the advice of RFC 8725) of several issuers. A verified
 * token is remembered for a minute: a signature costs more than all the rest of a request. It is remembered
 * by its hash, so that no token lies in memory, and no longer than it and its key hold.
 */
export class TokenVerifier {
  private readonly known = new Map<string, Known>();
  private readonly issuers: ReadonlyMap<string, TrustedIssuer>;

  /** @param capacity tokens that are remembered; the eldest makes room for a new one */
  constructor(
    issuers: readonly TrustedIssuer[],
    private readonly capacity = rememberedTokens,
  ) {
    this.issuers = new Map(issuers.map((trusted) => [trusted.issuer, trusted]));
    if (this.issuers.size !== issuers.length) throw new Error('two issuers of one name');
  }

  /** Who a token stands for, if it was verified just now. Costs next to nothing. */
  recall(token: string): TokenIdentity | undefined {
    if (token.length > sizeLimit) return undefined;
    const found = this.known.get(keyOf(token));
    if (!found || Date.now() >= found.until) return undefined;
    return found.issuer.keys.generation() === found.generation ? found.identity : undefined;
  }

  /** Errors: `not-authenticated`; `unavailable` when the keys cannot be had. */
  async verify(token: string): Promise<TokenIdentity> {
    const recalled = this.recall(token);
    if (recalled) return recalled;
    try {
      return await this.verifyAnew(token);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      if (tokenFaults.some((fault) => error instanceof fault)) throw new DomainError('not-authenticated');
      throw Object.assign(new DomainError('unavailable', { params: { seconds: 5 } }), { cause: error });
    }
  }

  private async verifyAnew(token: string): Promise<TokenIdentity> {
    if (token.length > sizeLimit) throw new DomainError('not-authenticated');
    refuseUnusualHeader(token);
    const issuer = this.issuers.get(String(decodeJwt(token).iss));
    if (!issuer) throw new DomainError('not-authenticated');
    // Before the key is looked up: a key that ends meanwhile has this verified again.
    const generation = issuer.keys.generation();
    const { payload, protectedHeader } = await jwtVerify(token, issuer.keys.find, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: tolerance,
      requiredClaims: ['exp', issuer.subjectClaim, ...issuer.requiredClaims],
    });
    refuseConfusion(issuer, protectedHeader.typ, payload);
    refuseFuture(payload);
    const identity = {
      subject: subjectOf(payload, issuer),
      scopes: scopesOf(payload, issuer),
      level: levelOf(payload),
    };
    this.remember(token, { identity, issuer, generation, until: believedUntil(payload) });
    return identity;
  }

  private remember(token: string, known: Known): void {
    if (this.known.size >= this.capacity) {
      const [oldest] = this.known.keys();
      if (oldest !== undefined) this.known.delete(oldest);
    }
    const key = keyOf(token);
    this.known.delete(key);
    this.known.set(key, known);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}

function believedUntil({ exp = 0 }: JWTPayload): number {
  return Math.min(Date.now() + remembered, (exp + tolerance) * 1000);
}

function refuseFuture({ iat }: JWTPayload): void {
  if (iat === undefined) return;
  if (typeof iat !== 'number' || iat > Date.now() / 1000 + tolerance)
    throw new DomainError('not-authenticated');
}

function subjectOf(payload: JWTPayload, { subjectClaim, namesClients }: TrustedIssuer): string {
  const subject = payload[subjectClaim];
  const isName = typeof subject === 'string' && subject !== '' && subject.length <= longestSubject;
  if (!isName || isReservedSubject(subject) !== namesClients) {
    throw new DomainError('not-authenticated');
  }
  return subject;
}

function levelOf({ acr }: JWTPayload): string | undefined {
  return typeof acr === 'string' ? acr : undefined;
}

function scopesOf({ scope }: JWTPayload, { scoped }: TrustedIssuer): ReadonlySet<string> | undefined {
  const named = new Set(typeof scope === 'string' ? scope.split(' ') : []);
  return scoped === 'always' || ourScopes.some((ours) => named.has(ours)) ? named : undefined;
}
