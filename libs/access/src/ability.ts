import { createMongoAbility, subject, type MongoAbility, type RawRuleOf } from '@casl/ability';
import { type Actor, type Assignment, type Command, type Resource } from '#libs/contracts';
import { unitDigest, wholeRegion } from '#libs/unit-digest';
import { rules, type Place, type Rule } from './rules.ts';

/** Things that belong to several regions, or to several RCC, at once. */
const severalRegions = new Set<Resource>(['call']);
const severalRccs = new Set<Resource>(['organisation', 'person', 'role-assignment', 'api-client']);

/** Things that know their clinic by its digest: they come from events, which carry no names. */
const digestedUnits = new Set<Resource>(['deadline', 'notification']);

/** A condition in MongoDB's query language: for CASL's matcher and for the database alike. */
export type Condition = Readonly<Record<string, unknown>>;

type ActorAbility = MongoAbility<[Command, Resource | (Place & { __caslSubjectType__?: Resource })]>;

/** What an actor may do, and which assignment gives which right. */
export interface Abilities {
  readonly ability: ActorAbility;
  readonly grounds: ReadonlyMap<RawRuleOf<ActorAbility>, Assignment>;
}

/** Null: the role is held in no place that the reach could start from, so it reaches nowhere. */
function conditionOf(rule: Rule, held: Assignment, actor: Actor): Condition | null {
  const region = severalRegions.has(rule.resource) ? 'regions' : 'region';
  const rcc = severalRccs.has(rule.resource) ? 'rccs' : 'rcc';
  const states = rule.states && { state: { $in: [...rule.states] } };
  switch (rule.reach) {
    case 'national':
      return { ...states };
    case 'ownRcc':
      return held.rcc === undefined ? null : { [rcc]: held.rcc, ...states };
    case 'involved':
      return held.rcc === undefined ? null : { [rcc]: held.rcc, assessors: actor.id, ...states };
    case 'ownRegion':
      return held.region === undefined ? null : { [region]: held.region, ...states };
    case 'ownUnit':
      if (held.region === undefined) return null;
      return { [region]: held.region, ...unitOf(rule.resource, held.region, held.unit), ...states };
  }
}

function unitOf(resource: Resource, region: string, unit: string | undefined): Condition {
  if (unit === undefined) return {};
  if (!digestedUnits.has(resource)) return { unit };
  return { unitDigest: { $in: [unitDigest(region, unit), wholeRegion] } };
}

// An actor's abilities are asked for several times while one request is answered.
const known = new WeakMap<Actor, Abilities>();

/** The table's lines for the roles that the actor holds. */
export function abilitiesOf(actor: Actor): Abilities {
  const before = known.get(actor);
  if (before) return before;
  const grounds = new Map<RawRuleOf<ActorAbility>, Assignment>();
  for (const held of actor.assignments) {
    for (const rule of rules) {
      if (rule.role !== held.role) continue;
      const conditions = conditionOf(rule, held, actor);
      if (!conditions) continue;
      const isBound = Object.keys(conditions).length > 0;
      grounds.set(
        {
          action: [...rule.commands],
          subject: rule.resource,
          ...(isBound && { conditions }),
        } as RawRuleOf<ActorAbility>,
        held,
      );
    }
  }
  // CASL lets the last rule that fits decide; the journal names the first role that permits.
  const abilities = { ability: createMongoAbility<ActorAbility>([...grounds.keys()].toReversed()), grounds };
  known.set(actor, abilities);
  return abilities;
}

/** A thing as CASL wants to see it. */
export function thing(resource: Resource, place: Place): Place & { __caslSubjectType__: Resource } {
  return subject(resource, { ...place }) as Place & { __caslSubjectType__: Resource };
}
