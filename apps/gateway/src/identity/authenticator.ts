import { DomainError, type Actor } from '#libs/contracts';
import { type ActorResolver } from './actor-resolver.ts';
import { type TokenVerifier } from './token-verifier.ts';

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Tells who calls: a token that is good here, of somebody whom the directory knows. */
export class Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly actors: ActorResolver,
  ) {}

  /** Errors: `not-authenticated` (401), `forbidden` (403) for somebody without any place here, `unavailable`. */
  async authenticate(authorization: string | undefined, command: string): Promise<Actor> {
    const token = bearer.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new DomainError('not-authenticated');
    const actor = await this.actors.resolve(await this.tokens.subjectOf(token));
    if (!actor) throw new DomainError('forbidden', { params: { command } });
    return actor;
  }
}
