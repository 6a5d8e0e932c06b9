import { Injectable } from '@nestjs/common';
import { require, requireVisible, visibleWhere } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  changeCallEndpoint,
  closeCall as closeCallContract,
  createCallEndpoint,
  decisionRouteOf,
  DomainError,
  extendCall as extendCallContract,
  getCall,
  getFrame,
  listCalls,
  noticeOfCall,
  publishCall as publishCallContract,
  regionsOfRcc,
  serviceActor,
  type CallView,
  type Command,
  type Endpoint,
  type EndpointReply,
  type RccCode,
} from '#libs/contracts';
import { BusClient, type Asked, type AskedRpc, type Caller } from '#libs/messaging';
import { type Change, type Outcome, type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { changeCall, closeCall, createCall, extendCall, publishCall, type Call } from './call.ts';
import { CallRepository } from './call.repository.ts';
import { placeOfCall, toCallView, toFrameView } from './call.view.ts';

type CallEndpoint = Endpoint & { readonly reply: typeof getCall.reply };
interface CallReply {
  readonly body: CallView;
  readonly revision: number;
  readonly replayed?: true;
}

@Injectable()
export class CallService {
  constructor(
    private readonly calls: CallRepository,
    private readonly bus: BusClient,
    private readonly clock: Clock,
  ) {}

  async list({ request, caller }: Asked<typeof listCalls>): Promise<EndpointReply<typeof listCalls>> {
    const { rcc, state, phase, ...paging } = request.query;
    const where = visibleWhere(caller.actor, 'call');
    const today = this.today();
    return {
      body: await this.calls.page({ where, rcc, state, phase }, today, paging, (stored) =>
        toCallView(stored, caller.actor, today),
      ),
    };
  }

  async get({ request, caller }: Asked<typeof getCall>): Promise<CallReply> {
    return this.reply(await this.visible(request.params.id, caller), caller);
  }

  async create({ request, caller }: Asked<typeof createCallEndpoint>): Promise<CallReply> {
    const { body } = request;
    const stamp = require(caller.actor, 'create', 'call', { rcc: body.rcc });
    const id = creationId(createCallEndpoint, request, caller);
    const context = writeContext(createCallEndpoint, request, caller, stamp, this.clock);
    const change = createCall(id, body);
    const before = await this.calls.created(id, context);
    if (before) return this.reply(before, caller);
    await this.requireApplicationsTaken(body.rcc);
    return this.reply(await this.calls.create(id, change, context), caller);
  }

  change(asked: Asked<typeof changeCallEndpoint>): Promise<CallReply> {
    return this.command(changeCallEndpoint, 'edit', asked, (id, call) =>
      changeCall(id, call, asked.request.body),
    );
  }

  publish(asked: Asked<typeof publishCallContract>): Promise<CallReply> {
    return this.command(publishCallContract, 'publication', asked, async (id, call) => {
      const now = this.clock.now();
      const { regions } = await this.bus.ask(
        regionsOfRcc,
        { rcc: call.rcc, on: civilDayAt(now) },
        { actor: serviceActor('applications') },
      );
      return publishCall(id, call, regions, now);
    });
  }

  extend(asked: Asked<typeof extendCallContract>): Promise<CallReply> {
    return this.command(extendCallContract, 'closing-extension', asked, (id, call) =>
      extendCall(id, call, asked.request.body),
    );
  }

  close(asked: Asked<typeof closeCallContract>): Promise<CallReply> {
    return this.command(closeCallContract, 'closure', asked, (id, call) =>
      closeCall(id, call, asked.request.body.reason),
    );
  }

  async frame({ request, caller }: Asked<typeof getFrame>): Promise<EndpointReply<typeof getFrame>> {
    const stored = await this.visible(request.params.id, caller);
    require(caller.actor, 'frame', 'call', placeOfCall(stored.state));
    return { body: toFrameView(stored.state), revision: stored.revision };
  }

  /** An RCC whose route is a fixed allocation key makes no calls. Errors: `no-applications`. */
  private async requireApplicationsTaken(rcc: RccCode): Promise<void> {
    const { takesApplications } = await this.bus.ask(
      decisionRouteOf,
      { rcc },
      { actor: serviceActor('applications') },
    );
    if (!takesApplications) throw new DomainError('no-applications', { params: { rcc } });
  }

  async notice({ request }: AskedRpc<typeof noticeOfCall>) {
    const stored = await this.calls.find(request.id);
    if (!stored) throw new DomainError('not-found');
    const { title, rcc, lastClosesOn, state } = stored.state;
    return { id: stored.id, title, rcc, closesOn: lastClosesOn, state };
  }

  /** A call that the caller may know of. Errors: `not-found`. */
  async visible(id: string, caller: Caller): Promise<Stored<Call>> {
    const stored = await this.calls.find(id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'call', placeOfCall(stored.state));
    return stored;
  }

  private async command<E extends CallEndpoint>(
    contract: E,
    command: Command,
    { request, caller }: Asked<E>,
    decide: (id: string, call: Call) => Change<Call> | Promise<Change<Call>>,
  ): Promise<CallReply> {
    const { id } = request.params as { id: string };
    const outcome = await this.calls.change(id, {
      ...(request.ifMatch !== undefined && { ifMatch: request.ifMatch }),
      authorize: (stored) => {
        const place = placeOfCall(stored.state);
        requireVisible(caller.actor, 'call', place);
        const stamp = require(caller.actor, command, 'call', place);
        return writeContext(contract, request, caller, stamp, this.clock);
      },
      decide: (stored) => decide(id, stored.state),
    });
    return this.reply(outcome, caller);
  }

  private reply(result: Stored<Call> | Outcome<Call>, caller: Caller): CallReply {
    const stored = 'stored' in result ? result.stored : result;
    return {
      body: toCallView(stored, caller.actor, this.today()),
      revision: stored.revision,
      ...('stored' in result && result.replayed && { replayed: true as const }),
    };
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}
