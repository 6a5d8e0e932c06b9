import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { DomainError } from '#libs/contracts';
import { type IdentityConfig } from '../config.ts';

/** `none` and everything symmetric are out: an allow-list, not the token, says what may sign. */
const algorithms = ['EdDSA', 'Ed25519', 'ES256', 'RS256'];
const types = new Set(['at+jwt', 'application/at+jwt', 'jwt']);
/** Seconds that clocks may differ. */
const tolerance = 60;
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

/**
 * Verifies access tokens (RFC 9068, RFC 7519). A verified token is remembered for a minute: a signature
 * costs more than all the rest of a request. Time here is the machine's, never the product's.
 */
export class TokenVerifier {
  private readonly known = new Map<string, { readonly subject: string; readonly until: number }>();

  constructor(
    private readonly config: Pick<IdentityConfig, 'issuer' | 'audience' | 'subjectClaim'>,
    private readonly keys: JWTVerifyGetKey,
  ) {}

  /** Subject of the token. Errors: `not-authenticated`; `unavailable` when the keys cannot be had. */
  async subjectOf(token: string): Promise<string> {
    const known = this.known.get(token);
    if (known && Date.now() < known.until) return known.subject;
    const { subject, expires } = await this.verify(token);
    if (this.known.size >= rememberedTokens) {
      const [oldest] = this.known.keys();
      if (oldest !== undefined) this.known.delete(oldest);
    }
    this.known.delete(token);
    this.known.set(token, {
      subject,
      until: Math.min(Date.now() + remembered, (expires + tolerance) * 1000),
    });
    return subject;
  }

  private async verify(token: string): Promise<{ subject: string; expires: number }> {
    const { issuer, audience, subjectClaim } = this.config;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: tolerance,
        requiredClaims: ['exp', subjectClaim],
      });
      const subject = payload[subjectClaim];
      const typeFits = types.has(String(protectedHeader.typ).toLowerCase());
      if (!typeFits || typeof subject !== 'string' || subject === '' || subject.length > 200) {
        throw new DomainError('not-authenticated');
      }
      return { subject, expires: payload.exp ?? 0 };
    } catch (error) {
      if (error instanceof DomainError) throw error;
      if (tokenFaults.some((fault) => error instanceof fault)) throw new DomainError('not-authenticated');
      throw Object.assign(new DomainError('unavailable', { params: { seconds: 5 } }), { cause: error });
    }
  }
}
