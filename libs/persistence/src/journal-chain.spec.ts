import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { documentHashOf, verifyChain, type ChainHead, type JournalEvent } from '#libs/audit';
import { type NewEvent } from '#libs/contracts';
import { sealEvents } from './journal-chain.ts';
import { scopedKey, type WriteContext } from './write-context.ts';

const aggregate = { type: 'application', id: 'a-1' };
const start: ChainHead = { seq: 0, hash: null };

function context(command = 'submit'): WriteContext {
  return {
    actor: { id: 'person-1', kind: 'person', role: 'regionSystem', region: 'kalmar' },
    time: new Date('2026-12-01T08:00:00.123Z'),
    command,
    idempotency: { key: 'nyckel', fingerprint: 'f' },
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  };
}

const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>;
const data = fc.dictionary(
  fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
  value,
  { maxKeys: 4 },
);
const newEvent: fc.Arbitrary<NewEvent> = fc.record(
  {
    type: fc.constantFrom('application.changed', 'application.submitted'),
    version: fc.constant(1),
    data,
    private: data,
  },
  { requiredKeys: ['type', 'version', 'data'] },
) as fc.Arbitrary<NewEvent>;

/** What a change leaves a document as. */
const content = (revision: number): string => documentHashOf('salt', { revision });

/** A chain made in one write per event, and the head its document has. */
function chainOf(events: readonly NewEvent[]): { chain: JournalEvent[]; head: ChainHead } {
  const chain: JournalEvent[] = [];
  for (const each of events) {
    const revision = chain.length + 1;
    const document = { before: revision === 1 ? null : content(revision - 1), after: content(revision) };
    chain.push(...sealEvents(headOf(chain), aggregate, revision, [each], context(), document));
  }
  return { chain, head: headOf(chain) };
}

function headOf(chain: readonly JournalEvent[]): ChainHead {
  const last = chain.at(-1);
  return last ? { seq: last.seq, hash: last.hash } : start;
}

type Mutable = Record<string, unknown>;

/** Every place in an event that holds something, as paths. */
function placesIn(event: unknown, path: string[] = []): string[][] {
  if (typeof event !== 'object' || event === null) return path.length > 0 ? [path] : [];
  const deeper = Object.entries(event).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length > 0 ? [path, ...deeper] : deeper;
}

function withChange(
  event: JournalEvent,
  path: readonly string[],
  change: (holder: Mutable, key: string) => void,
): JournalEvent {
  const copy = structuredClone(event) as unknown as Mutable;
  let holder = copy;
  for (const step of path.slice(0, -1)) holder = holder[step] as Mutable;
  change(holder, path.at(-1) as string);
  return copy as unknown as JournalEvent;
}

const faultAt: Record<string, string> = { seq: 'sequence', prevHash: 'previous', private: 'private' };

describe('a chain', () => {
  test('verifies as it was sealed, by one write or by many, and empty', () => {
    expect(verifyChain([], start)).toBeNull();
    fc.assert(
      fc.property(fc.array(newEvent, { minLength: 1, maxLength: 8 }), (events) => {
        const { chain, head } = chainOf(events);
        expect(verifyChain(chain, head)).toBeNull();
        const atOnce = sealEvents(start, aggregate, 1, events, context());
        expect(verifyChain(atOnce, headOf(atOnce))).toBeNull();
        expect(atOnce.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
        expect(new Set(atOnce.map((event) => event.id)).size).toBe(events.length);
      }),
    );
  });

  test('records who, when, under which key and in which trace', () => {
    const [event] = sealEvents(start, aggregate, 7, [{ type: 't', version: 2, data: { a: 1 } }], context());
    expect(event).toMatchObject({
      ...{
        type: 't',
        version: 2,
        time: '2026-12-01T08:00:00.123Z',
        seq: 1,
        prevHash: null,
        aggregate,
        revision: 7,
      },
      ...{
        actor: context().actor,
        idempotencyKey: scopedKey(context()),
        traceparent: context().traceparent,
        data: { a: 1 },
      },
      ...{ privateHash: null, private: null },
    });
  });

  test('records the key as a hash, since a caller may write a name into it', () => {
    const [event] = sealEvents(start, aggregate, 1, [{ type: 't', version: 1, data: {} }], context());
    expect(JSON.stringify(event)).not.toContain('nyckel');
    const other = { ...context(), actor: { id: 'person-2', kind: 'person' as const } };
    expect(scopedKey(other)).not.toBe(scopedKey(context()));
    expect(scopedKey({ ...context(), idempotency: undefined })).toBeNull();
  });

  test('verifies however the keys of its events are ordered', () => {
    const { chain, head } = chainOf([
      { type: 't', version: 1, data: { b: 1, a: { d: 2, c: 3 } }, private: { y: 1, x: 2 } },
    ]);
    const reversed = (input: unknown): unknown =>
      Array.isArray(input) || typeof input !== 'object' || input === null
        ? input
        : Object.fromEntries(
            Object.entries(input)
              .toReversed()
              .map(([key, inner]) => [key, reversed(inner)]),
          );
    expect(
      verifyChain(
        chain.map((event) => reversed(event) as JournalEvent),
        head,
      ),
    ).toBeNull();
  });

  test('verifies when private parts are blanked, since thinning does that', () => {
    fc.assert(
      fc.property(
        fc.array(newEvent, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        (events, blank) => {
          const { chain, head } = chainOf(events);
          const thinned = chain.map((event) => (blank.next().value ? { ...event, private: null } : event));
          expect(verifyChain(thinned, head)).toBeNull();
        },
      ),
    );
  });

  test('says nothing of a blanked private part: equal parts have different hashes', () => {
    const [one, two] = sealEvents(
      start,
      aggregate,
      1,
      ['a', 'b'].map(() => ({ type: 't', version: 1, data: {}, private: { name: 'Anna' } })),
      context(),
    );
    expect(one?.privateHash).not.toBe(two?.privateHash);
  });

  test('holds an actor stamp with empty members as it will come back from storage', () => {
    const actor = { id: 'a', kind: 'person', role: undefined } as never;
    const [event] = sealEvents(
      start,
      aggregate,
      1,
      [{ type: 't', version: 1, data: { a: undefined, on: new Date(0) } }],
      { ...context(), actor },
    );
    expect(verifyChain([JSON.parse(JSON.stringify(event)) as JournalEvent])).toBeNull();
    expect(event?.actor).toEqual({ id: 'a', kind: 'person' });
    expect(Object.keys(event?.actor ?? {})).toEqual(['id', 'kind']);
    expect(event?.data).toEqual({ on: '1970-01-01T00:00:00.000Z' });
  });
});

describe('of 1,000 random tampers each is found at its first bad place', () => {
  type Tamper = (
    chain: JournalEvent[],
    pick: (below: number) => number,
  ) => { tampered: JournalEvent[]; at: number; fault?: string } | null;

  const another = (old: unknown, salt: number): unknown => {
    const choices = [
      '',
      'annat',
      salt + 0.5,
      -1,
      null,
      true,
      {},
      [],
      Number.NaN,
      Number.POSITIVE_INFINITY,
      { a: salt },
      `${String(old)} `,
    ];
    const choice = choices[salt % choices.length];
    return JSON.stringify(choice) === JSON.stringify(old) ? 'något annat' : choice;
  };

  const change: Tamper = (chain, pick) => {
    const index = pick(chain.length);
    const event = chain[index] as JournalEvent;
    const places = placesIn(event);
    const path = places[pick(places.length)] as string[];
    const tampered = chain.with(
      index,
      withChange(event, path, (holder, key) => (holder[key] = another(holder[key], pick(1000)))),
    );
    // Taking the whole private part away is what thinning does.
    if (tampered[index]?.private === null) return null;
    return { tampered, at: index + 1, fault: faultAt[path[0] as string] ?? 'hash' };
  };

  const removeField: Tamper = (chain, pick) => {
    const index = pick(chain.length);
    const event = chain[index] as JournalEvent;
    const places = placesIn(event).filter((path) => path[0] !== 'private' || path.length > 1);
    const path = places[pick(places.length)] as string[];
    return {
      tampered: chain.with(
        index,
        withChange(event, path, (holder, key) => delete holder[key]),
      ),
      at: index + 1,
      fault: faultAt[path[0] as string] ?? 'hash',
    };
  };

  const addPrivate: Tamper = (chain, pick) => {
    const index = chain.findIndex((event) => event.privateHash === null);
    if (index < 0) return null;
    const event = { ...(chain[index] as JournalEvent), private: { salt: 's', data: { a: pick(9) } } };
    return { tampered: chain.with(index, event), at: index + 1, fault: 'private' };
  };

  const removeEvent: Tamper = (chain, pick) => {
    const index = pick(chain.length);
    const last = index === chain.length - 1;
    return { tampered: chain.toSpliced(index, 1), at: index + 1, fault: last ? 'head' : 'sequence' };
  };

  const swap: Tamper = (chain, pick) => {
    const [a, b] = [pick(chain.length), pick(chain.length)];
    if (a === b) return null;
    return {
      tampered: chain.with(a, chain[b] as JournalEvent).with(b, chain[a] as JournalEvent),
      at: Math.min(a, b) + 1,
      fault: 'sequence',
    };
  };

  const truncate: Tamper = (chain, pick) => {
    const kept = pick(chain.length);
    return { tampered: chain.slice(0, kept), at: kept + 1, fault: 'head' };
  };

  const repeat: Tamper = (chain, pick) => {
    const index = pick(chain.length);
    return {
      tampered: chain.toSpliced(index + 1, 0, chain[index] as JournalEvent),
      at: index + 2,
      fault: 'sequence',
    };
  };

  const forge = (chain: readonly JournalEvent[]): JournalEvent[] =>
    sealEvents(
      headOf(chain),
      aggregate,
      chain.length + 1,
      [{ type: 'application.granted', version: 1, data: { amount: 1 } }],
      context(),
    );

  const insert: Tamper = (chain, pick) => {
    const index = pick(chain.length);
    const before = chain.slice(0, index);
    // The forged link itself is sound: what follows it gives it away.
    return {
      tampered: [...before, ...forge(before), ...chain.slice(index)],
      at: index + 2,
      fault: 'sequence',
    };
  };

  const append: Tamper = (chain) => ({
    tampered: [...chain, ...forge(chain)],
    at: chain.length + 1,
    fault: 'head',
  });

  const rewrite: Tamper = (chain, pick) => {
    const index = pick(chain.length);
    const last = index === chain.length - 1;
    const tampered = [...chain.slice(0, index), ...forge(chain.slice(0, index)), ...chain.slice(index + 1)];
    return last ? { tampered, at: index + 1, fault: 'head' } : { tampered, at: index + 2, fault: 'previous' };
  };

  const rewriteAll: Tamper = (chain) => {
    const tampered = sealEvents(
      start,
      aggregate,
      1,
      chain.map(({ type, version }) => ({ type, version, data: { forged: true } })),
      context(),
    );
    return { tampered, at: chain.length, fault: 'head' };
  };

  /** The document, not the chain: the next change found something else than the one before had left. */
  const changeDocument: Tamper = (chain, pick) => {
    const index = 1 + pick(chain.length - 1);
    const tampered = [...chain.slice(0, index)];
    for (const event of chain.slice(index)) {
      const { revision, type, version } = event;
      const found = content(revision === index + 1 ? -1 : revision - 1);
      const document = { before: found, after: content(revision) };
      tampered.push(
        ...sealEvents(
          headOf(tampered),
          aggregate,
          revision,
          [{ type, version, data: event.data }],
          context(),
          document,
        ),
      );
    }
    return { tampered, at: index + 1, fault: 'document-before' };
  };

  const tampers = {
    changeDocument,
    change,
    removeField,
    addPrivate,
    removeEvent,
    swap,
    truncate,
    repeat,
    insert,
    append,
    rewrite,
    rewriteAll,
  };

  test('whatever is done to it', () => {
    const counts: Record<string, number> = {};
    fc.assert(
      fc.property(
        fc.array(newEvent, { minLength: 2, maxLength: 8 }),
        fc.constantFrom(
          ...(Object.keys(tampers) as (keyof typeof tampers)[]),
          'change' as const,
          'change' as const,
        ),
        fc.infiniteStream(fc.nat({ max: 1_000_000 })),
        (events, name, numbers) => {
          const { chain, head } = chainOf(events);
          const outcome = tampers[name](chain, (below) => numbers.next().value % below);
          fc.pre(outcome !== null);
          counts[name] = (counts[name] ?? 0) + 1;
          expect({ name, ...verifyChain(outcome.tampered, head) }).toEqual({
            name,
            at: outcome.at,
            fault: outcome.fault,
          });
        },
      ),
      { numRuns: 1000 },
    );
    expect(Object.keys(counts).sort()).toEqual(Object.keys(tampers).sort());
  });
});
