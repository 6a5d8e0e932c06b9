import { createHash } from 'node:crypto';
import {
  DomainError,
  eventSubject,
  serviceActor,
  subjectOf,
  type Actor,
  type CallerName,
  type Endpoint,
  type EndpointReply,
  type EndpointRequest,
  type EventEnvelope,
  type EventType,
  type ProblemMessage,
  type Role,
} from '#libs/contracts';
import { credentialsOf, nkeyOf } from '#libs/bus-setup';
import { type Product } from '#libs/embedded';
import { BusClient, connectBus, MessageSigner, type Bus } from '#libs/messaging';
import { newSpan, readIdentity, runInScope } from '#libs/platform';
import { type z } from 'zod';

export interface BusRequest<E extends Endpoint> {
  params?: z.input<E['params']>;
  /** As the gateway gets them, before defaults and parsing. */
  query?: z.input<E['query']>;
  /** Anything, since refusals are tested too. */
  body?: unknown;
  ifMatch?: number;
  /** Idempotency-Key. */
  key?: string;
}

export interface BusCaller {
  /** Carries out an operation. Rejects with the {@link DomainError} that the service answers. */
  call<E extends Endpoint>(contract: E, request?: BusRequest<E>): Promise<EndpointReply<E>>;
  /** The problem with which an operation is refused; rejects when it is carried out. */
  refusal<E extends Endpoint>(contract: E, request?: BusRequest<E>): Promise<ProblemMessage>;
}

export interface TestBus {
  readonly client: BusClient;
  readonly bus: Bus;
  as(actor: Actor): BusCaller;
  /** Everything of a type that is published from now on, each once; grows by itself. */
  listen(event: EventType): EventEnvelope[];
  close(): Promise<void>;
}

// A busy machine is no failure.
const timeout = 20_000;

/**
 * Talks to services as the gateway does, with its checks of the query and its fingerprints, but without
 * HTTP; or as another process. Its messages are signed with that process's key; on NATS it may do
 * everything, so that it also hears what is meant for others.
 */
export async function connectTestBus(
  product: Pick<Product, 'natsUrl' | 'credentials'>,
  as: CallerName = 'gateway',
): Promise<TestBus> {
  const nkey = nkeyOf(product.credentials, 'admin');
  const bus = await connectBus({ url: product.natsUrl, name: as, nkey });
  const client = new AskedClient(bus, as, (name) => {
    const { key } = readIdentity(credentialsOf(product.credentials, name));
    return new MessageSigner(name, key);
  });
  return {
    client,
    bus,
    close: () => bus.drain(),
    listen(event) {
      const received: EventEnvelope[] = [];
      bus.connection.subscribe(eventSubject(event.service, event.type), {
        callback: (_error, message) => {
          const envelope = message.json<EventEnvelope>();
          // Published again after a doubt: the stream keeps one by Nats-Msg-Id, which is the event's id.
          if (!received.some(({ id }) => id === envelope.id)) received.push(envelope);
        },
      });
      return received;
    },
    as(actor) {
      const call: BusCaller['call'] = async (contract, request = {}) =>
        client.call(contract, toEndpointRequest(contract, request), { actor, timeout });
      return {
        call,
        async refusal(contract, request) {
          try {
            await call(contract, request);
          } catch (error) {
            if (error instanceof DomainError) return error.toMessage();
            throw error;
          }
          throw new Error(`${contract.name} was carried out, though a refusal was expected`);
        },
      };
    },
  };
}

/** Asks as a process that was itself asked by the gateway, for whoever acts. */
class AskedClient extends BusClient {
  private readonly gateway: MessageSigner;

  constructor(
    bus: Bus,
    private readonly as: CallerName,
    signer: (name: CallerName) => MessageSigner,
  ) {
    super(bus.connection, signer(as));
    this.gateway = signer('gateway');
  }

  override ask: BusClient['ask'] = (contract, request, options) =>
    this.asked(options.actor, contract.onBehalfOf, () => super.ask(contract, request, options));

  override call: BusClient['call'] = (contract, request, options) =>
    this.asked(options.actor, [], () => super.call(contract, request, options));

  private asked<T>(actor: Actor, operations: readonly string[] | undefined, work: () => T): T {
    const { as } = this;
    if (as === 'gateway' || actor.id === serviceActor(as).id) return work();
    const trace = newSpan();
    const subject = operations?.[0] ?? subjectOf(as, 'tests.asked');
    const message = { subject, to: as, payload: '', actor, trace };
    return runInScope({ trace, token: this.gateway.sign(message) }, work);
  }
}

/** Someone with one role in one RCC or region. */
export function actorWith(role: Role, place: { rcc?: string; region?: string } = {}): Actor {
  const at = place.rcc ?? place.region ?? 'riket';
  return {
    id: `${role}-${at}`,
    kind: role === 'regionSystem' ? 'system' : 'person',
    assignments: [{ role, ...place } as Actor['assignments'][number]],
    employers: [],
  };
}

function toEndpointRequest<E extends Endpoint>(contract: E, request: BusRequest<E>): EndpointRequest<E> {
  const params = request.params ?? {};
  const body = request.body ?? {};
  return {
    params,
    query: contract.query.parse(request.query ?? {}),
    body,
    ...(request.ifMatch !== undefined && { ifMatch: request.ifMatch }),
    ...(request.key !== undefined && {
      idempotency: { key: request.key, fingerprint: fingerprintOf([contract.name, params, body]) },
    }),
  } as EndpointRequest<E>;
}

function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
