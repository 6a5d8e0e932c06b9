import { headers, type NatsConnection } from '@nats-io/transport-node';
import { type z } from 'zod';
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
  /** Bound on the whole question in milliseconds. */
  readonly timeout?: number;
}

/** A reply on the bus: what was asked for, or why not. */
export type BusReply = { readonly ok: unknown } | { readonly problem: ProblemMessage };

// Below the three seconds within which a caller must be told that a part is down.
const defaultTimeout = 2500;

/**
 * Asks services, each time with a token that says who acts. Errors: whatever problem the service answers;
 * `unavailable` when it does not answer.
 */
export class BusClient {
  constructor(
    private readonly connection: NatsConnection,
    private readonly signer: MessageSigner,
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
    return (await this.request(contract, request, options)) as EndpointReply<E>;
  }

  private async request(
    { subject, service }: { subject: string; service: ServiceName },
    request: unknown,
    { actor, timeout = defaultTimeout }: Ask,
  ): Promise<unknown> {
    const payload = JSON.stringify(request);
    const scope = currentScope();
    const trace = newSpan(scope?.trace);
    const metadata = headers();
    metadata.set(
      tokenHeader,
      this.signer.sign({ subject, to: service, payload, actor, trace }, scope?.token),
    );
    metadata.set(traceHeader, traceparent(trace));
    let reply: BusReply;
    try {
      const message = await this.connection.request(subject, payload, {
        timeout,
        headers: metadata,
      });
      reply = message.json<BusReply>();
    } catch (cause) {
      throw Object.assign(new DomainError('unavailable', { params: { seconds: 2 } }), { cause });
    }
    if ('problem' in reply) throw DomainError.from(reply.problem);
    return reply.ok;
  }
}
