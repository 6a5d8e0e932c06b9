import { provideRecords, recordKind } from '#libs/service';
import { ApplicationRepository } from './application/application.repository.ts';
import { applicationThinning } from './application/application.thinning.ts';
import { placeOfApplication } from './application/application.view.ts';
import { CallRepository } from './call/call.repository.ts';
import { placeOfCall } from './call/call.view.ts';

/**
 * Assessors' names and words are working papers: for whoever may read assessments, and so for an assessor only
 * after having given an own one.
 */
export const internalEvents: ReadonlySet<string> = new Set([
  'application.assessed',
  'application.conflict-declared',
]);

/** What this service owns, for audit and privacy. */
export const applicationsRecords = provideRecords(
  [CallRepository, ApplicationRepository],
  (calls, applications) => [
    recordKind({
      resource: 'call',
      repository: calls,
      place: placeOfCall,
      personal: ['ledger.*.decidedBy', 'ledger.*.recordedBy'],
    }),
    recordKind({
      resource: 'application',
      repository: applications,
      place: placeOfApplication,
      internal: { types: internalEvents, resource: 'assessment' },
      personal: [
        'contact.name',
        'contact.email',
        'signedOff.by',
        'submittedBy',
        'assessments.*.assessor',
        'conflicts.*.assessor',
        'decision.decidedBy',
        'decision.recordedBy',
        'requisitions.*.requestedBy',
        'payments.*.preparedBy',
        'payments.*.attestation.by',
      ],
      thinning: applicationThinning(calls),
    }),
  ],
);
