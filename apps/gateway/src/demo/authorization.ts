import { createHash, randomBytes } from 'node:crypto';
import { demoClient } from '../session/sign-in.config.ts';
import { demoPeople } from './people.ts';

/** An authorization request that may be answered (OpenID Connect Core, 3.1.2.1). */
export interface AuthorizationRequest {
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly challenge: string;
}

export interface AuthorizedPerson {
  readonly person: string;
  readonly nonce: string | undefined;
  /** Seconds since 1970. */
  readonly authenticatedAt: number;
}

interface Grant extends AuthorizedPerson {
  readonly challenge: string;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Milliseconds that a code is good for (RFC 6749, 4.1.2: short). */
const codeLifetime = 60_000;
const atMost = 1000;

/**
 * The demonstration's authorization endpoint: whoever sits at the browser says who they are. Everything
 * else is as strict as at a real provider: one client, one redirect URI to the letter, PKCE by S256, codes
 * that are good once.
 */
export class DemoAuthorization {
  private readonly grants = new Map<string, Grant>();

  constructor(
    private readonly redirectUri: string,
    private readonly afterLogoutUri: string,
    private readonly issuer: string,
  ) {}

  /** What is wrong with a request, in Swedish, or the request. Nobody is led anywhere by a wrong one. */
  check(parameters: URLSearchParams): AuthorizationRequest | string {
    const doubled = [...parameters.keys()].find((name) => parameters.getAll(name).length > 1);
    if (doubled !== undefined) return `Parametern ${doubled} förekommer mer än en gång.`;
    if (parameters.get('client_id') !== demoClient) return 'Klienten är okänd.';
    if (parameters.get('redirect_uri') !== this.redirectUri) return 'redirect_uri är inte den registrerade.';
    if (parameters.get('response_type') !== 'code') return 'Bara response_type=code stöds.';
    if (!(parameters.get('scope') ?? '').split(' ').includes('openid'))
      return 'scope måste innehålla openid.';
    const challenge = parameters.get('code_challenge') ?? '';
    if (parameters.get('code_challenge_method') !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(challenge)) {
      return 'PKCE med S256 krävs.';
    }
    return {
      challenge,
      state: parameters.get('state') ?? undefined,
      nonce: parameters.get('nonce') ?? undefined,
    };
  }

  /** Where to send the browser with the person's code; undefined for somebody unknown. */
  choose(request: AuthorizationRequest, person: string | null): string | undefined {
    if (!demoPeople.some(({ id }) => id === person) || person === null) return undefined;
    if (this.grants.size >= atMost) this.grants.clear();
    const code = randomBytes(32).toString('base64url');
    this.grants.set(code, {
      person,
      nonce: request.nonce,
      challenge: request.challenge,
      authenticatedAt: Math.floor(Date.now() / 1000),
      until: performance.now() + codeLifetime,
    });
    const answer = new URLSearchParams({ code, iss: this.issuer });
    if (request.state !== undefined) answer.set('state', request.state);
    return `${this.redirectUri}?${answer.toString()}`;
  }

  /** Whom a code stands for; undefined for a code that is not good, or not any more. */
  redeem(form: URLSearchParams): AuthorizedPerson | undefined {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const isTheirs =
      form.get('client_id') === demoClient &&
      form.get('redirect_uri') === this.redirectUri &&
      createHash('sha256').update(verifier).digest('base64url') === grant?.challenge;
    return grant && isTheirs && performance.now() < grant.until ? grant : undefined;
  }

  /** Where to go after a logout; undefined for an address that is not the registered one. */
  afterLogout(parameters: URLSearchParams): string | undefined {
    if (parameters.get('post_logout_redirect_uri') !== this.afterLogoutUri) return undefined;
    const state = parameters.get('state');
    return state === null
      ? this.afterLogoutUri
      : `${this.afterLogoutUri}?${new URLSearchParams({ state }).toString()}`;
  }
}
