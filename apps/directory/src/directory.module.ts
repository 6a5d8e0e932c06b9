import { Module } from '@nestjs/common';
import { OrganisationHandlers } from './organisation/organisation.handlers.ts';
import { OrganisationRepository } from './organisation/organisation.repository.ts';
import { OrganisationService } from './organisation/organisation.service.ts';
import { PersonHandlers } from './person/person.handlers.ts';
import { PersonRepository } from './person/person.repository.ts';
import { PersonService } from './person/person.service.ts';

@Module({
  controllers: [OrganisationHandlers, PersonHandlers],
  providers: [OrganisationRepository, OrganisationService, PersonRepository, PersonService],
})
export class DirectoryModule {}
