import { observationThinned } from '#libs/contracts';
import { type Thinning } from '#libs/service';
import { type Observation } from './observation.ts';

/** Figures are kept; who reported them is not needed for ever. */
export const observationThinning: Thinning<Observation> = {
  recordedAs: observationThinned,
  events: {
    /** The latest version of it was recorded. */
    recorded: {
      where: {},
      on: ({ versions }) => {
        const last = versions.at(-1);
        return last ? new Date(last.recordedAt) : null;
      },
    },
  },
};
