import { Controller } from '@nestjs/common';
import {
  changeOrganisationEndpoint,
  createOrganisationEndpoint,
  decisionRouteOf,
  getOrganisation,
  listOrganisations,
  regionsOfRcc,
} from '#libs/contracts';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { OrganisationService } from './organisation.service.ts';

@Controller()
export class OrganisationHandlers {
  constructor(private readonly service: OrganisationService) {}

  @Handles(listOrganisations)
  list(asked: Asked<typeof listOrganisations>) {
    return this.service.list(asked);
  }

  @Handles(getOrganisation)
  get(asked: Asked<typeof getOrganisation>) {
    return this.service.get(asked);
  }

  @Handles(createOrganisationEndpoint)
  create(asked: Asked<typeof createOrganisationEndpoint>) {
    return this.service.create(asked);
  }

  @Handles(changeOrganisationEndpoint)
  change(asked: Asked<typeof changeOrganisationEndpoint>) {
    return this.service.change(asked);
  }

  @Handles(regionsOfRcc)
  async regionsOfRcc({ request }: AskedRpc<typeof regionsOfRcc>) {
    return { regions: await this.service.regionsOf(request.rcc, request.on) };
  }

  @Handles(decisionRouteOf)
  decisionRouteOf({ request }: AskedRpc<typeof decisionRouteOf>) {
    return this.service.routeOf(request.rcc);
  }
}
