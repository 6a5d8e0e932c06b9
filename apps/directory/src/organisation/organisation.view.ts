import { allowedCommands, type Place } from '#libs/access';
import { type Actor, type OrganisationView } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { type Organisation } from './organisation.ts';

/** What the access table looks at. */
export function placeOfOrganisation(organisation: Pick<Organisation, 'rccs'>): Place {
  return { rccs: organisation.rccs };
}

export function toOrganisationView(stored: Stored<Organisation>, actor: Actor): OrganisationView {
  const { kind, code, name, memberships, decisionRoute, rccs } = stored.state;
  return {
    id: stored.id,
    kind,
    code,
    name,
    memberships: memberships.map(({ rcc, from, to, municipalities }) => ({
      rcc,
      from,
      to,
      municipalities: [...municipalities],
    })),
    decisionRoute,
    rccs: [...rccs],
    allowed: allowedCommands(actor, 'organisation', placeOfOrganisation(stored.state), ['edit']),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}
