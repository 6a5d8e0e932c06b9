import { personThinned } from '#libs/contracts';
import { blankText } from '#libs/privacy';
import { type Thinning } from '#libs/service';
import { type Person } from './person.ts';

/**
 * Journals name who acted by the subject alone, and their chains cover it. When the directory no longer
 * knows whose it is, it is nobody's name here.
 */
export const personThinning: Thinning<Person> = {
  recordedAs: personThinned,
  events: { ended: { where: { to: { $ne: null } }, on: ({ to }) => to } },
  // Two people must not have one subject.
  blanks: (id) => ({ subject: `${blankText}-${id}`, email: null }),
  personalEvents: new Set(['person.recorded', 'person.changed']),
};
