import { DomainError, type Actor } from '#libs/contracts';
import { type ActorResolver } from './actor-resolver.ts';
import { isReservedSubject } from './reserved-subject.ts';
import { type TokenIdentity, type TokenVerifier } from './token-verifier.ts';

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Tells who calls: a token that is good here, of somebody whom the directory knows. */
export class Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly actors: ActorResolver,
  ) {}

  /** Whom a token stands for that was verified just now; undefined for any other, good or not. */
  recall(authorization: string | undefined): TokenIdentity | undefined {
    const token = tokenOf(authorization);
    return token === undefined ? undefined : this.tokens.recall(token);
  }

  /** Errors: `not-authenticated` (401), `unavailable`. */
  async identify(authorization: string | undefined): Promise<TokenIdentity> {
    if (authorization === undefined) throw new DomainError('not-authenticated');
    const token = tokenOf(authorization);
    if (token === undefined) throw badToken();
    try {
      return await this.tokens.verify(token);
    } catch (error) {
      throw error instanceof DomainError && error.code === 'not-authenticated' ? badToken() : error;
    }
  }

  /**
   * Errors: `forbidden` (403) for somebody without any place here; `not-authenticated` (401) for a system
   * that was ended, whose token is worth nothing from then on; `unavailable`.
   */
  async actorOf(subject: string, command: string): Promise<Actor> {
    const actor = await this.actors.resolve(subject);
    if (actor) return actor;
    throw isReservedSubject(subject) ? badToken() : new DomainError('forbidden', { params: { command } });
  }
}

function tokenOf(authorization: string | undefined): string | undefined {
  return bearer.exec(authorization ?? '')?.[1];
}

/** RFC 6750, 3.1: a client that sent a token is told that it was the token. */
function badToken(): DomainError {
  return new DomainError('not-authenticated', { params: { error: 'invalid_token' } });
}
