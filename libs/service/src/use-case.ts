import { type Clearance } from '#libs/access';
import { type ActorStamp, type Endpoint, type EndpointRequest } from '#libs/contracts';
import { type Caller } from '#libs/messaging';
import { derivedId, newId, type WriteContext } from '#libs/persistence';
import { traceparent, type Clock } from '#libs/platform';
import { requireClearance } from './require-clearance.ts';

/**
 * What a write records about itself: who in which role, product time, key and trace. For an operation that moves
 * money there is none without the four-eyes rule having let this very caller, so one that forgets to ask cannot
 * write. Throws an Error then: that is a fault in the program.
 */
export function writeContext<E extends Endpoint>(
  contract: E,
  request: Pick<EndpointRequest<E>, 'idempotency'>,
  caller: Caller,
  actor: ActorStamp,
  clock: Clock,
  cleared?: Clearance,
): WriteContext {
  requireClearance(contract, actor, cleared);
  return {
    actor,
    time: clock.now(),
    command: contract.name,
    traceparent: traceparent(caller.trace),
    ...(request.idempotency && { idempotency: request.idempotency }),
  };
}

/** The id of what a request creates: it follows from the caller's key, so that a repeat finds it. */
export function creationId(
  contract: Endpoint,
  request: Pick<EndpointRequest, 'idempotency'>,
  caller: Caller,
): string {
  return request.idempotency ? derivedId(caller.actor.id, contract.name, request.idempotency.key) : newId();
}
