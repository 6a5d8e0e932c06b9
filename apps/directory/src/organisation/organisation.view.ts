import { allowedCommands, type Place } from '#libs/access';
import { type Actor, type OrganisationView } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { rccsOfOrganisation, type Organisation } from './organisation.ts';

/** What the access table looks at. */
export function placeOfOrganisation(organisation: Pick<Organisation, 'rccs'>): Place {
  return { rccs: organisation.rccs };
}

/** `on`: the day whose RCC are told; left out: today's. */
export function toOrganisationView(
  stored: Stored<Organisation>,
  actor: Actor,
  on?: string,
): OrganisationView {
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
    rccs: on === undefined ? [...rccs] : rccsOfOrganisation(stored.state, on),
    allowed: allowedCommands(actor, 'organisation', placeOfOrganisation(stored.state), ['edit']),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}
