import { may } from '#libs/access';
import {
  type Actor,
  type Command,
  type ThinnedThing,
  type ThinningRuleView,
  type ThinningRunView,
} from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { isInForce, ruleCommands, type RuleCommand, type ThinningRule } from './thinning-rule.ts';
import { type ThinningRun } from './thinning-run.ts';

/** Which right in the access table each of them needs. */
const rights = { edit: 'edit', 'dry-runs': 'thinning', runs: 'thinning' } as const satisfies Record<
  RuleCommand,
  Command
>;

export function toRuleView(stored: Stored<ThinningRule>, actor: Actor, today: string): ThinningRuleView {
  const { title, documentType, after, decisionReference, note, to } = stored.state;
  return {
    id: stored.id,
    title,
    documentType,
    after,
    decisionReference,
    note,
    to,
    state: isInForce(stored.state, today) ? 'active' : 'ended',
    allowed: ruleCommands(stored.state, today).filter((command) =>
      may(actor, rights[command], 'thinning-rule', {}),
    ),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}

export function toRunView({ id, state: run }: Stored<ThinningRun>): ThinningRunView {
  const { ruleId, title, documentType, after, decisionReference, on, by, state, more } = run;
  return {
    id,
    ruleId,
    title,
    documentType,
    after,
    decisionReference,
    on,
    by,
    state,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    counts: { ...countsOf(run.things), waiting: run.waiting },
    more,
  };
}

/** How many of the things were thinned, with how many entries of their journals. */
export function countsOf(things: readonly ThinnedThing[]): ThinningRunView['counts'] {
  const thinned = things.filter(({ outcome }) => outcome === 'thinned');
  return {
    thinned: thinned.length,
    journalEntries: thinned.reduce((sum, { journalEntries }) => sum + journalEntries, 0),
    waiting: things.length - thinned.length,
  };
}
