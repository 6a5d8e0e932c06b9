import {
  occurred,
  organisationRecorded,
  type NewEvent,
  type OrganisationView,
  type RccCode,
} from '#libs/contracts';
import { isWithin, type Dated } from '../dated.ts';

/** A region's place in the care of an RCC, from and to a day, both included. */
export interface Membership extends Dated {
  readonly rcc: RccCode;
  /** Empty: the whole region. */
  readonly municipalities: readonly string[];
}

export interface Organisation {
  readonly kind: 'rcc' | 'region' | 'national';
  readonly code: string;
  readonly name: string;
  readonly memberships: readonly Membership[];
  /** Who decides on the childhood cancer money here: data, since the six RCC differ. */
  readonly decisionRoute: readonly string[];
}

/** Kind and code name an organisation once and for all, so the id follows from them. */
export function organisationId(organisation: Pick<Organisation, 'kind' | 'code'>): string {
  return `${organisation.kind}-${organisation.code}`;
}

/** Does any part of the organisation belong to the RCC on the day? */
export function belongsTo(
  organisation: Pick<Organisation, 'memberships'>,
  rcc: RccCode,
  on: string,
): boolean {
  return organisation.memberships.some((membership) => membership.rcc === rcc && isWithin(membership, on));
}

/** The event of adding or changing an organisation. */
export function organisationWasRecorded(organisation: Organisation): NewEvent {
  return occurred(
    organisationRecorded,
    { organisationId: organisationId(organisation), kind: organisation.kind, code: organisation.code },
    {
      name: organisation.name,
      memberships: organisation.memberships,
      decisionRoute: organisation.decisionRoute,
    },
  );
}

export function toOrganisationView(id: string, organisation: Organisation): OrganisationView {
  return {
    id,
    kind: organisation.kind,
    code: organisation.code,
    name: organisation.name,
    memberships: organisation.memberships.map(({ rcc, from, to, municipalities }) => ({
      rcc,
      from,
      to,
      municipalities: [...municipalities],
    })),
    decisionRoute: [...organisation.decisionRoute],
  };
}
