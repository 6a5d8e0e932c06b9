import { Injectable } from '@nestjs/common';
import { require, requireVisible, visibleWhere } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  changeOrganisationEndpoint,
  createOrganisationEndpoint,
  DomainError,
  type DecisionRoute,
  type EndpointReply,
  type getOrganisation,
  type listOrganisations,
  type OrganisationView,
  type RccCode,
  type RegionCode,
} from '#libs/contracts';
import { type Asked, type Caller } from '#libs/messaging';
import { type Outcome } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { writeContext } from '#libs/service';
import { rccsTouched, type Membership } from './memberships.ts';
import {
  belongsTo,
  changeOrganisation,
  createOrganisation,
  organisationId,
  rccsOfOrganisation,
  routeOf,
  type Organisation,
} from './organisation.ts';
import { OrganisationRepository } from './organisation.repository.ts';
import { placeOfOrganisation, toOrganisationView } from './organisation.view.ts';

interface OrganisationReply {
  readonly body: OrganisationView;
  readonly revision: number;
  readonly replayed?: true;
}

@Injectable()
export class OrganisationService {
  constructor(
    private readonly organisations: OrganisationRepository,
    private readonly clock: Clock,
  ) {}

  async list({
    request,
    caller,
  }: Asked<typeof listOrganisations>): Promise<EndpointReply<typeof listOrganisations>> {
    const { kind, rcc, on, ...paging } = request.query;
    const where = visibleWhere(caller.actor, 'organisation');
    return {
      body: await this.organisations.page(where, { kind, rcc, on }, paging, (stored) =>
        toOrganisationView(stored, caller.actor, on),
      ),
    };
  }

  async get({ request, caller }: Asked<typeof getOrganisation>): Promise<OrganisationReply> {
    const stored = await this.organisations.find(request.params.id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'organisation', placeOfOrganisation(stored.state));
    const { on } = request.query;
    return { body: toOrganisationView(stored, caller.actor, on), revision: stored.revision };
  }

  async create({ request, caller }: Asked<typeof createOrganisationEndpoint>): Promise<OrganisationReply> {
    const { body } = request;
    const today = this.today();
    const stamp = require(caller.actor, 'create', 'organisation', { rccs: rccsOfOrganisation(body, today) });
    const context = writeContext(createOrganisationEndpoint, request, caller, stamp, this.clock);
    const change = createOrganisation(body, today);
    return reply(await this.organisations.create(organisationId(body), change, context), caller);
  }

  async change({ request, caller }: Asked<typeof changeOrganisationEndpoint>): Promise<OrganisationReply> {
    const outcome = await this.organisations.change(request.params.id, {
      ...(request.ifMatch !== undefined && { ifMatch: request.ifMatch }),
      authorize: ({ state }) => {
        const place = placeOfOrganisation(state);
        requireVisible(caller.actor, 'organisation', place);
        const stamp = require(caller.actor, 'edit', 'organisation', place);
        requireShares(caller, state, request.body.memberships);
        return writeContext(changeOrganisationEndpoint, request, caller, stamp, this.clock);
      },
      decide: ({ state }) => changeOrganisation(state, request.body, this.today()),
    });
    return reply(outcome, caller);
  }

  /** Codes of the regions of which any part belongs to the RCC on the day, in alphabetical order. */
  async regionsOf(rcc: RccCode, on: string): Promise<RegionCode[]> {
    const regions = await this.organisations.regionsEverOf(rcc);
    return regions
      .filter((region) => belongsTo(region, rcc, on))
      .map((region) => region.code as RegionCode)
      .toSorted();
  }

  /** Errors: `not-found` where no route is recorded. */
  async routeOf(rcc: RccCode): Promise<DecisionRoute> {
    const stored = await this.organisations.find(organisationId({ kind: 'rcc', code: rcc }));
    return routeOf(stored?.state);
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}

/**
 * A region may belong to several RCC, and each office reaches it: but none of them gives away, takes or moves
 * another one's share. Errors: `forbidden`.
 */
function requireShares(caller: Caller, organisation: Organisation, after?: readonly Membership[]): void {
  if (!after) return;
  for (const rcc of rccsTouched(organisation.memberships, after)) {
    require(caller.actor, 'edit', 'organisation', { rccs: [rcc] });
  }
}

function reply({ stored, replayed }: Outcome<Organisation>, caller: Caller): OrganisationReply {
  return {
    body: toOrganisationView(stored, caller.actor),
    revision: stored.revision,
    ...(replayed && { replayed: true as const }),
  };
}
