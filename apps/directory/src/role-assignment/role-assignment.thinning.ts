import { roleThinned } from '#libs/contracts';
import { type Thinning } from '#libs/service';
import { type RoleAssignment } from './role-assignment.ts';

/** Role, place and time are kept; who held it goes, but for the id of a person in the directory. */
export const roleAssignmentThinning: Thinning<RoleAssignment> = {
  recordedAs: roleThinned,
  events: { ended: { where: { lastDay: { $ne: null } }, on: ({ lastDay }) => lastDay } },
  personalEvents: new Set(['role.given']),
};
