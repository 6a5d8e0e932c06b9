import { allowedCommands, type Place } from '#libs/access';
import {
  toMoney,
  type Actor,
  type ApplicationView,
  type AssessmentView,
  type Command,
} from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { paidOf, paymentsOf, requisitionedOf, requisitionsOf } from '../payment/grant-money.ts';
import { isDue } from '../payment/payment.access.ts';
import { toPaymentView, toRequisitionView } from '../payment/payment.view.ts';
import { type Application, type Assessment } from './application-record.ts';
import { offeredCommandsIn } from './application.states.ts';
import { toSent } from './content.ts';

/** What the access table looks at. */
export function placeOfApplication(
  application: Pick<Application, 'rcc' | 'region' | 'state' | 'unit' | 'assessments'>,
): Place {
  const { rcc, region, state, unit, assessments } = application;
  return {
    rcc,
    region,
    state,
    ...(unit !== undefined && { unit }),
    assessors: assessments.map(({ assessor }) => assessor),
  };
}

export function allowedFor(actor: Actor, application: Application): string[] {
  const commands = (offeredCommandsIn(application.state) as Command[]).filter((command) =>
    isDue(actor, application, command),
  );
  return allowedCommands(actor, 'application', placeOfApplication(application), commands);
}

export function toApplicationView(stored: Stored<Application>, actor: Actor): ApplicationView {
  const application = stored.state;
  const { decision, signedOff, acceptance, withdrawal } = application;
  return {
    id: stored.id,
    reference: application.reference,
    state: application.state,
    callId: application.callId,
    region: application.region,
    rcc: application.rcc,
    ...toSent(application),
    themeId: application.themeId ?? null,
    unit: application.unit ?? null,
    title: application.title ?? null,
    requested: toMoney(application.requested),
    granted: application.granted === null ? null : toMoney(application.granted),
    submittedAt: application.submittedAt?.toISOString() ?? null,
    signedOff: signedOff && { by: signedOff.by, at: signedOff.at.toISOString() },
    decision: decision && {
      outcome: decision.outcome,
      amount: decision.amount === null ? null : toMoney(decision.amount),
      reason: decision.reason,
      conditions: decision.conditions.map((condition) => ({ ...condition })),
      decidedOn: decision.decidedOn,
      decidedBy: decision.decidedBy,
    },
    acceptance: acceptance && { accepted: acceptance.accepted, at: acceptance.at.toISOString() },
    withdrawal: withdrawal && { reason: withdrawal.reason, at: withdrawal.at.toISOString() },
    requisitions: requisitionsOf(application).map((each) => toRequisitionView(stored.id, each)),
    payments: paymentsOf(application).map((each) => toPaymentView(stored.id, each)),
    requisitioned: toMoney(requisitionedOf(application)),
    paid: toMoney(paidOf(application)),
    allowed: allowedFor(actor, application),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}

export function toAssessmentView(applicationId: string, assessment: Assessment): AssessmentView {
  return {
    id: assessment.id,
    applicationId,
    assessor: assessment.assessor,
    scores: assessment.scores.map((score) => ({ ...score })),
    recommendation: assessment.recommendation,
    recommendedAmount: assessment.recommendedAmount === null ? null : toMoney(assessment.recommendedAmount),
    comment: assessment.comment,
    assessedAt: assessment.assessedAt.toISOString(),
    version: assessment.version,
  };
}
