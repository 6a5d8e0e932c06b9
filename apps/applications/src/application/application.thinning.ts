import { addDays } from '#libs/calendar';
import { applicationThinned, type ApplicationState } from '#libs/contracts';
import { type Thinning } from '#libs/service';
import { closingDayOf, type CallTerms } from '../call/call.ts';
import { requisitionsOf } from '../payment/grant-money.ts';
import { possibleIn, requisitionTransitions } from '../payment/payment.states.ts';
import { type Application } from './application-record.ts';

/** Being dealt with: not decided, or granted and not answered. */
const underWay: readonly ApplicationState[] = ['submitted', 'completionRequested', 'granted'];

/** Three weeks to appeal (förvaltningslagen 44 §), counted from the decision since the day it reached the applicant is not known. */
const appealDays = 21;

function hasMoneyUnderWay(application: Application): boolean {
  return requisitionsOf(application).some(
    ({ state }) => possibleIn(requisitionTransitions, state).length > 0,
  );
}

/** What a draft can still become hangs on its call. */
interface Calls {
  terms(id: string): Promise<CallTerms | null>;
}

export const applicationThinning = (calls: Calls): Thinning<Application> => ({
  recordedAs: applicationThinned,
  events: {
    decided: {
      where: { state: { $in: ['granted', 'rejected', 'accepted', 'declined', 'lapsed', 'closed'] } },
      on: ({ decision }) => decision?.decidedOn ?? null,
    },
    ended: {
      where: { state: { $in: ['rejected', 'declined', 'withdrawn'] } },
      on: ({ state, decision, acceptance, withdrawal }) => {
        if (state === 'withdrawn') return withdrawal?.at ?? null;
        return state === 'declined' ? (acceptance?.at ?? null) : (decision?.decidedOn ?? null);
      },
    },
    // A draft that was never submitted; a call that is extended takes the day along.
    'call-closed': {
      where: { state: 'draft' },
      on: async ({ callId, themeId }) => {
        const call = await calls.terms(callId);
        return call && closingDayOf(call, themeId);
      },
    },
  },
  waitsFor(application, today) {
    const { state, deadlines, decision } = application;
    // Nothing reaches a draft before the call has closed, and then its deadline is one that was missed.
    if (state === 'draft') return null;
    if (underWay.includes(state) || hasMoneyUnderWay(application)) return 'under-way';
    if (deadlines.length > 0) return 'open-deadline';
    return decision && today <= addDays(decision.decidedOn, appealDays) ? 'appealable' : null;
  },
  // A decision must show who made it (förvaltningslagen 31 §), and vouchers are kept (lag 2018:597 om kommunal
  // bokföring och redovisning, 3 kap.). Without these names the four-eyes rule would also be blind.
  keeps: [
    'decision.decidedBy',
    'decision.recordedBy',
    'requisitions.*.requestedBy',
    'payments.*.preparedBy',
    'payments.*.attestation.by',
  ],
  // All that is in them is what an assessor thought, or why somebody stepped aside.
  personalEvents: new Set(['application.assessed', 'application.conflict-declared']),
});
