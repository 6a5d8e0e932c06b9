import { Controller } from '@nestjs/common';
import { listOrganisations, regionsOfRcc, type EndpointReply, type RegionCode } from '#libs/contracts';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { OrganisationService } from './organisation.service.ts';

@Controller()
export class OrganisationHandlers {
  constructor(private readonly service: OrganisationService) {}

  @Handles(listOrganisations)
  list({ request }: Asked<typeof listOrganisations>): Promise<EndpointReply<typeof listOrganisations>> {
    return this.service.list(request.query);
  }

  @Handles(regionsOfRcc)
  async regionsOfRcc({ request }: AskedRpc<typeof regionsOfRcc>): Promise<{ regions: RegionCode[] }> {
    return { regions: await this.service.regionsOf(request.rcc, request.on) };
  }
}
