import { Controller } from '@nestjs/common';
import { belongingsOfDirectory } from '#libs/contracts';
import { Consumes, type Delivered } from '#libs/messaging';
import { BelongingService } from './belonging.service.ts';

/** The service hears its own events: what follows from a change must follow after a crash too. */
@Controller()
export class BelongingHandlers {
  constructor(private readonly belonging: BelongingService) {}

  @Consumes(belongingsOfDirectory)
  async follow({ event }: Delivered): Promise<void> {
    const { kind, code = '', personId = '' } = event.data as Record<string, string | undefined>;
    switch (event.aggregatetype) {
      case 'organisation':
        return kind === 'region' ? this.belonging.followRegion(code) : undefined;
      case 'person':
        return this.belonging.followPerson(event.aggregateid);
      case 'role-assignment':
        return this.belonging.followAssignment(event.aggregateid, personId);
      case 'api-client':
        return this.belonging.followClient(event.aggregateid);
    }
  }
}
