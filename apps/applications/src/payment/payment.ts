import { addDays } from '#libs/calendar';
import {
  DomainError,
  invalidInput,
  occurred,
  paymentAttested,
  paymentPrepared,
  paymentReturned,
  type AttestPayment,
  type Fault,
} from '#libs/contracts';
import { about, next } from '../application/application-command.ts';
import { type Application, type Decided } from '../application/application-record.ts';
import { paymentsOf, requisitionsOf } from './grant-money.ts';
import { type Payment } from './payment-record.ts';
import { paymentTransitions, requisitionTransitions, stateAfter } from './payment.states.ts';
import { replaced } from './requisition.ts';

/** As for requisitions: returned payments are kept. */
const mostPayments = 1000;

/** A payment that lies further away than a month is a slip of the pen. */
const longestDelayDays = 31;

/**
 * Prepares the payment of an open requisition, all of it. There is one payment of a requisition at a time,
 * since preparing it takes the requisition out of `open`. Nothing to do when the payment is there already.
 * Errors: `state-conflict`, `invalid-input`, `idempotency-key-reused`.
 */
export function preparePayment(
  applicationId: string,
  application: Application,
  paymentId: string,
  input: { readonly requisitionId: string; readonly coding?: string | undefined },
  by: string,
  at: Date,
): Decided {
  const earlier = paymentsOf(application);
  const same = earlier.find(({ id }) => id === paymentId);
  if (same) {
    // A key that is no longer remembered: its payment still is.
    if (same.requisitionId !== input.requisitionId) throw new DomainError('idempotency-key-reused');
    return { state: application, events: [] };
  }
  const state = next(application, 'payments');
  if (earlier.length >= mostPayments) {
    throw invalidInput([{ pointer: '', code: 'too-many', params: { maximum: mostPayments } }]);
  }
  const requisition = requisitionsOf(application).find(({ id }) => id === input.requisitionId);
  if (!requisition) throw invalidInput([{ pointer: '/requisitionId', code: 'unknown-requisition' }]);
  const { id: requisitionId, amount } = requisition;
  const payment: Payment = {
    id: paymentId,
    requisitionId,
    state: 'prepared',
    amount,
    coding: input.coding ?? null,
    preparedBy: by,
    preparedAt: at,
    attestation: null,
  };
  const event = occurred(
    paymentPrepared,
    { ...about(applicationId, application), paymentId, requisitionId, amount },
    { coding: payment.coding },
  );
  return {
    state: {
      ...application,
      state,
      requisitions: replaced(application, {
        ...requisition,
        state: stateAfter(requisitionTransitions, requisition.state, 'payments'),
      }),
      payments: [...earlier, payment],
    },
    events: [event],
  };
}

/**
 * A second person attests a prepared payment, so that it goes out, or returns it, so that its requisition is
 * open again. `today` is the civil day of `at`. Errors: `not-found`, `state-conflict`, `invalid-input`.
 */
export function attestPayment(
  applicationId: string,
  application: Application,
  paymentId: string,
  input: AttestPayment,
  by: string,
  at: Date,
  today: string,
): Decided {
  const state = next(application, 'attestation');
  const payment = paymentsOf(application).find(({ id }) => id === paymentId);
  const requisition = requisitionsOf(application).find(({ id }) => id === payment?.requisitionId);
  if (!payment || !requisition) throw new DomainError('not-found');
  const { outcome } = input;
  const isAttested = outcome === 'attested';
  const command = isAttested ? 'attestation' : 'return';
  const after = stateAfter(paymentTransitions, payment.state, command, 'attestation');
  const faults = attestationFaults(input, today);
  if (faults.length > 0) throw invalidInput(faults);
  const paidOn = isAttested ? (input.paidOn ?? today) : null;
  const reason = input.reason ?? null;
  const ended: Payment = { ...payment, state: after, attestation: { outcome, by, at, paidOn, reason } };
  const { requisitionId, amount } = payment;
  const told = { ...about(applicationId, application), paymentId, requisitionId, amount };
  const event =
    paidOn === null
      ? occurred(paymentReturned, told, { reason })
      : occurred(paymentAttested, { ...told, paidOn });
  return {
    state: {
      ...application,
      state,
      requisitions: replaced(application, {
        ...requisition,
        state: stateAfter(requisitionTransitions, requisition.state, command),
      }),
      payments: paymentsOf(application).map((each) => (each.id === paymentId ? ended : each)),
    },
    events: [event],
  };
}

/** The money leaves after the attestation, never before it. */
function attestationFaults({ outcome, paidOn, reason }: AttestPayment, today: string): Fault[] {
  const params = { value: outcome };
  if (outcome === 'returned') {
    return [
      ...(paidOn === undefined ? [] : [{ pointer: '/paidOn', code: 'not-for-outcome' as const, params }]),
      ...(reason === undefined ? [{ pointer: '/reason', code: 'required' as const }] : []),
    ];
  }
  const latest = addDays(today, longestDelayDays);
  return [
    ...(reason === undefined ? [] : [{ pointer: '/reason', code: 'not-for-outcome' as const, params }]),
    ...(paidOn !== undefined && paidOn < today ? [{ pointer: '/paidOn', code: 'in-the-past' as const }] : []),
    ...(paidOn !== undefined && paidOn > latest
      ? [{ pointer: '/paidOn', code: 'too-large' as const, params: { maximum: latest } }]
      : []),
  ];
}
