import {
  occurred,
  thinningAdvanced,
  thinningFinished,
  thinningStarted,
  type ActorStamp,
  type NewEvent,
  type ThinnedThing,
} from '#libs/contracts';
import { type ThinningRule } from './thinning-rule.ts';

/** Things that one protocol holds at the most: it is one document. What is left is another run's. */
export const thingsInRun = 5000;

type OfRule = Pick<ThinningRule, 'title' | 'documentType' | 'after' | 'decisionReference'>;

/** The protocol of a run, with a copy of the rule as it was then. Paths and ids, never values. */
export interface ThinningRun extends OfRule {
  readonly ruleId: string;
  /** Things are looked at as on this day. */
  readonly on: string;
  readonly by: ActorStamp;
  readonly state: 'running' | 'finished' | 'stopped';
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly things: readonly ThinnedThing[];
  readonly waiting: number;
  /** How far it has come in the owner's order; null: from the beginning. */
  readonly position: string | null;
  /** Things were left because the protocol was full. */
  readonly more: boolean;
}

interface Change {
  readonly state: ThinningRun;
  readonly events: readonly NewEvent[];
}

export function startRun(
  id: string,
  ruleId: string,
  { title, documentType, after, decisionReference }: OfRule,
  { by, at, on }: { readonly by: ActorStamp; readonly at: Date; readonly on: string },
): Change {
  const state: ThinningRun = {
    ruleId,
    title,
    documentType,
    after,
    decisionReference,
    on,
    by,
    state: 'running',
    startedAt: at,
    finishedAt: null,
    things: [],
    waiting: 0,
    position: null,
    more: false,
  };
  return {
    state,
    events: [occurred(thinningStarted, { runId: id, ruleId, documentType, decisionReference, on })],
  };
}

/** A part of what a rule reaches was gone through, beginning at `from`. */
export interface Progress {
  readonly from: string | null;
  readonly things: readonly ThinnedThing[];
  readonly next: string | null;
}

/** Writes a part down. Nothing to do when somebody else has done so: parts are taken one after the other. */
export function advanceRun(id: string, run: ThinningRun, { from, things, next }: Progress, at: Date): Change {
  if (run.state !== 'running' || run.position !== from) return { state: run, events: [] };
  const thinned = things.filter(({ outcome }) => outcome === 'thinned');
  const all = [...run.things, ...thinned];
  const isFull = next !== null && all.length >= thingsInRun;
  const state: ThinningRun = {
    ...run,
    things: all,
    waiting: run.waiting + things.length - thinned.length,
    position: next,
    more: isFull,
  };
  const advanced = occurred(thinningAdvanced, {
    runId: id,
    ruleId: run.ruleId,
    things: thinned.map((thing) => ({
      id: thing.id,
      fields: thing.fields,
      journalEntries: thing.journalEntries,
    })),
  });
  const events = thinned.length > 0 ? [advanced] : [];
  if (next !== null && !isFull) return { state, events };
  const ended = endRun(id, state, 'finished', at);
  return { state: ended.state, events: [...events, ...ended.events] };
}

/** The rule has ended while the run was under way: what is not thinned yet stays. */
export function stopRun(id: string, run: ThinningRun, at: Date): Change {
  return run.state === 'running' ? endRun(id, run, 'stopped', at) : { state: run, events: [] };
}

function endRun(id: string, run: ThinningRun, state: 'finished' | 'stopped', at: Date): Change {
  const { ruleId, things, waiting } = run;
  return {
    state: { ...run, state, finishedAt: at },
    events: [occurred(thinningFinished, { runId: id, ruleId, state, thinned: things.length, waiting })],
  };
}
