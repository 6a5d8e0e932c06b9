import { Injectable } from '@nestjs/common';
import { require, requireVisible, visibleWhere } from '#libs/access';
import {
  createMeasureEndpoint,
  DomainError,
  goalExists,
  invalidInput,
  type Actor,
  type CreateMeasure,
  type Fault,
  type getMeasure,
  type listMeasures,
  type MeasureView,
  type Page,
} from '#libs/contracts';
import { BusClient, type Asked } from '#libs/messaging';
import { type Outcome, type Stored, type WriteContext } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { toMeasureView } from './measure-view.ts';
import { defineMeasure, faultsOfGoal, faultsOfMeasure, type Measure } from './measure.ts';
import { MeasureRepository } from './measure.repository.ts';

/** Milliseconds: the one who asked us waits too, and must hear 503 in time when plans does not answer. */
const plansBound = 1500;

@Injectable()
export class MeasureService {
  constructor(
    private readonly measures: MeasureRepository,
    private readonly bus: BusClient,
    private readonly clock: Clock,
  ) {}

  /** Defines a measure. Errors: `forbidden`, `invalid-input`, `unavailable` when plans cannot be asked for the goal. */
  async create({ request, caller }: Asked<typeof createMeasureEndpoint>): Promise<{
    view: MeasureView;
    revision: number;
    replayed: boolean;
  }> {
    const input = request.body;
    const stamp = require(caller.actor, 'create', 'measure', { rcc: input.rcc });
    const id = creationId(createMeasureEndpoint, request, caller);
    const context = writeContext(createMeasureEndpoint, request, caller, stamp, this.clock);
    const { stored, replayed } =
      // A repeat gets what it made, also while plans cannot be asked.
      (await this.measures.created(id, context)) ?? (await this.define(id, input, context, caller.actor));
    return { view: toMeasureView(stored.state, stored), revision: stored.revision, replayed };
  }

  async list({ request, caller }: Asked<typeof listMeasures>): Promise<Page<MeasureView>> {
    const { rcc, planId, goalId, ...query } = request.query;
    const visible = visibleWhere(caller.actor, 'measure');
    return this.measures.page(visible, { rcc, planId, goalId }, query, toMeasureView);
  }

  async get({ request, caller }: Asked<typeof getMeasure>): Promise<{ view: MeasureView; revision: number }> {
    const stored = await this.visible(caller.actor, request.params.id);
    return { view: toMeasureView(stored.state, stored), revision: stored.revision };
  }

  /** Errors: `not-found` also for a measure that the actor may not know of. */
  async visible(actor: Actor, id: string): Promise<Stored<Measure>> {
    const stored = await this.measures.find(id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(actor, 'measure', { rcc: stored.state.rcc });
    return stored;
  }

  private async define(
    id: string,
    input: CreateMeasure,
    context: WriteContext,
    actor: Actor,
  ): Promise<Outcome<Measure>> {
    const faults = [...faultsOfMeasure(input), ...(await this.goalFaults(input, actor))];
    if (faults.length > 0) throw invalidInput(faults);
    return this.measures.create(id, defineMeasure(id, input), context);
  }

  private async goalFaults(input: CreateMeasure, actor: Actor): Promise<Fault[]> {
    if (!input.goal) return [];
    return faultsOfGoal(input, await this.bus.ask(goalExists, input.goal, { actor, timeout: plansBound }));
  }
}
