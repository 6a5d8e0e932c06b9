import { provideRecords, recordKind } from '#libs/service';
import { MeasureRepository } from './measure/measure.repository.ts';
import { observationThinning } from './observation/observation.thinning.ts';
import { ObservationRepository } from './observation/observation.repository.ts';

/** What this service owns, for audit and privacy. Figures of groups: of people only who reported them. */
export const followUpsRecords = provideRecords(
  [MeasureRepository, ObservationRepository],
  (measures, observations) => [
    recordKind({ resource: 'measure', repository: measures, place: ({ rcc }) => ({ rcc }), personal: [] }),
    recordKind({
      resource: 'observation',
      repository: observations,
      place: ({ rcc }) => ({ rcc }),
      personal: ['versions.*.recordedBy'],
      thinning: observationThinning,
    }),
  ],
);
