import { Injectable } from '@nestjs/common';
import { require, requireVisible, visibleWhere } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  addClientKeyEndpoint,
  changeApiClientEndpoint,
  createApiClientEndpoint,
  DomainError,
  endApiClient,
  endClientKey,
  type apiClientKeys,
  type ApiClientView,
  type Command,
  type Endpoint,
  type EndpointReply,
  type getApiClient,
  type listApiClients,
} from '#libs/contracts';
import { type Asked, type AskedRpc, type Caller } from '#libs/messaging';
import { type Change, type Outcome, type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { rccsOf } from '../belonging/belonging.ts';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import {
  addKey,
  changeClient,
  endClient,
  endKey,
  keysAlive,
  registerClient,
  subjectOfClient,
  type ApiClient,
} from './api-client.ts';
import { ApiClientRepository } from './api-client.repository.ts';
import { placeOfClient, toApiClientView } from './api-client.view.ts';
import { requireUsableKey } from './usable-key.check.ts';

type ClientEndpoint = Endpoint & { readonly reply: typeof getApiClient.reply };
interface ClientReply {
  readonly body: ApiClientView;
  readonly revision: number;
  readonly replayed?: true;
}

@Injectable()
export class ApiClientService {
  constructor(
    private readonly clients: ApiClientRepository,
    private readonly organisations: OrganisationRepository,
    private readonly clock: Clock,
  ) {}

  async list({
    request,
    caller,
  }: Asked<typeof listApiClients>): Promise<EndpointReply<typeof listApiClients>> {
    const { rcc, region, state, ...paging } = request.query;
    const where = visibleWhere(caller.actor, 'api-client');
    const now = this.clock.now();
    return {
      body: await this.clients.page(where, { rcc, region, state }, paging, (stored) =>
        toApiClientView(stored, caller.actor, now),
      ),
    };
  }

  async get({ request, caller }: Asked<typeof getApiClient>): Promise<ClientReply> {
    const stored = await this.clients.find(request.params.id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'api-client', placeOfClient(stored.state));
    return this.reply({ stored, replayed: false }, caller);
  }

  async create({ request, caller }: Asked<typeof createApiClientEndpoint>): Promise<ClientReply> {
    const { body } = request;
    const today = civilDayAt(this.clock.now());
    const rccs = rccsOf([body], await this.organisations.memberships(), today);
    const stamp = require(caller.actor, 'create', 'api-client', { rccs });
    const context = writeContext(createApiClientEndpoint, request, caller, stamp, this.clock);
    const id = creationId(createApiClientEndpoint, request, caller);
    return this.reply(await this.clients.create(id, registerClient(id, body, rccs), context), caller);
  }

  change(asked: Asked<typeof changeApiClientEndpoint>): Promise<ClientReply> {
    return this.command(changeApiClientEndpoint, 'edit', asked, (id, client) =>
      changeClient(id, client, asked.request.body),
    );
  }

  end(asked: Asked<typeof endApiClient>): Promise<ClientReply> {
    const { request, caller } = asked;
    return this.command(endApiClient, 'ending', asked, (id, client, at) =>
      endClient(id, client, { reason: request.body.reason, at, by: caller.actor.id }),
    );
  }

  addKey(asked: Asked<typeof addClientKeyEndpoint>): Promise<ClientReply> {
    const { body } = asked.request;
    return this.command(addClientKeyEndpoint, 'edit', asked, (id, client, now) => {
      requireUsableKey(body.jwk);
      return addKey(id, client, body, now);
    });
  }

  endKey(asked: Asked<typeof endClientKey>): Promise<ClientReply> {
    const { params, body } = asked.request;
    return this.command(endClientKey, 'edit', asked, (id, client, now) =>
      endKey(id, client, { kid: params.kid, reason: body.reason }, now),
    );
  }

  /** Null for a client that is unknown or has ended. */
  async keys({ request }: AskedRpc<typeof apiClientKeys>) {
    const stored = await this.clients.find(request.clientId);
    if (!stored || stored.state.state === 'ended') return { client: null };
    return {
      client: {
        subject: subjectOfClient(stored.id),
        scopes: [...stored.state.scopes],
        keys: keysAlive(stored.state, this.clock.now()),
      },
    };
  }

  private async command<E extends ClientEndpoint>(
    contract: E,
    command: Command,
    { request, caller }: Asked<E>,
    decide: (id: string, client: ApiClient, now: Date) => Change<ApiClient>,
  ): Promise<ClientReply> {
    const { id } = request.params as { id: string };
    const outcome = await this.clients.change(id, {
      ...(request.ifMatch !== undefined && { ifMatch: request.ifMatch }),
      authorize: ({ state }) => {
        const place = placeOfClient(state);
        requireVisible(caller.actor, 'api-client', place);
        const stamp = require(caller.actor, command, 'api-client', place);
        return writeContext(contract, request, caller, stamp, this.clock);
      },
      decide: (stored: Stored<ApiClient>) => decide(id, stored.state, this.clock.now()),
    });
    return this.reply(outcome, caller);
  }

  private reply({ stored, replayed }: Outcome<ApiClient>, caller: Caller): ClientReply {
    return {
      body: toApiClientView(stored, caller.actor, this.clock.now()),
      revision: stored.revision,
      ...(replayed && { replayed: true as const }),
    };
  }
}
