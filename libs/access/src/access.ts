import { DomainError, type Actor, type ActorStamp, type Assignment } from '#libs/contracts';
import { rules, type Command, type Place, type Resource, type Rule } from './rules.ts';

function reaches(rule: Rule, held: Assignment, place: Place): boolean {
  // A thing whose state is not told is not in any: the same cut as the filter of the lists makes.
  if (rule.states && (place.state === undefined || !rule.states.includes(place.state))) return false;
  switch (rule.reach) {
    case 'everywhere':
      return true;
    case 'rcc':
      return held.rcc !== undefined && held.rcc === place.rcc;
    case 'region':
      return (
        held.region !== undefined &&
        (held.region === place.region || (place.regions ?? []).includes(held.region))
      );
  }
}

function grounds(actor: Actor, command: Command, resource: Resource, place: Place): Assignment | undefined {
  return actor.assignments.find((held) =>
    rules.some(
      (rule) =>
        rule.role === held.role &&
        rule.resource === resource &&
        rule.commands.includes(command) &&
        reaches(rule, held, place),
    ),
  );
}

/** May the actor do this to that? */
export function may(actor: Actor, command: Command, resource: Resource, place: Place): boolean {
  return actor.kind === 'service' || grounds(actor, command, resource, place) !== undefined;
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
  if (actor.kind === 'service') return { id: actor.id, kind: actor.kind };
  const held = grounds(actor, command, resource, place);
  if (!held) throw new DomainError('forbidden', { params: { command } });
  return { id: actor.id, kind: actor.kind, ...held };
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

/** A condition for the database that lets through exactly what the actor may read. */
export type VisibleWhere = Record<string, unknown> | null;

/**
 * The `read` rules as a filter for lists, counts and totals: `{}` lets everything through, `null`
 * nothing. `regionField` names where the thing keeps its region or regions.
 */
export function visibleWhere(
  actor: Actor,
  resource: Resource,
  regionField: 'region' | 'regions' = 'region',
): VisibleWhere {
  if (actor.kind === 'service') return {};
  const conditions: Record<string, unknown>[] = [];
  for (const held of actor.assignments) {
    for (const rule of rules) {
      if (rule.role !== held.role || rule.resource !== resource || !rule.commands.includes('read')) continue;
      const condition: Record<string, unknown> = {};
      if (rule.reach === 'rcc') {
        if (held.rcc === undefined) continue;
        condition['rcc'] = held.rcc;
      }
      if (rule.reach === 'region') {
        if (held.region === undefined) continue;
        condition[regionField] = held.region;
      }
      if (rule.states) condition['state'] = { $in: [...rule.states] };
      if (Object.keys(condition).length === 0) return {};
      conditions.push(condition);
    }
  }
  // A single condition stands alone: planners choose an index for it more readily than for one of `$or`.
  const [only] = conditions;
  if (conditions.length <= 1) return only ?? null;
  return { $or: conditions };
}
