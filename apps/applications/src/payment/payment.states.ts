import { type PaymentState, type RequisitionState } from '#libs/contracts';

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

export type RequisitionCommand = keyof typeof requisitionTransitions;
export type PaymentCommand = keyof typeof paymentTransitions;

/** What can be done in a state, as the sub-resources are named: returning is an outcome of attestation. */
export function possibleIn<State extends string>(transitions: Transitions<State>, state: State): string[] {
  return Object.keys(transitions).filter(
    (command) => command !== 'return' && transitions[command]?.[state] !== undefined,
  );
}
