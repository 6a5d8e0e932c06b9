import { provideRecords, recordKind } from '#libs/service';
import { ApiClientRepository } from './api-client/api-client.repository.ts';
import { apiClientThinning } from './api-client/api-client.thinning.ts';
import { placeOfClient } from './api-client/api-client.view.ts';
import { OrganisationRepository } from './organisation/organisation.repository.ts';
import { placeOfOrganisation } from './organisation/organisation.view.ts';
import { PersonRepository } from './person/person.repository.ts';
import { personThinning } from './person/person.thinning.ts';
import { placeOfPerson } from './person/person.view.ts';
import { RoleAssignmentRepository } from './role-assignment/role-assignment.repository.ts';
import { roleAssignmentThinning } from './role-assignment/role-assignment.thinning.ts';
import { placeOfAssignment } from './role-assignment/role-assignment.view.ts';
import { ThinningRuleRepository } from './thinning/thinning-rule.repository.ts';
import { ThinningRunRepository } from './thinning/thinning-run.repository.ts';

/** What this service owns, for audit and privacy. */
export const directoryRecords = provideRecords(
  [
    OrganisationRepository,
    PersonRepository,
    RoleAssignmentRepository,
    ApiClientRepository,
    ThinningRuleRepository,
    ThinningRunRepository,
  ],
  (organisations, people, assignments, clients, rules, runs) => [
    recordKind({
      resource: 'organisation',
      repository: organisations,
      place: placeOfOrganisation,
      personal: [],
    }),
    recordKind({
      resource: 'person',
      repository: people,
      place: placeOfPerson,
      personal: ['subject', 'name', 'email'],
      owner: 'subject',
      thinning: personThinning,
    }),
    recordKind({
      resource: 'role-assignment',
      repository: assignments,
      place: placeOfAssignment,
      personal: ['subject', 'ending.by', 'ending.reason'],
      owner: 'subject',
      thinning: roleAssignmentThinning,
    }),
    recordKind({
      resource: 'api-client',
      repository: clients,
      place: placeOfClient,
      personal: ['email', 'ending.by', 'ending.reason'],
      thinning: apiClientThinning,
    }),
    // Of no RCC: a decision to thin holds for the whole installation.
    recordKind({ resource: 'thinning-rule', repository: rules, place: () => ({}), personal: [] }),
    // Never thinned: a protocol must tell who carried it out for as long as there is anything to answer for.
    recordKind({ resource: 'thinning-run', repository: runs, place: () => ({}), personal: ['by.id'] }),
  ],
);
