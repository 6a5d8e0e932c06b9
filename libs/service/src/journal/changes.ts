import { canonical, isBlanked, type JournalEvent } from '#libs/audit';
import { type AuditEntry } from '#libs/contracts';

type Change = AuditEntry['changes'][number];
type Facts = Map<string, unknown>;

/** Tells which fields were changed; the changes themselves say it better. */
const aboutChanges = new Set(['fields']);
/** What of an event's private part is the thing's own fields, as it was created or became. */
const wholes = ['content', 'after'];

/**
 * A journal as who, when, in which role and what changed from what to what. `events`: in order from the first,
 * without what the reader may not see.
 *
 * An event that holds the values before and after is taken at its word. What others state is new (`from` null),
 * unless the thing has had that value all along.
 */
export function toAuditEntries(events: readonly JournalEvent[]): AuditEntry[] {
  const known: Facts = new Map();
  return events.map((event) => ({
    seq: event.seq,
    type: event.type,
    time: event.time,
    actor: event.actor,
    revision: event.revision,
    changes: changesOf(event, known),
    thinned: isBlanked(event),
    hash: event.hash,
    prevHash: event.prevHash,
  }));
}

/** What the event changed. `known`, what the thing itself has been said to be, is brought up to date. */
function changesOf(event: JournalEvent, known: Facts): Change[] {
  const stated = factsOf(event);
  const before = beforeOf(event);
  // Others speak of what happened to the thing: of one assessment, one deadline. The next of them is another.
  const isOfItself = event.seq === 1 || before.size > 0;
  const changes: Change[] = [];
  for (const path of new Set([...before.keys(), ...stated.keys()])) {
    const last = before.has(path) ? before.get(path) : known.get(path);
    const to = stated.get(path);
    if (isOfItself) known.set(path, to);
    if (to === event.aggregate.id || isSame(last, to)) continue;
    changes.push({ path, from: (isOfItself ? last : null) ?? null, to: to ?? null });
  }
  return changes;
}

function factsOf({ data, private: part }: JournalEvent): Facts {
  const facts: Facts = new Map();
  for (const [name, value] of Object.entries(data)) {
    if (!aboutChanges.has(name)) spread(`/${escaped(name)}`, value, facts);
  }
  for (const [name, value] of Object.entries(part?.data ?? {})) {
    if (name === 'before') continue;
    spread(wholes.includes(name) && isPlain(value) ? '' : `/${escaped(name)}`, value, facts);
  }
  return facts;
}

function beforeOf({ private: part }: JournalEvent): Facts {
  const facts: Facts = new Map();
  const before = part?.data['before'];
  if (isPlain(before)) spread('', before, facts);
  return facts;
}

/** Every value by its JSON Pointer; what is empty counts as a value. */
function spread(path: string, value: unknown, facts: Facts): void {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    facts.set(path, value);
    return;
  }
  for (const [name, inner] of Object.entries(value)) spread(`${path}/${escaped(name)}`, inner, facts);
}

/** A name in a JSON Pointer (RFC 6901, 3). */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return canonical(one ?? null) === canonical(other ?? null);
}
