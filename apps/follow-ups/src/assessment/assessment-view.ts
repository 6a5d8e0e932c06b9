import { type MeasureAssessmentView, type RccCode } from '#libs/contracts';
import { type Measure } from '../measure/measure.ts';
import { monthsIn } from '../observation/measuring-periods.ts';
import { type Observation } from '../observation/observation.ts';
import { assess } from './assess.ts';
import { sentence } from './sentence.ts';

/** What an observation says about its measure's target, in Swedish. */
export function toAssessmentView(
  measureId: string,
  measure: Pick<Measure, 'target' | 'periods'>,
  observation: Pick<Observation, 'unit' | 'period' | 'value'>,
): MeasureAssessmentView {
  const { unit, period, value } = observation;
  return { measureId, unit, period, ...judgementOf(measure, value) };
}

/** A measure for which nothing was ever reported has no value; that is no judgement. */
export function toUnreportedView(
  measureId: string,
  measure: Pick<Measure, 'target' | 'periods'> & { readonly rcc: RccCode },
): MeasureAssessmentView {
  return { measureId, unit: measure.rcc, period: null, ...judgementOf(measure, null) };
}

function judgementOf(measure: Pick<Measure, 'target' | 'periods'>, reported: Observation['value'] | null) {
  const assessment = assess(reported, measure.target, { months: monthsIn(measure.periods) });
  const { value, estimate, interval, outcome } = assessment;
  return { value, estimate, interval, outcome, sentence: sentence(assessment, 'sv') };
}
