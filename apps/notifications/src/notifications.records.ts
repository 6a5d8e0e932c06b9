import { type Place } from '#libs/access';
import { provideRecords, recordKind } from '#libs/service';
import { currentVersion, placeOf, stateOf, type Deadline } from './deadline/deadline.ts';
import { DeadlineRepository } from './deadline/deadline.repository.ts';
import { deadlineOfDraft } from './draft-privacy.access.ts';

/** What this service owns in chains, for audit and privacy. Mails are a ledger of their own. */
export const notificationsRecords = provideRecords([DeadlineRepository], (deadlines) => [
  recordKind({ resource: 'deadline', repository: deadlines, place: placeOfDeadline, personal: [] }),
]);

/** Of a draft, only its region may know. */
function placeOfDeadline(deadline: Deadline): Place {
  const version = currentVersion(deadline);
  if (!version) return {};
  const { rcc, ...within } = placeOf(version);
  const ofDraft = version.kind === deadlineOfDraft && stateOf(deadline) === 'open';
  return { ...within, ...(!ofDraft && { rcc }) };
}
