import { Controller } from '@nestjs/common';
import { accessesOfGateway, listAccesses, type EndpointReply } from '#libs/contracts';
import { Consumes, Handles, type Asked, type Delivered } from '#libs/messaging';
import { AccessService } from './access.service.ts';

@Controller()
export class AccessHandlers {
  constructor(private readonly accesses: AccessService) {}

  @Consumes(accessesOfGateway)
  keep({ event }: Delivered): Promise<void> {
    return this.accesses.keep(event);
  }

  @Handles(listAccesses)
  async list({ request, caller }: Asked<typeof listAccesses>): Promise<EndpointReply<typeof listAccesses>> {
    const { limit, page, ...filter } = request.query;
    return { body: await this.accesses.page(caller.actor, filter, { limit, page }) };
  }
}
