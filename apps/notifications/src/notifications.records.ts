import { type Place } from '#libs/access';
import { type Actor } from '#libs/contracts';
import { provideRecords, recordKind } from '#libs/service';
import { currentVersion, placeOf, stateOf, type Deadline } from './deadline/deadline.ts';
import { DeadlineRepository } from './deadline/deadline.repository.ts';
import { deadlineOfDraft, mayKnowDraft } from './draft-privacy.access.ts';

/** What this service owns in chains, for audit and privacy. Mails are a ledger of their own. */
export const notificationsRecords = provideRecords([DeadlineRepository], (deadlines) => [
  recordKind({
    resource: 'deadline',
    repository: deadlines,
    place: placeOfDeadline,
    mayKnow: mayKnowDeadline,
    personal: [],
  }),
]);

/** Of a draft, only its region may know. */
function placeOfDeadline(deadline: Deadline): Place {
  const version = currentVersion(deadline);
  if (!version) return {};
  const { rcc, ...within } = placeOf(version);
  return { ...within, ...(!isOfDraft(deadline) && { rcc }) };
}

/** Who reads the whole country reads no drafts. Of what has no day yet, nobody knows. */
function mayKnowDeadline(actor: Actor, deadline: Deadline): boolean {
  const version = currentVersion(deadline);
  return version !== undefined && (!isOfDraft(deadline) || mayKnowDraft(actor, placeOf(version)));
}

function isOfDraft(deadline: Deadline): boolean {
  return currentVersion(deadline)?.kind === deadlineOfDraft && stateOf(deadline) === 'open';
}
