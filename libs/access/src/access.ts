import {
  DomainError,
  type Actor,
  type ActorStamp,
  type Assignment,
  type Command,
  type Resource,
} from '#libs/contracts';
import { abilitiesOf, thing, type Condition } from './ability.ts';
import { type Place } from './rules.ts';

function groundsOf(actor: Actor, command: Command, resource: Resource, place: Place): Assignment | undefined {
  const { ability, grounds } = abilitiesOf(actor);
  const rule = ability.relevantRuleFor(command, thing(resource, place));
  return rule ? grounds.get(rule.origin) : undefined;
}

/** May the actor do this to that? */
export function may(actor: Actor, command: Command, resource: Resource, place: Place): boolean {
  return actor.kind === 'service' || groundsOf(actor, command, resource, place) !== undefined;
}

/** Errors: `not-found` (404) when the caller may not know that the thing exists. */
export function requireVisible(actor: Actor, resource: Resource, place: Place): void {
  if (!may(actor, 'read', resource, place)) throw new DomainError('not-found');
}

/**
 * The role under which the actor acts, for the journal. Errors: `forbidden` (403). Ask
 * {@link requireVisible} first where the caller may not know that the thing exists.
 */
export function require(actor: Actor, command: Command, resource: Resource, place: Place): ActorStamp {
  if (actor.kind === 'service') return stampOf(actor);
  const held = groundsOf(actor, command, resource, place);
  if (!held) throw new DomainError('forbidden', { params: { command } });
  return { ...stampOf(actor), ...held };
}

/** Stamp of an act that needs no particular role. */
export function stampOf(actor: Actor): ActorStamp {
  return { id: actor.id, kind: actor.kind };
}

/** Those of the commands that the actor's roles permit. */
export function allowedCommands(
  actor: Actor,
  resource: Resource,
  place: Place,
  commands: readonly Command[],
): Command[] {
  return commands.filter((command) => may(actor, command, resource, place));
}

/** A condition for the database that lets through exactly what the actor may read; null: nothing. */
export type VisibleWhere = Condition | null;

/**
 * The lines of the table for a command, `read` if none is named, as a filter for lists, counts and
 * totals: `{}` lets everything through, `null` nothing.
 */
export function visibleWhere(actor: Actor, resource: Resource, command: Command = 'read'): VisibleWhere {
  if (actor.kind === 'service') return {};
  const conditions: Condition[] = [];
  for (const rule of abilitiesOf(actor).ability.rulesFor(command, resource)) {
    if (!rule.conditions) return {};
    conditions.push(rule.conditions as Condition);
  }
  // A single condition stands alone: planners choose an index for it more readily than for one of `$or`.
  const [only] = conditions;
  if (conditions.length <= 1) return only ?? null;
  return { $or: conditions };
}
