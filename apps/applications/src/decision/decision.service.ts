import { Injectable } from '@nestjs/common';
import { Clearance, require, requireVisible } from '#libs/access';
import {
  decideCall,
  decimalKronor,
  DomainError,
  invalidInput,
  toMoney,
  toOre,
  type Actor,
  type DecisionRound,
  type EndpointReply,
  type Fault,
} from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { derivedId, newId, type Stored, type WriteContext } from '#libs/persistence';
import { Clock, failPoint } from '#libs/platform';
import { writeContext } from '#libs/service';
import { type Application } from '../application/application-record.ts';
import { takeOver } from '../application/application.ts';
import { ApplicationRepository } from '../application/application.repository.ts';
import { matterOf } from '../application/matter.ts';
import { decideRound, voidDecision, type Call } from '../call/call.ts';
import { CallRepository } from '../call/call.repository.ts';
import { placeOfCall, toFrameView } from '../call/call.view.ts';
import { type LedgerEntry } from '../call/ledger.ts';

/**
 * A decision round is one write on the call: frame and single decision are safe by that alone. The
 * applications then take over their outcomes, here for the caller who waits and again from the event
 * for what a crash left; doing it twice changes nothing.
 */
@Injectable()
export class DecisionService {
  constructor(
    private readonly calls: CallRepository,
    private readonly applications: ApplicationRepository,
    private readonly clock: Clock,
  ) {}

  async decide({ request, caller }: Asked<typeof decideCall>): Promise<EndpointReply<typeof decideCall>> {
    const { params, body, ifMatch, idempotency } = request;
    const roundId = idempotency ? derivedId('round', params.id, caller.actor.id, idempotency.key) : newId();
    let context: WriteContext | undefined;
    const ids = body.outcomes.map((outcome) => outcome.applicationId);
    const candidates = await this.applications.findMany(ids);
    const { stored, replayed } = await this.calls.change(params.id, {
      ...(ifMatch !== undefined && { ifMatch }),
      authorize: (call) => {
        const place = placeOfCall(call.state);
        requireVisible(caller.actor, 'call', place);
        const stamp = require(caller.actor, 'decisions', 'call', place);
        const cleared = Clearance.require(caller.actor, 'decisions', mattersOf(params.id, candidates));
        context = writeContext(decideCall, request, caller, stamp, this.clock, cleared);
        return context;
      },
      decide: async (call) => {
        const entries = await this.entriesOf(params.id, call.state, body, roundId, caller.actor);
        return decideRound(params.id, call.state, roundId, entries);
      },
    });
    failPoint('decision.before-outcomes');
    const entries = stored.state.ledger.filter((entry) => entry.roundId === roundId);
    await this.takeOverAll(stored, entries, context);
    const call = (await this.calls.find(params.id)) ?? stored;
    return {
      body: {
        roundId,
        callId: call.id,
        decidedOn: body.decidedOn,
        decidedBy: body.decidedBy,
        outcomes: call.state.ledger
          .filter((entry) => entry.roundId === roundId)
          .map((entry) => ({
            applicationId: entry.applicationId,
            reference: entry.reference,
            region: entry.region as never,
            outcome: entry.outcome,
            amount: entry.outcome === 'granted' ? toMoney(entry.amount) : null,
            conditions: entry.conditions.map((condition) => ({ ...condition })),
            reason: entry.reason,
          })),
        frame: toFrameView(call.state),
      },
      revision: call.revision,
      ...(replayed && { replayed: true as const }),
    };
  }

  /** From the event: what the caller did not wait for because of a crash. */
  async finishRound(callId: string, roundId: string): Promise<void> {
    const call = await this.calls.find(callId);
    if (!call) throw new DomainError('not-found');
    await this.takeOverAll(
      call,
      call.state.ledger.filter((entry) => entry.roundId === roundId),
      undefined,
    );
  }

  private async entriesOf(
    callId: string,
    call: Call,
    round: DecisionRound,
    roundId: string,
    decider: Actor,
  ): Promise<LedgerEntry[]> {
    const ids = round.outcomes.map((outcome) => outcome.applicationId);
    const known = new Map((await this.applications.findMany(ids)).map((stored) => [stored.id, stored]));
    // Once more, on what they are now: somebody may have assessed one while this round waited for its turn.
    Clearance.require(decider, 'decisions', mattersOf(callId, known.values()));
    const faults: Fault[] = [];
    const entries: LedgerEntry[] = [];
    const seen = new Set<string>();
    const decided: string[] = [];
    for (const [index, outcome] of round.outcomes.entries()) {
      const pointer = `/outcomes/${index}`;
      const application = known.get(outcome.applicationId);
      if (seen.has(outcome.applicationId)) {
        faults.push({
          pointer: `${pointer}/applicationId`,
          code: 'duplicate',
          params: { value: outcome.applicationId },
        });
      }
      seen.add(outcome.applicationId);
      if (application?.state.callId === callId && application.state.decision) decided.push(application.id);
      else if (application?.state.callId !== callId || application.state.state !== 'submitted') {
        faults.push({ pointer: `${pointer}/applicationId`, code: 'unknown-application' });
        continue;
      }
      faults.push(...amountFaults(outcome, application, call, pointer));
      entries.push({
        applicationId: application.id,
        reference: application.state.reference,
        region: application.state.region,
        themeId: application.state.themeId ?? null,
        outcome: outcome.outcome,
        amount: outcome.outcome === 'granted' && outcome.amount ? toOre(outcome.amount) : 0,
        conditions: outcome.conditions,
        reason: outcome.reason,
        roundId,
        decidedOn: round.decidedOn,
        decidedBy: round.decidedBy,
        recordedBy: decider.id,
      });
    }
    if (decided.length > 0) throw new DomainError('already-decided', { extra: { applicationIds: decided } });
    if (faults.length > 0) throw invalidInput(faults);
    return entries;
  }

  private async takeOverAll(
    call: Stored<Call>,
    entries: readonly LedgerEntry[],
    by: WriteContext | undefined,
  ): Promise<void> {
    const open = entries.filter((entry) => entry.outcome !== 'voided');
    const atOnce = 16;
    for (let from = 0; from < open.length; from += atOnce) {
      await Promise.all(open.slice(from, from + atOnce).map((entry) => this.takeOverOne(call, entry, by)));
    }
  }

  private async takeOverOne(
    call: Stored<Call>,
    entry: LedgerEntry,
    by: WriteContext | undefined,
  ): Promise<void> {
    const context: WriteContext = {
      actor: by?.actor ?? { id: 'service:applications', kind: 'service' },
      time: this.clock.now(),
      command: 'applications.takeOver',
      ...(by?.traceparent !== undefined && { traceparent: by.traceparent }),
    };
    let withdrawn = false;
    await this.applications.change(entry.applicationId, {
      authorize: () => context,
      decide: ({ id, state }) => {
        const taken = takeOver(id, state, call.state, entry);
        withdrawn = taken === 'withdrawn';
        return taken === 'withdrawn' ? { state, events: [] } : taken;
      },
    });
    if (!withdrawn) return;
    await this.calls.change(call.id, {
      authorize: () => context,
      decide: ({ id, state }) => voidDecision(id, state, entry.applicationId),
    });
  }
}

/** Those of the call alone: nothing is told of others. */
function mattersOf(callId: string, applications: Iterable<Stored<Application>>) {
  const ofCall = [...applications].filter(({ state }) => state.callId === callId);
  return new Map(ofCall.map(({ id, state }) => [id, matterOf(state)]));
}

function amountFaults(
  outcome: DecisionRound['outcomes'][number],
  application: Stored<Application>,
  call: Call,
  pointer: string,
): Fault[] {
  const { amount } = outcome;
  if (outcome.outcome === 'rejected') {
    return amount && toOre(amount) > 0 ? [{ pointer: `${pointer}/amount`, code: 'amount-not-expected' }] : [];
  }
  if (!amount) return [{ pointer: `${pointer}/amount`, code: 'amount-required' }];
  const ore = toOre(amount);
  if (ore === 0) return [{ pointer: `${pointer}/amount`, code: 'amount-zero' }];
  const { requested } = application.state;
  if (ore > requested) {
    return [
      {
        pointer: `${pointer}/amount`,
        code: 'amount-above-requested',
        params: { maximum: decimalKronor(requested) },
      },
    ];
  }
  if (call.largestGrant !== undefined && ore > call.largestGrant) {
    return [
      {
        pointer: `${pointer}/amount`,
        code: 'amount-above-largest',
        params: { maximum: decimalKronor(call.largestGrant) },
      },
    ];
  }
  return [];
}
