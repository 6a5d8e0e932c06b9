import {
  decimalKronor,
  DomainError,
  invalidInput,
  occurred,
  requisitionMade,
  requisitionRejected,
  requisitionWithdrawn,
  toMoney,
  toOre,
  type RequestPayment,
} from '#libs/contracts';
import { about, next } from '../application/application-command.ts';
import { type Application, type Decided } from '../application/application-record.ts';
import { leftOf, requisitionsOf } from './grant-money.ts';
import { type Requisition } from './payment-record.ts';
import { requisitionTransitions, stateAfter } from './payment.states.ts';

/** A document has bounds; whoever comes near this many is caught in a loop. */
const mostRequisitions = 500;

/**
 * The region asks for a part of its grant. Nothing to do when the requisition is there already. Errors:
 * `state-conflict`, `invalid-input`, `grant-exceeded` with what is left, `idempotency-key-reused`.
 */
export function requestPayment(
  applicationId: string,
  application: Application,
  requisitionId: string,
  input: RequestPayment,
  by: string,
  at: Date,
): Decided {
  const earlier = requisitionsOf(application);
  const amount = toOre(input.amount);
  const same = earlier.find(({ id }) => id === requisitionId);
  if (same) {
    // A key that is no longer remembered: its requisition still is.
    if (same.amount !== amount) throw new DomainError('idempotency-key-reused');
    return { state: application, events: [] };
  }
  const state = next(application, 'requisitions');
  if (earlier.length >= mostRequisitions) {
    throw invalidInput([{ pointer: '', code: 'too-many', params: { maximum: mostRequisitions } }]);
  }
  if (amount === 0) throw invalidInput([{ pointer: '/amount', code: 'amount-zero' }]);
  const left = leftOf(application);
  if (amount > left) {
    throw new DomainError('grant-exceeded', {
      params: { left: decimalKronor(left), needed: decimalKronor(amount) },
      extra: { left: toMoney(left), needed: toMoney(amount) },
    });
  }
  const made: Requisition = {
    id: requisitionId,
    number: earlier.length + 1,
    state: 'open',
    amount,
    period: input.period ?? null,
    note: input.note ?? null,
    requestedBy: by,
    requestedAt: at,
    reason: null,
  };
  const event = occurred(
    requisitionMade,
    {
      ...about(applicationId, application),
      requisitionId,
      amount,
      number: made.number,
      from: made.period?.from ?? null,
      to: made.period?.to ?? null,
    },
    { note: made.note },
  );
  return { state: { ...application, state, requisitions: [...earlier, made] }, events: [event] };
}

/** The region takes a requisition back while no payment of it is prepared. Errors: `not-found`, `state-conflict`. */
export function withdrawRequisition(
  applicationId: string,
  application: Application,
  requisitionId: string,
  reason: string,
): Decided {
  next(application, 'requisitions');
  return end(applicationId, application, requisitionId, 'withdrawal', reason);
}

/** The RCC refuses a requisition; its amount can be asked for anew. Errors: `not-found`, `state-conflict`. */
export function rejectRequisition(
  applicationId: string,
  application: Application,
  requisitionId: string,
  reason: string,
): Decided {
  next(application, 'payments');
  return end(applicationId, application, requisitionId, 'rejection', reason);
}

function end(
  applicationId: string,
  application: Application,
  requisitionId: string,
  command: 'withdrawal' | 'rejection',
  reason: string,
): Decided {
  const requisition = requisitionsOf(application).find(({ id }) => id === requisitionId);
  if (!requisition) throw new DomainError('not-found');
  const ended: Requisition = {
    ...requisition,
    state: stateAfter(requisitionTransitions, requisition.state, command),
    reason,
  };
  const { amount } = requisition;
  const event = occurred(
    command === 'withdrawal' ? requisitionWithdrawn : requisitionRejected,
    { ...about(applicationId, application), requisitionId, amount },
    { reason },
  );
  return { state: { ...application, requisitions: replaced(application, ended) }, events: [event] };
}

export function replaced(application: Application, changed: Requisition): readonly Requisition[] {
  return requisitionsOf(application).map((each) => (each.id === changed.id ? changed : each));
}
