import { Module } from '@nestjs/common';
import { directoryRecords } from './directory.records.ts';
import { ActorHandlers } from './actor/actor.handlers.ts';
import { ActorService } from './actor/actor.service.ts';
import { ApiClientHandlers } from './api-client/api-client.handlers.ts';
import { ApiClientRepository } from './api-client/api-client.repository.ts';
import { ApiClientService } from './api-client/api-client.service.ts';
import { UsedAssertions } from './api-client/used-assertions.repository.ts';
import { BelongingHandlers } from './belonging/belonging.handlers.ts';
import { BelongingService } from './belonging/belonging.service.ts';
import { OrganisationHandlers } from './organisation/organisation.handlers.ts';
import { OrganisationRepository } from './organisation/organisation.repository.ts';
import { OrganisationService } from './organisation/organisation.service.ts';
import { PersonHandlers } from './person/person.handlers.ts';
import { PersonRepository } from './person/person.repository.ts';
import { PersonService } from './person/person.service.ts';
import { PersonalDataHandlers } from './personal-data/personal-data.handlers.ts';
import { PersonalDataService } from './personal-data/personal-data.service.ts';
import { EndRolesWhenAPersonHasLeft } from './role-assignment/end-roles-when-a-person-has-left.service.ts';
import { RoleAssignmentHandlers } from './role-assignment/role-assignment.handlers.ts';
import { RoleAssignmentRepository } from './role-assignment/role-assignment.repository.ts';
import { RoleAssignmentService } from './role-assignment/role-assignment.service.ts';
import { ThinningHandlers } from './thinning/thinning.handlers.ts';
import { ThinningRuleRepository } from './thinning/thinning-rule.repository.ts';
import { ThinningRunRepository } from './thinning/thinning-run.repository.ts';
import { ThinningService } from './thinning/thinning.service.ts';
import { ThinningWork } from './thinning/thinning-work.service.ts';

@Module({
  controllers: [
    OrganisationHandlers,
    PersonHandlers,
    RoleAssignmentHandlers,
    ApiClientHandlers,
    ActorHandlers,
    BelongingHandlers,
    PersonalDataHandlers,
    ThinningHandlers,
  ],
  providers: [
    directoryRecords,
    OrganisationRepository,
    OrganisationService,
    PersonRepository,
    PersonService,
    RoleAssignmentRepository,
    RoleAssignmentService,
    EndRolesWhenAPersonHasLeft,
    ApiClientRepository,
    ApiClientService,
    UsedAssertions,
    ActorService,
    BelongingService,
    PersonalDataService,
    ThinningRuleRepository,
    ThinningRunRepository,
    ThinningWork,
    ThinningService,
  ],
})
export class DirectoryModule {}
