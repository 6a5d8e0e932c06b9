import { Injectable } from '@nestjs/common';
import {
  type EndpointReply,
  type EndpointRequest,
  type listOrganisations,
  type RccCode,
  type RegionCode,
} from '#libs/contracts';
import { belongsTo } from './organisation.ts';
import { OrganisationRepository } from './organisation.repository.ts';

@Injectable()
export class OrganisationService {
  constructor(private readonly organisations: OrganisationRepository) {}

  /** Organisations are public facts: everybody who has an identity here may read them all. */
  async list(
    query: EndpointRequest<typeof listOrganisations>['query'],
  ): Promise<EndpointReply<typeof listOrganisations>> {
    return { body: await this.organisations.page({ kind: query.kind, rcc: query.rcc }, query) };
  }

  /** Codes of the regions of which any part belongs to the RCC on the day, in alphabetical order. */
  async regionsOf(rcc: RccCode, on: string): Promise<RegionCode[]> {
    const regions = await this.organisations.regionsEverOf(rcc);
    return regions
      .filter((region) => belongsTo(region, rcc, on))
      .map((region) => region.code as RegionCode)
      .toSorted();
  }
}
