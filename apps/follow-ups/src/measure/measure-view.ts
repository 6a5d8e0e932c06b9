import { type MeasureView } from '#libs/contracts';
import { type Measure } from './measure.ts';

export function toMeasureView(
  measure: Measure,
  about: { id: string; createdAt: Date; updatedAt: Date },
): MeasureView {
  return {
    id: about.id,
    rcc: measure.rcc,
    title: measure.title,
    goal: measure.goal,
    kind: measure.kind,
    numerator: measure.numerator,
    denominator: measure.denominator,
    exclusions: measure.exclusions,
    source: measure.source,
    direction: measure.direction,
    target: measure.target,
    periods: measure.periods,
    allowed: [],
    createdAt: about.createdAt.toISOString(),
    updatedAt: about.updatedAt.toISOString(),
  };
}
