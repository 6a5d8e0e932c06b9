import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { civilDay, filledText, idParams, identifier, instant, money, period, text } from './primitives.ts';

/** `open`: waits for a payment. `inPayment`: one is prepared. */
export const requisitionStates = ['open', 'inPayment', 'paid', 'withdrawn', 'rejected'] as const;
export type RequisitionState = (typeof requisitionStates)[number];

/** `attested`: the money goes out on `paidOn`. `returned`: it does not, and the requisition is open again. */
export const paymentStates = ['prepared', 'attested', 'returned'] as const;
export type PaymentState = (typeof paymentStates)[number];

export const requisitionView = z
  .strictObject({
    id: identifier,
    applicationId: identifier,
    /** Within the application, from 1. */
    number: z.int().min(1),
    state: z.enum(requisitionStates),
    amount: money,
    /** The time that the costs are of. */
    period: period.nullable(),
    note: z.string().nullable(),
    requestedBy: z.string().meta({ personal: true }),
    requestedAt: instant,
    /** Why it was withdrawn or rejected. */
    reason: z.string().nullable(),
  })
  .meta({ id: 'Requisition' });
export type RequisitionView = z.input<typeof requisitionView>;

export const attestationOutcomes = ['attested', 'returned'] as const;

export const paymentView = z
  .strictObject({
    id: identifier,
    applicationId: identifier,
    requisitionId: identifier,
    state: z.enum(paymentStates),
    /** Always the whole requisition. */
    amount: money,
    /** The accounts that it is entered under (kontering), in the RCC's own terms. */
    coding: z.string().nullable(),
    preparedBy: z.string().meta({ personal: true }),
    preparedAt: instant,
    attestation: z
      .strictObject({
        outcome: z.enum(attestationOutcomes),
        by: z.string().meta({ personal: true }),
        at: instant,
        paidOn: civilDay.nullable(),
        reason: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Payment' });
export type PaymentView = z.input<typeof paymentView>;

const service = 'applications' as const;
const tag = 'payments';
const usual = ['forbidden', 'not-found', 'state-conflict'] as const;
const fourEyes = ['conflict-of-interest', 'four-eyes'] as const;
const requisitionParams = z.strictObject({ id: identifier, requisitionId: identifier });
const reasoned = z
  .strictObject({ reason: filledText(2000) })
  .meta({ id: 'ReasonForRequisition', description: 'Skälet, som regionen och RCC båda läser' });

export const requestPayment = endpoint({
  service,
  name: 'requisitions.create',
  right: { resource: 'application', command: 'requisitions' },
  method: 'POST',
  path: '/applications/:id/requisitions',
  tag,
  summary: 'Rekvirera beviljade medel',
  params: idParams,
  body: z
    .strictObject({ amount: money, period: period.optional(), note: text(2000).optional() })
    .meta({ id: 'RequestPayment' }),
  reply: requisitionView,
  precondition: 'optional',
  problems: [...usual, 'grant-exceeded'],
});
export type RequestPayment = z.output<typeof requestPayment.body>;

export const withdrawRequisition = endpoint({
  service,
  name: 'requisitions.withdraw',
  right: { resource: 'application', command: 'requisitions' },
  method: 'POST',
  path: '/applications/:id/requisitions/:requisitionId/withdrawal',
  tag,
  summary: 'Återta en rekvisition som ingen utbetalning är förberedd för',
  params: requisitionParams,
  body: reasoned,
  reply: requisitionView,
  status: 200,
  precondition: 'optional',
  problems: usual,
});

export const rejectRequisition = endpoint({
  service,
  name: 'requisitions.reject',
  right: { resource: 'application', command: 'payments' },
  method: 'POST',
  path: '/applications/:id/requisitions/:requisitionId/rejection',
  tag,
  summary: 'Avvisa en rekvisition; regionen läser skälet och kan rekvirera på nytt',
  params: requisitionParams,
  body: reasoned,
  reply: requisitionView,
  status: 200,
  precondition: 'optional',
  problems: [...usual, ...fourEyes],
});

export const preparePayment = endpoint({
  service,
  name: 'payments.prepare',
  right: { resource: 'application', command: 'payments' },
  method: 'POST',
  path: '/applications/:id/payments',
  tag,
  summary: 'Förbered utbetalningen av en rekvisition; en annan person attesterar den',
  params: idParams,
  body: z
    .strictObject({ requisitionId: identifier, coding: filledText(200).optional() })
    .meta({ id: 'PreparePayment' }),
  reply: paymentView,
  precondition: 'optional',
  problems: [...usual, ...fourEyes],
});

export const attestPayment = endpoint({
  service,
  name: 'payments.attest',
  right: { resource: 'application', command: 'attestation' },
  method: 'POST',
  path: '/applications/:id/payments/:paymentId/attestation',
  tag,
  summary: 'Attestera en förberedd utbetalning, eller lämna tillbaka den med skäl',
  params: z.strictObject({ id: identifier, paymentId: identifier }),
  body: z
    .strictObject({
      outcome: z.enum(attestationOutcomes),
      /** Attested: the day the money goes out; today when none is given. */
      paidOn: civilDay.optional(),
      /** Returned: why. */
      reason: filledText(2000).optional(),
    })
    .meta({ id: 'AttestPayment' }),
  reply: paymentView,
  status: 200,
  precondition: 'optional',
  problems: [...usual, ...fourEyes],
});
export type AttestPayment = z.output<typeof attestPayment.body>;
