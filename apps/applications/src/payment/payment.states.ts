import { DomainError, type PaymentState, type RequisitionState } from '#libs/contracts';

type Transitions<State extends string> = Readonly<Record<string, Partial<Record<State, State>>>>;

/** State of a requisition × what is done → state. */
export const requisitionTransitions = {
  withdrawal: { open: 'withdrawn' },
  rejection: { open: 'rejected' },
  payments: { open: 'inPayment' },
  attestation: { inPayment: 'paid' },
  return: { inPayment: 'open' },
} as const satisfies Transitions<RequisitionState>;

/** State of a payment × what is done → state. */
export const paymentTransitions = {
  attestation: { prepared: 'attested' },
  return: { prepared: 'returned' },
} as const satisfies Transitions<PaymentState>;

/**
 * The state that something done leads to. `told`: what the caller knows it as, where that is another name. Errors:
 * `state-conflict`, with what is possible.
 */
export function stateAfter<State extends string, Command extends string>(
  transitions: Readonly<Record<Command, Partial<Record<State, State>>>>,
  state: State,
  command: Command,
  told: string = command,
): State {
  const after = transitions[command][state];
  if (after !== undefined) return after;
  throw new DomainError('state-conflict', {
    params: { command: told, state },
    extra: { allowed: possibleIn(transitions, state) },
  });
}

/** What can be done in a state, as the sub-resources are named: returning is an outcome of attestation. */
export function possibleIn<State extends string>(transitions: Transitions<State>, state: State): string[] {
  return Object.keys(transitions).filter(
    (command) => command !== 'return' && transitions[command]?.[state] !== undefined,
  );
}
