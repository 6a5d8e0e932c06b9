import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError, type Actor, type Endpoint, type EndpointRequest } from '#libs/contracts';
import { checkRequest } from '../input/check-request.ts';
import { entryOf } from './entry.ts';
import { type Request } from './fastify.ts';
import { settingsOf } from './route-config.ts';

/** A request that has been checked against its contract, and who asks. */
export interface Input<E extends Endpoint = Endpoint> {
  readonly contract: E;
  readonly request: EndpointRequest<E>;
  readonly actor: Actor;
  /** Monotonic milliseconds by which the caller must have an answer. */
  readonly answerBy: number;
}

/** Gives a method of an {@link Operation} its input. Errors: those of {@link checkRequest}. */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext): Input => {
  const request = context.switchToHttp().getRequest<Request>();
  const { contract } = settingsOf(request);
  const entry = entryOf(request);
  if (!contract) throw new Error('@Input() belongs to a method with @Operation()');
  if (!entry?.actor) throw new DomainError('not-authenticated');
  return {
    contract,
    request: checkRequest(contract, {
      path: pathOf(request),
      params: request.params,
      query: request.query as Record<string, unknown>,
      body: request.body,
      poisoned: entry.poisoned ?? [],
      ifMatch: request.headers['if-match'],
      idempotencyKey: headerText(request.headers['idempotency-key']),
    }),
    actor: entry.actor,
    answerBy: entry.answerBy,
  };
});

/** Milliseconds that are left for whoever is asked on the caller's behalf. */
export function timeLeft({ answerBy }: Pick<Input, 'answerBy'>): number {
  return Math.max(1, Math.round(answerBy - performance.now()));
}

/** The request's path without its query. */
export function pathOf(request: Request): string {
  const end = request.url.indexOf('?');
  return end < 0 ? request.url : request.url.slice(0, end);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
