import { DomainError, type Actor, type Endpoint } from '#libs/contracts';
import { type Authenticator } from '../identity/authenticator.ts';
import { requireLevel } from '../identity/level.ts';
import { isReservedSubject } from '../identity/reserved-subject.ts';
import { requireScope } from '../identity/scope.ts';
import { type TokenIdentity } from '../identity/token-verifier.ts';
import { type Admitted, type Limits } from '../limits/limits.ts';
import { requestKind } from '../limits/request-kind.ts';
import { type Session } from '../session/session.ts';
import { type Sessions } from '../session/sessions.ts';
import { entryOf, type Entry } from './entry.ts';
import { type Reply, type Request } from './fastify.ts';

/**
 * Lets requests in: who calls, may they call now, does their token cover it. In the order of what each step
 * costs, so that what is refused is refused early.
 */
export class Admission {
  constructor(
    private readonly parts: {
      readonly authenticator: Authenticator;
      /** Values of `acr` of which a person's must be one, by whatever way they come; empty: any will do. */
      readonly requiredLevels: readonly string[];
      /** Undefined: people cannot sign in here, and a cookie is nobody. */
      readonly sessions?: Sessions | undefined;
      /** Undefined: none are set. */
      readonly limits?: Limits | undefined;
    },
  ) {}

  /**
   * Who carries out an operation. Errors: those of identity (401, 403), `level-too-low`, `too-many-requests`,
   * `insufficient-scope`.
   */
  async admit(contract: Endpoint, request: Request, reply: Reply): Promise<Actor> {
    const { authenticator, limits, requiredLevels } = this.parts;
    const { subject, scopes, level } = await this.identify(request, reply);
    // Noted at once: the access log tells who was refused.
    const entry = entryOf(request);
    if (entry) entry.subject = subject;
    const kind = requestKind(contract, request.query as Record<string, unknown>);
    const admitted = await limits?.admit(subject, kind, reply);
    const early = releaseAtEnd(admitted, reply, entry);
    const actor = await authenticator.actorOf(subject, `${request.method} ${request.routeOptions.url}`);
    if (entry) entry.actor = actor;
    if (limits && admitted) await limits.confirm(admitted, actor, reply);
    if (!early) releaseAtEnd(admitted, reply, entry);
    // The directory says who is a system, which proves itself by a key and has no level; a token could say anything.
    if (actor.kind !== 'system') requireLevel(requiredLevels, level);
    requireScope(contract, scopes);
    return actor;
  }

  /** What anybody may ask for, but not over and over. Errors: `too-many-requests`. */
  async admitStranger(kind: 'token' | 'signIn', request: Request, reply: Reply): Promise<void> {
    await this.parts.limits?.attempt(kind, request.ip, reply);
  }

  private async identify(request: Request, reply: Reply): Promise<TokenIdentity> {
    const { authenticator, sessions, limits } = this.parts;
    const { authorization } = request.headers;
    const recalled = authenticator.recall(authorization);
    if (recalled) return recalled;
    try {
      // Whoever sends a token is known by it alone: a cookie, which browsers send by themselves, adds nothing.
      if (authorization === undefined && sessions?.isPresent(request)) {
        return personBy(await sessions.authenticate(request, reply));
      }
      // Guessing is slow: after too many failures from an address, only tokens in use already are let in.
      if (authorization !== undefined) await limits?.refuseAfterFailures(request.ip, reply);
      return await authenticator.identify(authorization);
    } catch (error) {
      if (isFailedGuess(error, request)) await limits?.attempt('failures', request.ip, reply);
      throw error;
    }
  }
}

function personBy({ subject, level }: Session): TokenIdentity {
  if (isReservedSubject(subject)) throw new DomainError('not-authenticated');
  return { subject, scopes: undefined, level };
}

/** Whoever sent nothing has guessed nothing. */
function isFailedGuess(error: unknown, { headers }: Request): boolean {
  const isUnknown =
    error instanceof DomainError && (error.code === 'not-authenticated' || error.code === 'session-ended');
  return isUnknown && (headers.authorization !== undefined || headers.cookie !== undefined);
}

/**
 * Gives the caller's place back when the request is over, also when the caller goes away before there is an
 * answer. Whether there was a place to give back.
 */
function releaseAtEnd(admitted: Admitted | undefined, reply: Reply, entry: Entry | undefined): boolean {
  const release = admitted?.release;
  if (!release) return false;
  if (entry) entry.endTurn = admitted.endTurn;
  // Gone already: nothing more will be told of it.
  if (reply.raw.closed || reply.raw.destroyed) release();
  else reply.raw.once('close', release);
  return true;
}
