import { DomainError } from '#libs/contracts';
import { type Application } from '../application/application-record.ts';

/** Who decides, as far as it matters for whether he or she may. */
export interface Decider {
  readonly id: string;
  /** Regions the person works in. */
  readonly employers: readonly string[];
}

type Candidate = Pick<Application, 'region' | 'submittedBy' | 'signedOff' | 'assessments' | 'conflicts'>;

/**
 * Nobody decides on an application of the region they work in or of which they have declared themselves
 * partial (förvaltningslagen 16 §), and money is never granted by one person alone: whoever submitted,
 * signed or assessed an application does not decide on it as well. Errors: `conflict-of-interest`,
 * `four-eyes`, with the applications concerned.
 */
export function requireImpartial(decider: Decider, applications: ReadonlyMap<string, Candidate>): void {
  const ids = (concerns: (application: Candidate) => boolean): string[] =>
    [...applications].filter(([, application]) => concerns(application)).map(([id]) => id);
  const partial = ids(
    ({ region, conflicts }) =>
      decider.employers.includes(region) || conflicts.some(({ assessor }) => assessor === decider.id),
  );
  if (partial.length > 0)
    throw new DomainError('conflict-of-interest', { extra: { applicationIds: partial } });
  const own = ids(
    ({ submittedBy, signedOff, assessments }) =>
      submittedBy === decider.id ||
      signedOff?.by === decider.id ||
      assessments.some(({ assessor }) => assessor === decider.id),
  );
  if (own.length > 0) throw new DomainError('four-eyes', { extra: { applicationIds: own } });
}
