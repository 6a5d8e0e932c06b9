import { may, type Place, type VisibleWhere } from '#libs/access';
import { regionCodes, type Actor, type DeadlineKind } from '#libs/contracts';
import { unitDigest } from '#libs/unit-digest';

/** While it is open, its application is a draft. */
export const deadlineOfDraft: DeadlineKind = 'application-submission';

/**
 * Narrows a filter: what is about a draft passes only for those who may read the draft, since it is its region's
 * own working paper, or its clinic's, and nobody else may know of it. `other` lets through what is not about a
 * draft.
 */
export function withoutForeignDrafts(
  where: VisibleWhere,
  actor: Actor,
  other: readonly Record<string, unknown>[],
): VisibleWhere {
  const regions = regionCodes.filter((region) => mayReadDraft(actor, { region }));
  if (where === null || regions.length === regionCodes.length) return where;
  return { $and: [where, { $or: [...other, { region: { $in: regions } }, ...ownClinics(actor)] }] };
}

/** The same for a single thing. */
export function mayKnowDraft(actor: Actor, { region, unitDigest: unit }: Place): boolean {
  if (region === undefined) return false;
  return (
    mayReadDraft(actor, { region }) ||
    ownClinics(actor).some((own) => own.region === region && own.unitDigest === unit)
  );
}

/** Clinics whose drafts the actor may read, without those of the whole region. */
function ownClinics(actor: Actor): { region: string; unitDigest: string }[] {
  return actor.assignments.flatMap(({ region, unit }) =>
    region !== undefined && unit !== undefined && mayReadDraft(actor, { region, unit })
      ? [{ region, unitDigest: unitDigest(region, unit) }]
      : [],
  );
}

function mayReadDraft(actor: Actor, place: Pick<Place, 'region' | 'unit'>): boolean {
  return may(actor, 'read', 'application', { ...place, state: 'draft' });
}
