import { sumOre, type Ore } from '#libs/contracts';
import { type Application } from '../application/application-record.ts';
import { type Call } from '../call/call.ts';

export interface Ranked {
  readonly id: string;
  readonly application: Application;
  readonly score: number | null;
  readonly recommendedAmount: Ore | null;
}

/**
 * Weighted mean of all assessors' scores, each criterion as a share of its own scale, 0–100 with one
 * decimal. Null before anyone assessed, or when the call has no criteria.
 */
export function scoreOf(
  application: Pick<Application, 'assessments'>,
  call: Pick<Call, 'criteria'>,
): number | null {
  const shares = application.assessments.flatMap(({ scores }) =>
    scores.flatMap(({ criterion, score }) => {
      const known = call.criteria.find(({ id }) => id === criterion);
      if (!known) return [];
      const { min, max } = known.scale;
      return [{ share: (score - min) / (max - min), weight: known.weight }];
    }),
  );
  const weight = shares.reduce((sum, each) => sum + each.weight, 0);
  if (weight === 0) return null;
  const mean = shares.reduce((sum, each) => sum + each.share * each.weight, 0) / weight;
  return Math.round(mean * 1000) / 10;
}

/** The assessors' mean recommended amount in whole öre, rounded down; null when none gave one. */
function recommendedOf(application: Pick<Application, 'assessments'>): Ore | null {
  const amounts = application.assessments.flatMap(({ recommendedAmount }) =>
    recommendedAmount === null ? [] : [recommendedAmount],
  );
  return amounts.length === 0 ? null : Math.floor(sumOre(amounts) / amounts.length);
}

/** Best first; those nobody assessed last; equal ones in the order in which they arrived. */
export function rank(applications: readonly { id: string; state: Application }[], call: Call): Ranked[] {
  return applications
    .map(({ id, state }) => ({
      id,
      application: state,
      score: scoreOf(state, call),
      recommendedAmount: recommendedOf(state),
    }))
    .sort(
      (a, b) =>
        (b.score ?? -1) - (a.score ?? -1) ||
        (a.application.submittedAt?.getTime() ?? 0) - (b.application.submittedAt?.getTime() ?? 0),
    );
}
