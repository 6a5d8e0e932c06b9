import { type z } from 'zod';
import {
  type Actor,
  type Endpoint,
  type EndpointRequest,
  type EventEnvelope,
  type Rpc,
} from '#libs/contracts';
import { type Trace } from '#libs/platform';

/** Who asks, as a handler sees it. */
export interface Caller {
  readonly actor: Actor;
  readonly trace: Trace;
}

/** What the handler of an HTTP operation receives. */
export interface Asked<E extends Endpoint> {
  readonly request: EndpointRequest<E>;
  readonly caller: Caller;
}

/** What the handler of a question between services receives. */
export interface AskedRpc<R extends Rpc> {
  readonly request: z.output<R['request']>;
  readonly caller: Caller;
}

/** What a consumer receives. */
export interface Delivered {
  readonly event: EventEnvelope;
}

export const traceHeader = 'traceparent';
