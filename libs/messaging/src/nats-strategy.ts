import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { type Msg, type Subscription } from '@nats-io/transport-node';
import { lastValueFrom } from 'rxjs';
import { acknowledgeWait, deliveredAtOnce, upsertConsumer } from '#libs/bus-setup';
import {
  DomainError,
  durableOf,
  eventEnvelope,
  eventSubject,
  invalidInput,
  parseInput,
  sourceOf,
  streamOf,
  type Actor,
  type CallerName,
  type EventEnvelope,
  type ProblemMessage,
  type ServiceName,
} from '#libs/contracts';
import { currentScope, KeyedQueue, newSpan, parseTraceparent, runInScope, type Logger } from '#libs/platform';
import { type BusReply, type OwnQuestions } from './bus-client.ts';
import { traceHeader } from './caller.ts';
import { type Bus } from './connection.ts';
import { type ConsumerExtras, type HandlerExtras } from './decorators.ts';
import { Poison, sortError } from './event-errors.ts';
import { tokenHeader } from './message-token.ts';
import { MessageRefused, ReplyRefused, type Believed, type MessageVerifier } from './message-verifier.ts';
import { UsedTokens } from './used-tokens.ts';

/** Keeps what a consumer could not take in. */
export interface DeadLetterBox {
  put(letter: { consumer: string; event: unknown; reason: string; deliveries: number }): Promise<void>;
}

/**
 * Nest's transport for a service: answers requests in a queue group, and consumes events from durable
 * JetStream consumers with acknowledgement after the work is done. Nest's own NATS server closes without
 * draining, takes events as plain publishes without acknowledgement and hides errors, hence this one.
 */
export class NatsStrategy extends Server implements CustomTransportStrategy, OwnQuestions {
  private readonly subscriptions: Subscription[] = [];
  private readonly consuming = new Set<ConsumerMessages>();
  private readonly loops: Promise<void>[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  /** Events being taken in. Requests are not counted: whoever asks `isIdle` is one. */
  private taking = 0;
  private readonly turns = new KeyedQueue();
  private readonly usedTokens: UsedTokens;
  private closing = false;

  constructor(
    private readonly bus: Bus,
    private readonly service: ServiceName,
    private readonly verifier: MessageVerifier,
    private readonly deadLetters: DeadLetterBox,
    private readonly log: Logger,
  ) {
    super();
    this.usedTokens = new UsedTokens(bus, service);
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      for (const [subject, handler] of this.messageHandlers) {
        const extras = handler.extras as unknown as HandlerExtras | ConsumerExtras;
        if (extras.kind === 'request') this.answer(subject, handler, extras);
        else this.loops.push(this.consume(handler, extras));
      }
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Takes no more work, lets what is under way finish. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.allSettled([
      ...this.subscriptions.map((subscription) => subscription.drain()),
      ...[...this.consuming].map((messages) => messages.close()),
    ]);
    await Promise.allSettled(this.loops);
    // Until nothing is left: what the loops had taken in before they ended may have begun just now.
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  on(): void {
    throw new Error('the strategy has no events of its own; ask the bus');
  }

  unwrap<T>(): T {
    return this.bus.connection as T;
  }

  /** True when nothing waits for any of this service's consumers. */
  async isIdle(): Promise<boolean> {
    if (this.taking > 0) return false;
    try {
      const manager = await this.bus.manager();
      for (const extras of this.consumers()) {
        const info = await manager.consumers.info(streamOf(extras.from), this.durableOf(extras));
        if (info.num_pending > 0 || info.num_ack_pending > 0) return false;
      }
    } catch {
      // The consumer is still being made, or NATS is away: there may be something to take in.
      return false;
    }
    return true;
  }

  /** Hands an event to a consumer outside the stream, as replaying a dead letter does. */
  async deliver(consumer: string, event: unknown): Promise<void> {
    for (const handler of this.messageHandlers.values()) {
      const extras = handler.extras as unknown as HandlerExtras | ConsumerExtras;
      if (extras.kind !== 'consumer' || this.durableOf(extras) !== consumer) continue;
      const envelope = eventEnvelope.safeParse(event);
      if (!envelope.success) {
        throw new DomainError('state-conflict', {
          params: { command: 'replay', state: 'unreadable' },
          extra: { allowed: [] },
        });
      }
      if (!isFrom(envelope.data, extras.from)) {
        throw new DomainError('state-conflict', {
          params: { command: 'replay', state: 'foreign' },
          extra: { allowed: [] },
        });
      }
      await this.handOver(handler, envelope.data);
      return;
    }
    throw new DomainError('not-found');
  }

  private durableOf({ purpose }: ConsumerExtras): string {
    return durableOf({ service: this.service, purpose });
  }

  private consumers(): ConsumerExtras[] {
    return [...this.messageHandlers.values()]
      .map((handler) => handler.extras as unknown as HandlerExtras | ConsumerExtras)
      .filter((extras) => extras.kind === 'consumer');
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    const done = (): void => void this.underWay.delete(work);
    work.then(done, done);
    return work;
  }

  private answer(subject: string, handler: MessageHandler, extras: HandlerExtras): void {
    const subscription = this.bus.connection.subscribe(subject, {
      queue: this.service,
      callback: (error, message) => {
        if (error) this.log.error({ err: error, subject }, 'subscription failed');
        else void this.track(this.respond(message, handler, extras));
      },
    });
    this.subscriptions.push(subscription);
  }

  private async respond(message: Msg, handler: MessageHandler, extras: HandlerExtras): Promise<void> {
    const { subject } = message;
    const token = message.headers?.get(tokenHeader) || undefined;
    const sent = parseTraceparent(message.headers?.get(traceHeader));
    let reply: string;
    try {
      const { actor, span } = await runInScope({ trace: newSpan(sent) }, () =>
        this.believed(message, token, extras),
      );
      // The trace that was signed; whatever the header says.
      const trace = newSpan({ ...span, flags: sent?.flags ?? '01' });
      const asked = { subject, read: () => message.json(), actor };
      reply = await runInScope({ trace, actorId: actor.id, token }, () =>
        this.handled(asked, handler, extras),
      );
    } catch (error) {
      if (error instanceof ReplyRefused) return;
      reply = this.refusal(error, subject);
    }
    try {
      message.respond(reply);
    } catch (error) {
      // The connection is closed: whoever asked is told by the bound on the question.
      this.log.warn({ err: error, subject }, 'the answer could not be sent');
    }
  }

  /**
   * Answers a question of this service to itself, in this process. Over the bus it would have to be allowed
   * to publish to what it listens to, and so could name itself any subject as a reply.
   */
  async answerOwn(subject: string, payload: string, actor: Actor): Promise<BusReply> {
    const handler = this.messageHandlers.get(subject);
    const extras = handler?.extras as unknown as HandlerExtras | ConsumerExtras | undefined;
    if (!handler || extras?.kind !== 'request' || !extras.callers.includes(this.service)) {
      throw new Error(`${this.service} does not answer itself ${subject}`);
    }
    const scope = currentScope();
    const asked = { subject, read: () => JSON.parse(payload) as unknown, actor };
    const own = {
      trace: newSpan(scope?.trace),
      actorId: actor.id,
      ...(scope?.token && { token: scope.token }),
    };
    const reply = await this.track(runInScope(own, () => this.handled(asked, handler, extras)));
    return JSON.parse(reply) as BusReply;
  }

  /** What is to be answered, whatever happens. */
  private async handled(
    { subject, read, actor }: { subject: string; read: () => unknown; actor: Actor },
    handler: MessageHandler,
    { schema }: HandlerExtras,
  ): Promise<string> {
    try {
      const request = parseInput(schema, read());
      const trace = currentScope()?.trace ?? newSpan();
      const result = await lastValueFrom(
        this.transformToObservable(await handler({ request, caller: { actor, trace } })),
        { defaultValue: null },
      );
      return this.written({ ok: result }, request);
    } catch (error) {
      return this.refusal(error, subject);
    }
  }

  /** Who asks. Errors: `not-authenticated`, `unavailable`; {@link ReplyRefused} for what gets no answer. */
  private async believed(
    { subject, data, reply }: Msg,
    token: string | undefined,
    { callers, onBehalfOf, writes }: HandlerExtras,
  ): Promise<Believed> {
    try {
      const believed = this.verifier.verify({ subject, data, token, reply, callers, onBehalfOf });
      // A question that only reads is answered to who asked it, also when it comes twice.
      if (writes && !(await this.isFirst(believed.id, subject))) {
        throw new MessageRefused('used before elsewhere');
      }
      return believed;
    } catch (error) {
      if (!(error instanceof MessageRefused)) throw error;
      this.log.warn({ reason: error.message, subject }, 'a message was refused');
      throw error instanceof ReplyRefused ? error : new DomainError('not-authenticated');
    }
  }

  /** Whether no replica has acted on a message. Errors: `unavailable` when that cannot be known. */
  private async isFirst(id: string, subject: string): Promise<boolean> {
    try {
      return await this.usedTokens.take(id);
    } catch (error) {
      this.log.warn({ err: error, subject }, 'whether a message was used cannot be asked');
      throw new DomainError('unavailable', { params: { seconds: 2 } });
    }
  }

  /**
   * An answer that the bus does not carry is told at once instead of by silence. Of a page the caller can
   * ask for less; anything else is our fault.
   */
  private written(reply: BusReply, request?: unknown): string {
    const text = JSON.stringify(reply);
    const largest = this.bus.connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const size = Buffer.byteLength(text);
    if (size <= largest) return text;
    const limit = pageLimitOf(request);
    if (limit === undefined) throw new Error(`an answer of ${size} bytes is too large for the bus`);
    throw invalidInput([{ pointer: '/query/limit', code: 'page-too-large', params: { value: limit } }]);
  }

  /** A problem that the bus does not carry is told as our fault: it lists more than anybody could mend. */
  private refusal(error: unknown, subject: string): string {
    try {
      return this.written({ problem: this.toProblem(error, subject) });
    } catch (failure) {
      return JSON.stringify({ problem: this.toProblem(failure, subject) });
    }
  }

  private toProblem(error: unknown, subject: string): ProblemMessage {
    if (error instanceof DomainError) return error.toMessage();
    if (isOutage(error)) {
      this.log.warn({ err: error, subject }, 'a part is down');
      return { code: 'unavailable', params: { seconds: 2 } };
    }
    this.log.error({ err: error, subject }, 'request failed');
    return { code: 'internal-error' };
  }

  private async consume(handler: MessageHandler, extras: ConsumerExtras): Promise<void> {
    const name = this.durableOf(extras);
    while (!this.closing) {
      try {
        const messages = await this.openConsumer(name, extras);
        if (this.closing) {
          // Told to end while it was being opened. Its close() would wait for an iteration that never begins.
          messages.stop();
          return;
        }
        this.consuming.add(messages);
        try {
          for await (const message of messages) void this.track(this.take(message, name, extras, handler));
        } finally {
          this.consuming.delete(messages);
        }
      } catch (error) {
        if (this.closing) return;
        // The stream's owner has not started yet, or NATS is away: both pass.
        this.log.debug({ err: error, consumer: name }, 'consumer waits');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }

  private async openConsumer(
    name: string,
    { purpose, from, types }: ConsumerExtras,
  ): Promise<ConsumerMessages> {
    if (!this.bus.isProvisioned) {
      await upsertConsumer(await this.bus.manager(), { service: this.service, purpose, from, types });
    }
    const consumer = await this.bus.jetstream.consumers.get(streamOf(from), name);
    return consumer.consume({ max_messages: deliveredAtOnce });
  }

  private async take(
    message: JsMsg,
    consumer: string,
    { from }: ConsumerExtras,
    handler: MessageHandler,
  ): Promise<void> {
    const working = setInterval(() => message.working(), acknowledgeWait / 3);
    let event: unknown;
    this.taking += 1;
    try {
      // Kept as text first, so that what cannot be read is not lost to the dead letters.
      event = message.string();
      event = message.json();
      const envelope = eventEnvelope.parse(event);
      if (!isFrom(envelope, from)) throw new Poison(`an event of ${envelope.source}, not of ${from}`);
      // By asking for its messages with a false reply address, a consumer can have them laid on another
      // stream, but only under the subject on which they were first permitted.
      if (message.subject !== eventSubject(from, envelope.type)) {
        throw new Poison(`an event ${envelope.type} of ${from} on ${message.subject}`);
      }
      // Events of one aggregate are taken one after the other, those of different ones side by side.
      await this.turns.run(`${consumer} ${envelope.aggregateid}`, () => this.handOver(handler, envelope));
      message.ack();
    } catch (error) {
      await this.refuse(message, consumer, event, error);
    } finally {
      this.taking -= 1;
      clearInterval(working);
    }
  }

  private async handOver(handler: MessageHandler, event: EventEnvelope): Promise<void> {
    const trace = newSpan(parseTraceparent(event.traceparent));
    await runInScope({ trace, actorId: `service:${this.service}` }, async () => {
      await lastValueFrom(this.transformToObservable(await handler({ event })), {
        defaultValue: null,
      });
    });
  }

  private async refuse(message: JsMsg, consumer: string, event: unknown, error: unknown): Promise<void> {
    const deliveries = message.info.deliveryCount;
    const verdict = isOutage(error)
      ? ({ kind: 'retry', delay: 1000 } as const)
      : sortError(
          error instanceof Error && error.name === 'ZodError' ? new TypeError('not an event') : error,
          deliveries,
        );
    if (verdict.kind === 'retry') {
      this.log.warn({ err: error, consumer, deliveries, delay: verdict.delay }, 'event will be tried again');
      message.nak(verdict.delay);
      return;
    }
    try {
      await this.deadLetters.put({ consumer, event: event ?? null, reason: verdict.reason, deliveries });
      this.log.error({ err: error, consumer, deliveries }, 'event went to the dead letters');
      message.term(verdict.reason.slice(0, 200));
    } catch (failure) {
      // Not written down, so not given up: it comes again.
      this.log.error({ err: failure, consumer }, 'dead letter could not be kept');
      message.nak(5000);
    }
  }
}

/** How many items a request for a page asked for, when it can ask for fewer. */
function pageLimitOf(request: unknown): number | undefined {
  const limit = (request as { query?: { limit?: unknown } } | undefined)?.query?.limit;
  return typeof limit === 'number' && limit > 1 ? limit : undefined;
}

/** Events of a service are taken from that service only, wherever they came to lie. */
function isFrom(event: EventEnvelope, service: CallerName): boolean {
  return event.source === sourceOf(service);
}

const outages = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'MongooseServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongooseError',
  'PoolClearedOnNetworkError',
  'TimeoutError',
  'NoRespondersError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
]);

/**
 * A lost database or bus, or a service that does not answer: passes by itself, so it is neither the caller's
 * fault nor a broken event.
 */
function isOutage(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === 'unavailable';
  if (!(error instanceof Error)) return false;
  // What broke off a batch comes wrapped; unlike a refusal by the server it has no code of the server's.
  const { errorLabels: labels, code } = error as { errorLabels?: unknown; code?: unknown };
  if (error.name === 'MongoBulkWriteError' && typeof code !== 'number') return true;
  return outages.has(error.name) || (Array.isArray(labels) && labels.includes('RetryableWriteError'));
}
