import { roleThinned } from '#libs/contracts';
import { type Thinning } from '#libs/service';
import { type RoleAssignment } from './role-assignment.ts';

/** Role, place and time are kept; who held it goes, but for the id of a person in the directory. */
export const roleAssignmentThinning: Thinning<RoleAssignment> = {
  recordedAs: roleThinned,
  events: { ended: { where: { lastDay: { $ne: null } }, on: ({ lastDay }) => lastDay } },
  // An end that was decided again leaves its first reason in the journal alone.
  personalEvents: new Set(['role.given', 'role.ended']),
};
