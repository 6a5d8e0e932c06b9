import { toMoney, type PaymentView, type RequisitionView } from '#libs/contracts';
import { type Payment, type Requisition } from './payment-record.ts';

export function toRequisitionView(applicationId: string, requisition: Requisition): RequisitionView {
  return {
    id: requisition.id,
    applicationId,
    number: requisition.number,
    state: requisition.state,
    amount: toMoney(requisition.amount),
    period: requisition.period,
    note: requisition.note,
    requestedBy: requisition.requestedBy,
    requestedAt: requisition.requestedAt.toISOString(),
    reason: requisition.reason,
  };
}

export function toPaymentView(applicationId: string, payment: Payment): PaymentView {
  const { attestation } = payment;
  return {
    id: payment.id,
    applicationId,
    requisitionId: payment.requisitionId,
    state: payment.state,
    amount: toMoney(payment.amount),
    coding: payment.coding,
    preparedBy: payment.preparedBy,
    preparedAt: payment.preparedAt.toISOString(),
    attestation: attestation && { ...attestation, at: attestation.at.toISOString() },
  };
}
