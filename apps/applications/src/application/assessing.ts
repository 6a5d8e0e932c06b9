import {
  applicationAssessed,
  conflictDeclared,
  DomainError,
  invalidInput,
  occurred,
  toOre,
  type Assess,
  type Fault,
} from '#libs/contracts';
import { type CallTerms } from '../call/call.ts';
import { about, next } from './application-command.ts';
import { type Application, type Assessment, type Decided } from './application-record.ts';

/** An assessor steps aside; what he or she had given no longer counts. Errors: `state-conflict`. */
export function declareConflict(
  id: string,
  application: Application,
  assessor: string,
  reason: string,
  at: Date,
): Decided {
  const state = next(application, 'conflict-declaration');
  if (application.conflicts.some((conflict) => conflict.assessor === assessor)) {
    return { state: application, events: [] };
  }
  const event = occurred(conflictDeclared, { ...about(id, application), assessor }, { reason });
  return {
    state: {
      ...application,
      state,
      conflicts: [...application.conflicts, { assessor, at }],
      assessments: application.assessments.filter((assessment) => assessment.assessor !== assessor),
    },
    events: [event],
  };
}

/**
 * One assessment per assessor, revisable until the decision. Nobody assesses an application of the
 * region they work in. Errors: `state-conflict`, `conflict-of-interest`, `invalid-input`.
 */
export function assess(
  id: string,
  application: Application,
  call: CallTerms,
  assessor: { readonly id: string; readonly employers: readonly string[] },
  input: Assess,
  assessmentId: string,
  now: Date,
): Decided {
  const state = next(application, 'assessments');
  const declared = application.conflicts.some((conflict) => conflict.assessor === assessor.id);
  if (declared || assessor.employers.includes(application.region))
    throw new DomainError('conflict-of-interest');
  const faults = scoreFaults(call, input);
  if (faults.length > 0) throw invalidInput(faults);
  const before = application.assessments.find((assessment) => assessment.assessor === assessor.id);
  const assessment: Assessment = {
    id: before?.id ?? assessmentId,
    assessor: assessor.id,
    scores: input.scores,
    recommendation: input.recommendation,
    recommendedAmount: input.recommendedAmount ? toOre(input.recommendedAmount) : null,
    comment: input.comment ?? null,
    assessedAt: now,
    version: (before?.version ?? 0) + 1,
  };
  const event = occurred(
    applicationAssessed,
    {
      ...about(id, application),
      assessor: assessor.id,
      assessmentVersion: assessment.version,
      recommendation: assessment.recommendation,
      recommendedAmount: assessment.recommendedAmount,
    },
    { before: before ? { ...before } : null, after: { ...assessment } },
  );
  const others = application.assessments.filter((each) => each.assessor !== assessor.id);
  return { state: { ...application, state, assessments: [...others, assessment] }, events: [event] };
}

function scoreFaults(call: CallTerms, input: Assess): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [index, { criterion, score }] of input.scores.entries()) {
    const known = call.criteria.find((each) => each.id === criterion);
    const pointer = `/scores/${index}`;
    if (!known)
      faults.push({
        pointer: `${pointer}/criterion`,
        code: 'unknown-criterion',
        params: { value: criterion },
      });
    else if (score < known.scale.min || score > known.scale.max) {
      const { min: minimum, max: maximum } = known.scale;
      faults.push({ pointer: `${pointer}/score`, code: 'score-outside-scale', params: { minimum, maximum } });
    }
    if (seen.has(criterion))
      faults.push({ pointer: `${pointer}/criterion`, code: 'duplicate', params: { value: criterion } });
    seen.add(criterion);
  }
  for (const { id } of call.criteria) {
    if (!seen.has(id)) faults.push({ pointer: '/scores', code: 'criterion-missing', params: { value: id } });
  }
  return faults;
}
