import { z } from 'zod';
import { type Fault } from './faults.ts';
import { type ProblemCode } from './problems.ts';
import { type Right, type Scope } from './rights.ts';

/** Services that answer on the bus; the first part of every subject. */
export const serviceNames = [
  'directory',
  'plans',
  'follow-ups',
  'applications',
  'notifications',
  'audit',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Whoever asks on the bus: the gateway for people and systems, services for themselves. */
export const callerNames = ['gateway', ...serviceNames] as const;
export type CallerName = (typeof callerNames)[number];

/** One question a service answers on the bus. */
export interface Rpc<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly service: ServiceName;
  /** `<service>.<resource>.<command>`, unique. */
  readonly name: string;
  /** Who may ask: permissions on the bus are made from it, and the service checks it again. */
  readonly callers: readonly CallerName[];
  /** Answering it changes something: the same message counts once, whichever replica it reaches. */
  readonly writes?: true;
  /**
   * Subjects of what a caller must itself have been asked to ask this for somebody: a service that is asked
   * one thing cannot use who asked for another. None: callers ask for themselves alone.
   */
  readonly onBehalfOf?: readonly string[];
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
}

export function rpc<Request extends z.ZodType, Reply extends z.ZodType>(definition: {
  service: ServiceName;
  name: string;
  callers: readonly CallerName[];
  writes?: true;
  onBehalfOf?: readonly string[];
  request: Request;
  reply: Reply;
}): Rpc<Request, Reply> {
  return { ...definition, subject: subjectOf(definition.service, definition.name) };
}

export function subjectOf(service: ServiceName, name: string): string {
  return `rpc.${service}.${name}`;
}

export type Method = 'GET' | 'POST' | 'PATCH';

interface EndpointDefinition<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  readonly service: ServiceName;
  /** `<resource>.<command>`, unique within the service. */
  readonly name: string;
  readonly method: Method;
  /** Below the base path, parameters as `:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** What the caller must be permitted; the service asks for it, and tests go through every one. */
  readonly right: Right;
  /** The scope that a system needs, where the right does not say it: see `scopeOf`. */
  readonly scope?: Scope;
  /** The answer tells names, addresses or acts of people: every reading is kept in the access log. */
  readonly readsPersonalData: boolean;
  /** The answer is a file of this kind instead of JSON. */
  readonly file?: 'application/x-ndjson' | 'text/calendar';
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly reply: R;
  /** Status of success. */
  readonly status: 200 | 201;
  /** The other status of success that a service may answer with. */
  readonly otherStatus?: 200 | 201;
  /**
   * `required`: without If-Match 428. `optional`: checked when sent. Commands are guarded by the
   * state table, so only changes that overwrite what somebody wrote require it.
   */
  readonly precondition: 'required' | 'optional' | 'none';
  readonly problems: readonly ProblemCode[];
  /** Where what was created can be read: a path with fields of the reply, such as `/calls/:id`. */
  readonly location?: string;
}

/** One HTTP operation and the bus message that carries it: the single source of route, checks, types and OpenAPI. */
export interface Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> extends EndpointDefinition<P, Q, B, R> {
  readonly subject: string;
}

const noFields = z.strictObject({});
type NoFields = typeof noFields;

/**
 * Defines an operation. What is left out has its usual value: no parameters, no query, no body,
 * status 200 for GET and PATCH and 201 for POST.
 */
export function endpoint<
  R extends z.ZodType,
  P extends z.ZodType = NoFields,
  Q extends z.ZodType = NoFields,
  B extends z.ZodType = NoFields,
>(
  definition: Pick<
    EndpointDefinition<P, Q, B, R>,
    'service' | 'name' | 'right' | 'method' | 'path' | 'tag' | 'summary' | 'reply'
  > &
    Partial<EndpointDefinition<P, Q, B, R>>,
): Endpoint<P, Q, B, R> {
  return {
    params: noFields as unknown as P,
    query: noFields as unknown as Q,
    body: noFields as unknown as B,
    status: definition.method === 'POST' ? 201 : 200,
    precondition: definition.method === 'PATCH' ? 'required' : 'none',
    readsPersonalData: false,
    problems: [],
    ...definition,
    subject: subjectOf(definition.service, definition.name),
  };
}

/** Whether answering changes something: operations say so by their method, questions between processes in words. */
export function changesSomething(contract: Rpc | Endpoint): boolean {
  return 'method' in contract ? contract.method !== 'GET' : contract.writes === true;
}

/** The caller's key and what it was used with; the service remembers both with the change. */
export interface Idempotency {
  readonly key: string;
  /** SHA-256 of the canonical method, path and body. */
  readonly fingerprint: string;
}

/** What a handler of an endpoint receives. */
export interface EndpointRequest<E extends Endpoint = Endpoint> {
  readonly params: z.output<E['params']>;
  readonly query: z.output<E['query']>;
  readonly body: z.output<E['body']>;
  /** Revision from If-Match; 0 for an ETag that no revision ever had. */
  readonly ifMatch?: number;
  readonly idempotency?: Idempotency;
}

/** What a handler of an endpoint answers. */
export interface EndpointReply<E extends Endpoint = Endpoint> {
  readonly body: z.input<E['reply']>;
  /** Becomes the ETag. */
  readonly revision?: number;
  /** Only where it differs from the contract's own. */
  readonly status?: 200 | 201;
  /** The command had been carried out before under the same Idempotency-Key. */
  readonly replayed?: true;
  /** Where the body lists faults: the gateway writes them into `errors`, in the caller's language. */
  readonly faults?: readonly Fault[];
}

const idempotency = z.strictObject({ key: z.string(), fingerprint: z.string() });

/**
 * Schema of an endpoint's bus message. `query` was checked and defaulted by the gateway from strings,
 * so the service sees parsed values; that they are plain scalars is checked again here.
 */
export function requestSchema(contract: Endpoint): z.ZodType {
  return z.strictObject({
    params: contract.params,
    query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    body: contract.body,
    ifMatch: z.int().min(0).optional(),
    idempotency: idempotency.optional(),
  });
}
