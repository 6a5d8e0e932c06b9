import { Injectable } from '@nestjs/common';
import { allowedCommands, may, require, requireVisible, visibleWhere } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  correctObservationEndpoint,
  DomainError,
  invalidInput,
  recordObservationEndpoint,
  type Actor,
  type getObservation,
  type listObservations,
  type ObservationView,
  type Page,
  type RecordObservation,
} from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { derivedId } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { type Measure } from '../measure/measure.ts';
import { MeasureRepository } from '../measure/measure.repository.ts';
import { faultsOfReport, faultsOfTime, faultsOfValue } from './observation-faults.ts';
import { toObservationView } from './observation-view.ts';
import {
  correctObservation,
  faultsOfCorrection,
  recordObservation,
  type Observation,
} from './observation.ts';
import { ObservationRepository, type DescribedObservation } from './observation.repository.ts';

interface Written {
  readonly view: ObservationView;
  readonly revision: number;
  readonly replayed: boolean;
}

@Injectable()
export class ObservationService {
  constructor(
    private readonly observations: ObservationRepository,
    private readonly measures: MeasureRepository,
    private readonly clock: Clock,
  ) {}

  /** Records what a unit measured, or why it has no value. Errors: `forbidden`, `invalid-input`, `already-exists`. */
  async record({ request, caller }: Asked<typeof recordObservationEndpoint>): Promise<Written> {
    const input = request.body;
    const { actor } = caller;
    const stamp = require(actor, 'create', 'observation', { rcc: input.unit });
    const measure = await this.measureOf(input, actor);
    const faults = faultsOfReport(measure, input, civilDayAt(this.clock.now()));
    if (faults.length > 0) throw invalidInput(faults);
    const { measureId, unit, period } = input;
    const id = derivedId('observation', measureId, unit, period.from, period.to);
    const createdUnder = request.idempotency && creationId(recordObservationEndpoint, request, caller);
    const context = writeContext(recordObservationEndpoint, request, caller, stamp, this.clock);
    const change = recordObservation(id, input, { at: context.time, by: actor.id }, createdUnder);
    const { stored, replayed } = await this.observations.record(id, change, context);
    return { view: viewFor(actor)(stored), revision: stored.revision, replayed };
  }

  /** Adds a version with a reason. Errors: `not-found`, `forbidden`, `precondition-failed`, `invalid-input`. */
  async correct({ request, caller }: Asked<typeof correctObservationEndpoint>): Promise<Written> {
    const input = request.body;
    const { actor } = caller;
    const { id } = request.params;
    const recording = { at: this.clock.now(), by: actor.id };
    const { stored, replayed } = await this.observations.change(id, {
      ifMatch: request.ifMatch,
      authorize: ({ state }) => {
        requireVisible(actor, 'observation', { rcc: state.rcc });
        const stamp = require(actor, 'correction', 'observation', { rcc: state.rcc });
        return writeContext(correctObservationEndpoint, request, caller, stamp, this.clock);
      },
      decide: async ({ state }) => {
        const faults = [
          ...faultsOfCorrection(state, input),
          ...faultsOfTime(state.period, input.value, civilDayAt(recording.at)),
          ...faultsOfValue(await this.ownMeasureOf(state), input.value),
        ];
        if (faults.length > 0) throw invalidInput(faults);
        return correctObservation(id, state, input, recording);
      },
    });
    return { view: viewFor(actor)(stored), revision: stored.revision, replayed };
  }

  async list({ request, caller }: Asked<typeof listObservations>): Promise<Page<ObservationView>> {
    const { measureId, unit, sort, ...query } = request.query;
    const order = sort === 'periodFrom' ? 'oldest' : 'newest';
    const visible = visibleWhere(caller.actor, 'observation');
    return this.observations.page(visible, { measureId, unit }, query, order, viewFor(caller.actor));
  }

  async get({
    request,
    caller,
  }: Asked<typeof getObservation>): Promise<{ view: ObservationView; revision: number }> {
    const stored = await this.observations.find(request.params.id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'observation', { rcc: stored.state.rcc });
    return { view: viewFor(caller.actor)(stored), revision: stored.revision };
  }

  private async measureOf({ measureId }: RecordObservation, actor: Actor): Promise<Measure> {
    const measure = await this.measures.find(measureId);
    // What the caller may not see is answered as what is not there.
    if (!measure || !may(actor, 'read', 'measure', { rcc: measure.state.rcc })) {
      throw invalidInput([{ pointer: '/measureId', code: 'unknown-measure' }]);
    }
    return measure.state;
  }

  private async ownMeasureOf({ measureId }: Observation): Promise<Measure> {
    const measure = await this.measures.find(measureId);
    if (!measure) throw new Error(`measure ${measureId} of an observation is gone`);
    return measure.state;
  }
}

function viewFor(actor: Actor): (observation: DescribedObservation) => ObservationView {
  return (observation) => {
    const place = { rcc: observation.state.rcc };
    return toObservationView(
      observation.state,
      observation,
      allowedCommands(actor, 'observation', place, ['correction']),
    );
  };
}
