import { type ObservationView } from '#libs/contracts';
import { type Observation } from './observation.ts';

export function toObservationView(
  observation: Observation,
  about: { id: string; createdAt: Date; updatedAt: Date },
  allowed: readonly string[],
): ObservationView {
  return {
    id: about.id,
    measureId: observation.measureId,
    unit: observation.unit,
    period: observation.period,
    value: observation.value,
    version: observation.version,
    versions: [...observation.versions],
    allowed: [...allowed],
    createdAt: about.createdAt.toISOString(),
    updatedAt: about.updatedAt.toISOString(),
  };
}
