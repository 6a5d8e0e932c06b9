import { may, type VisibleWhere } from '#libs/access';
import { regionCodes, type Actor, type DeadlineKind } from '#libs/contracts';

/** While it is open, its application is a draft. */
export const deadlineOfDraft: DeadlineKind = 'application-submission';

/**
 * Narrows a filter: what is about a draft passes only for those who may read drafts of its region, since
 * a draft is the region's own working paper and nobody else may know of it. `other` lets through what is not
 * about a draft.
 */
export function withoutForeignDrafts(
  where: VisibleWhere,
  actor: Actor,
  other: readonly Record<string, unknown>[],
): VisibleWhere {
  const regions = regionCodes.filter((region) => mayKnowDraft(actor, region));
  if (where === null || regions.length === regionCodes.length) return where;
  return { $and: [where, { $or: [...other, { region: { $in: regions } }] }] };
}

/** The same for a single thing. */
export function mayKnowDraft(actor: Actor, region: string | undefined): boolean {
  return region !== undefined && may(actor, 'read', 'application', { region, state: 'draft' });
}
