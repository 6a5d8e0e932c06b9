import { Controller } from '@nestjs/common';
import { belongingsOfDirectory } from '#libs/contracts';
import { Consumes, type Delivered } from '#libs/messaging';
import { EndRolesWhenAPersonHasLeft } from '../role-assignment/end-roles-when-a-person-has-left.service.ts';
import { BelongingService } from './belonging.service.ts';

/** The service hears its own events: what follows from a change must follow after a crash too. */
@Controller()
export class BelongingHandlers {
  constructor(
    private readonly belonging: BelongingService,
    private readonly leaving: EndRolesWhenAPersonHasLeft,
  ) {}

  @Consumes(belongingsOfDirectory)
  async follow({ event }: Delivered): Promise<void> {
    const { kind, code = '', personId = '' } = event.data as Record<string, string | undefined>;
    switch (event.aggregatetype) {
      case 'organisation':
        return kind === 'region' ? this.belonging.followRegion(code) : undefined;
      case 'person':
        await this.belonging.followPerson(event.aggregateid);
        return this.leaving.ofPerson(event.aggregateid);
      case 'role-assignment':
        await this.belonging.followAssignment(event.aggregateid, personId);
        // Given at the moment in which the person left.
        return this.leaving.ofPerson(personId);
      case 'api-client':
        return this.belonging.followClient(event.aggregateid);
    }
  }
}
