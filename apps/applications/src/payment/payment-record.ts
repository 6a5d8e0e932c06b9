import {
  type AttestPayment,
  type Ore,
  type PaymentState,
  type Period,
  type RequisitionState,
} from '#libs/contracts';

/** A region asks for a part of its grant (rekvisition). Amount in öre; people are actor ids. */
export interface Requisition {
  readonly id: string;
  /** Within the application, from 1. */
  readonly number: number;
  readonly state: RequisitionState;
  readonly amount: Ore;
  readonly period: Period | null;
  readonly note: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Why it was withdrawn or rejected. */
  readonly reason: string | null;
}

/** What one person of the RCC prepared and another one attested or returned. */
export interface Payment {
  readonly id: string;
  readonly requisitionId: string;
  readonly state: PaymentState;
  readonly amount: Ore;
  readonly coding: string | null;
  readonly preparedBy: string;
  readonly preparedAt: Date;
  readonly attestation: {
    readonly outcome: AttestPayment['outcome'];
    readonly by: string;
    readonly at: Date;
    readonly paidOn: string | null;
    readonly reason: string | null;
  } | null;
}
