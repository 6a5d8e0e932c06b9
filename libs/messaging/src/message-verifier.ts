import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { inboxOf } from '#libs/bus-setup';
import { callerNames, serviceActor, type Actor, type CallerName, type ServiceName } from '#libs/contracts';
import { type PublicJwk } from '#libs/platform';
import {
  algorithm,
  digestOf,
  encodedHeader,
  lifetime,
  messageClaims,
  spanOf,
  tokenType,
  tolerance,
  type MessageClaims,
} from './message-token.ts';
import { SeenTokens } from './seen-tokens.ts';

/** A message that has come. */
export interface Incoming {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly token: string | undefined;
  /** Where the answer is to go. */
  readonly reply: string | undefined;
  /** Who may ask this, by its contract. */
  readonly callers: readonly CallerName[];
  /** Subjects of what who asks must have been asked to ask this for somebody. */
  readonly onBehalfOf: readonly string[];
}

/** What a message that is believed says. */
export interface Believed {
  readonly actor: Actor;
  /** Names this one message, for ever. */
  readonly id: string;
  readonly span: { readonly traceId: string; readonly spanId: string };
}

/** A message that is not believed, and why; for the log, never for who sent it. */
export class MessageRefused extends Error {}

/**
 * A message whose answer would go to where who asks does not listen: it gets none. Who answers may publish
 * to any subject that a question names, so it must not do so for whoever could not.
 */
export class ReplyRefused extends MessageRefused {}

/** Whether an answer on a subject reaches one of these processes and nobody else. */
export function isHeardBy(processes: readonly CallerName[], reply: string | undefined): boolean {
  return reply !== undefined && processes.some((process) => reply.startsWith(`${inboxOf(process)}.`));
}

interface Signatory {
  readonly issuer: CallerName;
  readonly key: KeyObject;
}

// An actor with many roles, twice when a service asks on somebody's behalf, stays far below.
const longest = 64 * 1024;
// Half a minute of more requests than one process can answer.
const remembered = 100_000;
const form = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;

/**
 * Decides whom a service believes. The connection says nothing: each message must be signed by a process
 * that may ask this, for this service, this operation and these bytes, now and only once.
 */
export class MessageVerifier {
  private readonly signatories = new Map<string, Signatory>();
  /** The same by the header that our own signers write, which spares reading it. */
  private readonly byHeader = new Map<string, Signatory>();
  private readonly seen: SeenTokens;

  constructor(
    private readonly service: ServiceName,
    keys: Readonly<Record<string, readonly PublicJwk[]>>,
    /** Seconds since 1970. */
    private readonly now: () => number = () => Date.now() / 1000,
  ) {
    this.seen = new SeenTokens(lifetime + 2 * tolerance, remembered, now);
    for (const issuer of callerNames) {
      for (const jwk of keys[issuer] ?? []) {
        // The key's name alone says whose it is: a name for two would let one sign as the other.
        if (this.signatories.has(jwk.kid)) throw new Error(`two internal keys are named ${jwk.kid}`);
        const signatory = { issuer, key: createPublicKey({ key: { ...jwk }, format: 'jwk' }) };
        this.signatories.set(jwk.kid, signatory);
        this.byHeader.set(encodedHeader(jwk.kid), signatory);
      }
    }
  }

  /** Who acts, and in which message. Errors: {@link MessageRefused}. */
  verify(message: Incoming): Believed {
    if (!isHeardBy(message.callers, message.reply)) {
      throw new ReplyRefused('nobody who may ask hears the answer');
    }
    if (message.token === undefined) throw new MessageRefused('no token');
    const claims = this.read(message.token);
    if (claims.aud !== this.service) throw new MessageRefused('for another service');
    if (!message.callers.includes(claims.iss)) throw new MessageRefused(`${claims.iss} may not ask this`);
    if (claims.op !== message.subject) throw new MessageRefused('for another operation');
    if (claims.bh !== digestOf(message.data)) throw new MessageRefused('for another message');
    if (!isHeardBy([claims.iss], message.reply)) throw new ReplyRefused('answer for somebody else');
    const actor = this.actorOf(claims, message.onBehalfOf);
    if (!this.seen.take(claims.jti, claims.iat)) throw new MessageRefused('used before');
    return { actor, id: claims.jti, span: spanOf(claims) };
  }

  /** Signature, form and time, the same for the message's own token and the one it may carry. */
  private read(token: string): MessageClaims {
    const parts = token.length <= longest ? form.exec(token) : null;
    if (!parts) throw new MessageRefused('not a token');
    const [, header = '', payload = '', signature = ''] = parts;
    const { issuer, key } = this.signatoryOf(header);
    const signed = Buffer.from(token.slice(0, token.length - signature.length - 1));
    if (!verify(null, signed, key, Buffer.from(signature, 'base64url'))) {
      throw new MessageRefused('not signed by whom it names');
    }
    const parsed = messageClaims.safeParse(parseJson(payload));
    if (!parsed.success) throw new MessageRefused('claims of another form');
    const claims = parsed.data;
    if (claims.iss !== issuer) throw new MessageRefused(`signed by ${issuer} in another's name`);
    if (claims.sub !== claims.act.id) throw new MessageRefused('names two actors');
    const now = this.now();
    if (claims.exp - claims.iat > lifetime) throw new MessageRefused('lives too long');
    if (claims.iat > now + tolerance) throw new MessageRefused('of the future');
    if (claims.exp < now - tolerance) throw new MessageRefused('expired');
    return claims;
  }

  private signatoryOf(header: string): Signatory {
    const known = this.byHeader.get(header);
    if (known) return known;
    const { alg, typ, kid, ...more } = Object(parseJson(header)) as Record<string, unknown>;
    // An allow-list of algorithms, not the token, says what may sign (RFC 8725, 3.1).
    if (alg !== algorithm) throw new MessageRefused('another algorithm');
    if (typ !== tokenType) throw new MessageRefused('another type of token');
    // Keys brought along or pointed to (jwk, jku, x5u) and extensions (crit) have no place here.
    if (Object.keys(more).length > 0) throw new MessageRefused('a header with more than it needs');
    const signatory = typeof kid === 'string' ? this.signatories.get(kid) : undefined;
    if (!signatory) throw new MessageRefused('unknown key');
    return signatory;
  }

  private actorOf({ iss, act, obo, jti, iat }: MessageClaims, onBehalfOf: readonly string[]): Actor {
    const asItself = act.kind === 'service' && act.id === serviceActor(iss).id;
    if (iss === 'gateway') {
      if (obo !== undefined) throw new MessageRefused('the gateway asks on nobody’s behalf');
      if (act.kind === 'service' && !asItself) throw new MessageRefused('the gateway as another service');
      return act;
    }
    if (obo === undefined) {
      if (!asItself) throw new MessageRefused(`${iss} as somebody else`);
      return serviceActor(iss);
    }
    const received = this.read(obo);
    if (received.iss !== 'gateway') throw new MessageRefused('on behalf of no one whom the gateway knows');
    if (received.aud !== iss) throw new MessageRefused('on behalf of one who asked another service');
    if (!onBehalfOf.includes(received.op)) {
      throw new MessageRefused('on behalf of one who asked for something else');
    }
    if (spanOf(received).traceId !== spanOf({ jti }).traceId) throw new MessageRefused('in another request');
    // Both clocks may differ, as everywhere.
    if (iat < received.iat - tolerance) throw new MessageRefused('older than what set it off');
    if (JSON.stringify(received.act) !== JSON.stringify(act)) {
      throw new MessageRefused('on behalf of somebody else');
    }
    return received.act;
  }
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}
