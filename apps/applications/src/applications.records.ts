import { provideRecords, recordKind } from '#libs/service';
import { ApplicationRepository } from './application/application.repository.ts';
import { applicationThinning } from './application/application.thinning.ts';
import { placeOfApplication } from './application/application.view.ts';
import { CallRepository } from './call/call.repository.ts';
import { placeOfCall } from './call/call.view.ts';

/** Assessors' names and words are the RCC's working papers until it publishes them. */
export const internalEvents: ReadonlySet<string> = new Set([
  'application.assessed',
  'application.conflict-declared',
]);

/** What this service owns, for audit and privacy. */
export const applicationsRecords = provideRecords(
  [CallRepository, ApplicationRepository],
  (calls, applications) => [
    recordKind({ resource: 'call', repository: calls, place: placeOfCall, personal: ['ledger.*.decidedBy'] }),
    recordKind({
      resource: 'application',
      repository: applications,
      place: placeOfApplication,
      internal: internalEvents,
      personal: [
        'contact.name',
        'contact.email',
        'signedOff.by',
        'submittedBy',
        'assessments.*.assessor',
        'conflicts.*.assessor',
        'decision.decidedBy',
      ],
      thinning: applicationThinning,
    }),
  ],
);
