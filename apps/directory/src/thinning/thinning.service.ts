import { Injectable } from '@nestjs/common';
import { require } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  changeThinningRuleEndpoint,
  createThinningRuleEndpoint,
  DomainError,
  getThinningRule,
  getThinningRun,
  listThinnedThings,
  listThinningRules,
  listThinningRuns,
  previewThinning,
  runThinning,
  type ActorStamp,
  type Endpoint,
  type EndpointReply,
  type ThinnedThing,
} from '#libs/contracts';
import { type Asked, type Caller } from '#libs/messaging';
import { type Outcome, type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { changeRule, createRule, requireInForce, type ThinningRule } from './thinning-rule.ts';
import { ThinningRuleRepository } from './thinning-rule.repository.ts';
import { startRun } from './thinning-run.ts';
import { ThinningRunRepository } from './thinning-run.repository.ts';
import { ThinningWork } from './thinning-work.service.ts';
import { countsOf, toRuleView, toRunView } from './thinning.view.ts';

/** Milliseconds that a caller waits for work that goes on by itself afterwards. */
const waitsFor = 1500;
/** Things that one part of a dry run answers at the most, give or take a question. */
const thingsInPart = 200;

@Injectable()
export class ThinningService {
  constructor(
    private readonly rules: ThinningRuleRepository,
    private readonly runs: ThinningRunRepository,
    private readonly thinning: ThinningWork,
    private readonly clock: Clock,
  ) {}

  async rulesPage({
    request,
    caller,
  }: Asked<typeof listThinningRules>): Promise<EndpointReply<typeof listThinningRules>> {
    requireRight(listThinningRules, caller);
    const { documentType, ...paging } = request.query;
    const today = this.today();
    return {
      body: await this.rules.page(documentType, paging, (stored) => toRuleView(stored, caller.actor, today)),
    };
  }

  async rule({
    request,
    caller,
  }: Asked<typeof getThinningRule>): Promise<EndpointReply<typeof getThinningRule>> {
    requireRight(getThinningRule, caller);
    return this.reply({ stored: await this.known(request.params.id), replayed: false }, caller);
  }

  async createRule({
    request,
    caller,
  }: Asked<typeof createThinningRuleEndpoint>): Promise<EndpointReply<typeof createThinningRuleEndpoint>> {
    const stamp = requireRight(createThinningRuleEndpoint, caller);
    const id = creationId(createThinningRuleEndpoint, request, caller);
    const context = writeContext(createThinningRuleEndpoint, request, caller, stamp, this.clock);
    return this.reply(await this.rules.create(id, createRule(id, request.body), context), caller);
  }

  async changeRule({
    request,
    caller,
  }: Asked<typeof changeThinningRuleEndpoint>): Promise<EndpointReply<typeof changeThinningRuleEndpoint>> {
    const stamp = requireRight(changeThinningRuleEndpoint, caller);
    const { params, body, ifMatch } = request;
    const outcome = await this.rules.change(params.id, {
      ...(ifMatch !== undefined && { ifMatch }),
      authorize: () => writeContext(changeThinningRuleEndpoint, request, caller, stamp, this.clock),
      decide: ({ id, state }) => changeRule(id, state, body),
    });
    return this.reply(outcome, caller);
  }

  async preview({
    request,
    caller,
  }: Asked<typeof previewThinning>): Promise<EndpointReply<typeof previewThinning>> {
    requireRight(previewThinning, caller);
    const { id, state: rule } = await this.known(request.params.id);
    const on = this.today();
    requireInForce(rule, 'dry-runs', on);
    const until = performance.now() + waitsFor;
    const things: ThinnedThing[] = [];
    let next: string | null = request.body.after ?? null;
    do {
      const part = await this.thinning.part(rule, { from: next, on, run: null, until });
      things.push(...part.things);
      next = part.next;
    } while (next !== null && things.length < thingsInPart && performance.now() < until);
    return { body: { ruleId: id, on, counts: countsOf(things), things, next } };
  }

  /** Begins a run. A small one is done when the caller is answered, a large one goes on by itself. */
  async run({ request, caller }: Asked<typeof runThinning>): Promise<EndpointReply<typeof runThinning>> {
    const stamp = requireRight(runThinning, caller);
    const rule = await this.known(request.params.id);
    const id = creationId(runThinning, request, caller);
    const context = writeContext(runThinning, request, caller, stamp, this.clock);
    const { time: at, actor: by } = context;
    const on = civilDayAt(at);
    const before = await this.runs.created(id, context);
    if (!before) requireInForce(rule.state, 'runs', on);
    const { stored, replayed } =
      before ?? (await this.runs.create(id, startRun(id, rule.id, rule.state, { by, at, on }), context));
    try {
      await this.thinning.work(id, performance.now() + waitsFor);
    } catch (error) {
      // The run is on record and goes on when the owner of the documents is there again.
      if (!(error instanceof DomainError) || error.code !== 'unavailable') throw error;
    }
    const now = (await this.runs.find(id)) ?? stored;
    return {
      body: toRunView(now),
      revision: now.revision,
      ...(replayed && { replayed: true as const }),
    };
  }

  async runsPage({
    request,
    caller,
  }: Asked<typeof listThinningRuns>): Promise<EndpointReply<typeof listThinningRuns>> {
    requireRight(listThinningRuns, caller);
    const { ruleId, ...paging } = request.query;
    return { body: await this.runs.page(ruleId, paging, toRunView) };
  }

  async runOf({
    request,
    caller,
  }: Asked<typeof getThinningRun>): Promise<EndpointReply<typeof getThinningRun>> {
    requireRight(getThinningRun, caller);
    const stored = await this.knownRun(request.params.id);
    return { body: toRunView(stored), revision: stored.revision };
  }

  async things({
    request,
    caller,
  }: Asked<typeof listThinnedThings>): Promise<EndpointReply<typeof listThinnedThings>> {
    requireRight(listThinnedThings, caller);
    const { things } = (await this.knownRun(request.params.id)).state;
    const { limit, page } = request.query;
    return {
      body: {
        items: things.slice((page - 1) * limit, page * limit).map((thing) => ({ ...thing })),
        page: { number: page, limit, total: things.length },
      },
    };
  }

  private async known(id: string): Promise<Stored<ThinningRule>> {
    const stored = await this.rules.find(id);
    if (!stored) throw new DomainError('not-found');
    return stored;
  }

  private async knownRun(id: string) {
    const stored = await this.runs.find(id);
    if (!stored) throw new DomainError('not-found');
    return stored;
  }

  private reply({ stored, replayed }: Outcome<ThinningRule>, caller: Caller) {
    return {
      body: toRuleView(stored, caller.actor, this.today()),
      revision: stored.revision,
      ...(replayed && { replayed: true as const }),
    };
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}

/**
 * The right that the contract itself names, so that what is checked is what the docs tell. Rules and protocols are
 * nobody's in particular: whoever may read or use one may do so with all. Errors: `forbidden`.
 */
function requireRight({ name, right }: Pick<Endpoint, 'name' | 'right'>, { actor }: Caller): ActorStamp {
  if (right === 'everybody') throw new Error(`${name} names no right`);
  return require(actor, right.command, right.resource, {});
}
