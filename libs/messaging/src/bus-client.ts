import { setTimeout as sleep } from 'node:timers/promises';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { type z } from 'zod';
import { longestQuestion } from '#libs/bus-setup';
import {
  DomainError,
  type Actor,
  type Endpoint,
  type EndpointReply,
  type EndpointRequest,
  type ProblemMessage,
  type Rpc,
  type ServiceName,
} from '#libs/contracts';
import { currentScope, newSpan, traceparent } from '#libs/platform';
import { traceHeader } from './caller.ts';
import { type MessageSigner } from './message-signer.ts';
import { tokenHeader } from './message-token.ts';

export interface Ask {
  readonly actor: Actor;
  /** Bound on the whole question in milliseconds, at most `longestQuestion`. */
  readonly timeout?: number;
}

/** A reply on the bus: what was asked for, or why not. */
export type BusReply = { readonly ok: unknown } | { readonly problem: ProblemMessage };

/** Answers what a service asks of itself. */
export interface OwnQuestions {
  answerOwn(subject: string, payload: string, actor: Actor): Promise<BusReply>;
}

/** A question on its way. */
interface Question {
  readonly subject: string;
  readonly service: ServiceName;
  readonly payload: string;
  readonly actor: Actor;
  readonly timeout: number;
}

// Below the three seconds within which a caller must be told that a part is down.
const defaultTimeout = 2500;
/** Bytes of a message's headers beside the token: their names, the trace, the server's own line. */
const roomForHeaders = 256;

/**
 * Asks services, each time with a token that says who acts. Errors: whatever problem the service answers;
 * `unavailable` when it does not answer; `body-too-large` for an operation with more than the bus carries.
 */
export class BusClient {
  /** @param own of a service that asks itself, too: on the bus it may not, see `permissionsOf` */
  constructor(
    private readonly connection: NatsConnection,
    private readonly signer: MessageSigner,
    private readonly own?: OwnQuestions,
  ) {}

  /** Asks one of the questions between services. */
  async ask<Request extends z.ZodType, Reply extends z.ZodType>(
    contract: Rpc<Request, Reply>,
    request: z.input<Request>,
    options: Ask,
  ): Promise<z.output<Reply>> {
    return (await this.request(contract, request, options)) as z.output<Reply>;
  }

  /** Carries out an HTTP operation in the service that owns it. */
  async call<E extends Endpoint>(
    contract: E,
    request: EndpointRequest<E>,
    options: Ask,
  ): Promise<EndpointReply<E>> {
    try {
      return (await this.request(contract, request, options)) as EndpointReply<E>;
    } catch (error) {
      // Of what a caller sent. What the services tell each other is theirs to divide.
      if (error instanceof TooLarge) throw error.asProblem();
      throw error;
    }
  }

  private async request(
    { subject, service }: { subject: string; service: ServiceName },
    request: unknown,
    { actor, timeout = defaultTimeout }: Ask,
  ): Promise<unknown> {
    // The server would let nobody answer any more.
    if (timeout > longestQuestion) throw new RangeError(`a question of ${timeout} ms`);
    const question = { subject, service, payload: JSON.stringify(request), actor, timeout };
    const reply = await (service === this.signer.issuer ? this.askOwn(question) : this.askOther(question));
    if ('problem' in reply) throw DomainError.from(reply.problem);
    return reply.ok;
  }

  private async askOwn({ subject, payload, actor, timeout }: Question): Promise<BusReply> {
    if (!this.own) throw new Error(`${this.signer.issuer} does not answer itself here`);
    this.signer.requireAsked(actor, currentScope()?.token);
    const bound = new AbortController();
    const tooLate = sleep(timeout, undefined, { signal: bound.signal, ref: false }).then(() => {
      throw unavailable();
    });
    try {
      return await Promise.race([this.own.answerOwn(subject, payload, actor), tooLate]);
    } finally {
      tooLate.catch(() => undefined);
      bound.abort();
    }
  }

  private async askOther({ subject, service, payload, actor, timeout }: Question): Promise<BusReply> {
    const scope = currentScope();
    const trace = newSpan(scope?.trace);
    const token = this.signer.sign({ subject, to: service, payload, actor, trace }, scope?.token);
    const metadata = headers();
    metadata.set(tokenHeader, token);
    metadata.set(traceHeader, traceparent(trace));
    const largest =
      (this.connection.info?.max_payload ?? Number.POSITIVE_INFINITY) - token.length - roomForHeaders;
    const size = Buffer.byteLength(payload);
    if (size > largest) throw new TooLarge(size, largest);
    let reply: unknown;
    try {
      const message = await this.connection.request(subject, payload, { timeout, headers: metadata });
      reply = message.json();
    } catch (cause) {
      throw Object.assign(unavailable(), { cause });
    }
    // JetStream can be made to answer in a service's place, though not with a text of one's own.
    if (!isReply(reply)) throw unavailable();
    return reply;
  }
}

/** A question with more bytes than the bus carries: asking again does not help. */
class TooLarge extends Error {
  constructor(
    size: number,
    private readonly largest: number,
  ) {
    super(`a question of ${size} bytes is too large for the bus`);
  }

  asProblem(): DomainError {
    const limit = `${Math.max(0, Math.floor(this.largest / 1024))} KiB`;
    return new DomainError('body-too-large', { params: { limit } });
  }
}

function isReply(value: unknown): value is BusReply {
  return typeof value === 'object' && value !== null && ('ok' in value || 'problem' in value);
}

function unavailable(): DomainError {
  return new DomainError('unavailable', { params: { seconds: 2 } });
}
