import {
  exportLine,
  hashOf,
  type DocumentHashes,
  type EventRecord,
  type JournalEvent,
  type LeafRecord,
} from '#libs/audit';
import {
  headsOf,
  keyOf,
  linesIn,
  newKey,
  nextLink,
  rehashed,
  rootsOf,
  type Pick,
  type Sample,
  type TestKey,
} from './sample-export.ts';

/** What the verifier must say, as far as a tamper decides it. */
export interface Expected {
  readonly code?: string;
  readonly place: {
    readonly line?: number;
    readonly service?: string;
    readonly aggregate?: { readonly type: string; readonly id: string };
    readonly seq?: number;
    readonly eventId?: string;
    readonly leaf?: number;
    readonly treeSize?: number;
  };
}

export interface Tampered {
  readonly lines: readonly string[];
  readonly expected: Expected;
  /** Only someone who has the key from elsewhere can know. */
  readonly needsKey?: boolean;
}

/** Null when the sample has no place for it. */
type Tamper = (sample: Sample, pick: Pick, key: TestKey) => Tampered | null;

type Loose = Record<string, unknown>;

const one = <T>(items: readonly T[], pick: Pick): T => items[pick(items.length)] as T;

/** Line of an event, from 1: the header is the first. */
const lineOf = (event: number): number => event + 2;
const headLine = (sample: Sample, name: string): number =>
  2 + sample.events.length + sample.heads.findIndex((head) => keyOf(head) === name);
const leafLine = (sample: Sample, index: number): number =>
  2 + sample.events.length + sample.heads.length + index;
const rootLine = (sample: Sample, index: number): number => leafLine(sample, sample.leaves.length) + index;

const chainKey = ({ service, event }: EventRecord): string => keyOf({ service, aggregate: event.aggregate });
const placeOf = ({ service, event }: EventRecord) => ({
  service,
  aggregate: event.aggregate,
  seq: event.seq,
  eventId: event.id,
});

function chainOf(sample: Sample, name: string): EventRecord[] {
  return sample.events.filter((record) => chainKey(record) === name);
}

/** The sample with other events in the place of a chain's own. */
function withChain(sample: Sample, name: string, chain: readonly JournalEvent[]): Sample {
  const rest = [...chain];
  const events = sample.events.flatMap((record) => {
    if (chainKey(record) !== name) return [record];
    const event = rest.shift();
    return event ? [{ ...record, event }] : [];
  });
  return { ...sample, events };
}

function loggedSeq(sample: Sample, name: string): number {
  return Math.max(0, ...leavesOf(sample, name).map(({ leaf }) => leaf.seq));
}

function leavesOf(sample: Sample, name: string): LeafRecord[] {
  return sample.leaves.filter((record) => leafKey(record) === name);
}

function leafKey({ leaf: { service, aggregateType: type, aggregateId: id } }: LeafRecord): string {
  return keyOf({ service, aggregate: { type, id } });
}

/** The first root over a leaf. */
function rootOver(sample: Sample, leaf: number): number {
  return sample.roots.findIndex(({ root }) => root.treeSize > leaf);
}

function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : [];
  const deeper = Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length > 0 ? [path, ...deeper] : deeper;
}

function altered<T>(record: T, path: readonly string[], change: (holder: Loose, key: string) => void): T {
  const copy = structuredClone(record);
  let holder = copy as Loose;
  for (const step of path.slice(0, -1)) holder = holder[step] as Loose;
  change(holder, path.at(-1) as string);
  return copy;
}

function another(old: unknown, pick: Pick): unknown {
  const choices = ['', 'annat', pick(1e6) + 0.5, -1, null, true, {}, [], { a: 1 }, `${String(old)} `];
  const choice = one(choices, pick);
  return JSON.stringify(choice) === JSON.stringify(old) ? 'något annat' : choice;
}

/** A changed link and, so that nobody notices, every hash behind it and the head. */
function rewritten(
  sample: Sample,
  pick: Pick,
): { sample: Sample; name: string; from: number; leaf: LeafRecord } | null {
  const name = chainKey(one(sample.events, pick));
  const logged = loggedSeq(sample, name);
  const chain = chainOf(sample, name).map(({ event }) => event);
  const at = pick(logged);
  const event = chain[at] as JournalEvent;
  const changed = chain.with(at, { ...event, data: { ...event.data, amount: -1 } });
  const after = withChain(sample, name, rehashed(changed));
  const leaf = leavesOf(sample, name).find((each) => each.leaf.seq > at);
  if (!leaf) return null;
  return { sample: { ...after, heads: headsOf(after.events) }, name, from: at + 1, leaf };
}

/** As above, and the entries of the log made to agree. */
function rewrittenWithLog(sample: Sample, pick: Pick): { sample: Sample; leaf: number; root: number } | null {
  const outcome = rewritten(sample, pick);
  if (!outcome) return null;
  const { name } = outcome;
  const leaves = withLeavesOf(outcome.sample, name);
  const leaf = outcome.leaf.index;
  return { sample: { ...outcome.sample, leaves }, leaf, root: rootOver(sample, leaf) };
}

/** The log as it would be over a chain as it is now. */
function withLeavesOf(sample: Sample, name: string): LeafRecord[] {
  const chain = chainOf(sample, name);
  return sample.leaves.map((record) => {
    const link = chain[record.leaf.seq - 1];
    return leafKey(record) === name && link
      ? { ...record, leaf: { ...record.leaf, hash: link.event.hash } }
      : record;
  });
}

const sizesOf = (sample: Sample): number[] => sample.roots.map(({ root }) => root.treeSize);

const events = {
  changeField: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const path = one(placesIn(record.event), pick);
    const changed = altered(record, ['event', ...path], (holder, key) => {
      holder[key] = another(holder[key], pick);
    });
    // Taking the whole private part away is what thinning does.
    if (changed.event.private === null && record.event.private !== null) return null;
    return {
      lines: linesIn({ ...sample, events: sample.events.with(at, changed) }),
      expected: placeAfterChange(record, path[0] as string, lineOf(at)),
    };
  },
  removeField: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const path = one(
      placesIn(record.event).filter(([first]) => first !== 'private'),
      pick,
    );
    const changed = altered(record, ['event', ...path], (holder, key) => delete holder[key]);
    return {
      lines: linesIn({ ...sample, events: sample.events.with(at, changed) }),
      expected: placeAfterChange(record, path[0] as string, lineOf(at)),
    };
  },
  addField: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const holders = [['x'], ['event', 'x'], ['event', 'actor', 'x'], ['event', 'data', 'x']];
    if (record.event.private) holders.push(['event', 'private', 'x'], ['event', 'private', 'data', 'x']);
    const changed = altered(record, one(holders, pick), (holder, key) => (holder[key] = 'extra'));
    return {
      lines: linesIn({ ...sample, events: sample.events.with(at, changed) }),
      expected: { place: { line: lineOf(at), ...placeOf(record) } },
    };
  },
  addPrivate: (sample, pick) => {
    const open = sample.events.filter(({ event }) => event.privateHash === null);
    if (open.length === 0) return null;
    const record = one(open, pick);
    const at = sample.events.indexOf(record);
    const part = { salt: 's', data: { name: 'Bertil' } };
    const changed = { ...record, event: { ...record.event, private: part } };
    return {
      lines: linesIn({ ...sample, events: sample.events.with(at, changed) }),
      expected: { code: 'private', place: { line: lineOf(at), ...placeOf(record) } },
    };
  },
  remove: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const after = { ...sample, events: sample.events.toSpliced(at, 1) };
    const next = after.events.findIndex((each, index) => index >= at && chainKey(each) === chainKey(record));
    const { service, aggregate, seq } = placeOf(record);
    const follower = after.events[next]?.event.id;
    return {
      lines: linesIn(after),
      expected: follower
        ? {
            code: 'sequence',
            place: { line: lineOf(next), service, aggregate, seq, eventId: follower },
          }
        : {
            code: 'cut-off',
            place: { line: headLine(after, chainKey(record)), service, aggregate, seq },
          },
    };
  },
  swap: (sample, pick) => {
    const record = one(sample.events, pick);
    const chain = chainOf(sample, chainKey(record));
    if (chain.length < 2) return null;
    const first = pick(chain.length - 1);
    const second = first + 1 + pick(chain.length - first - 1);
    const [a, b] = [chain[first] as EventRecord, chain[second] as EventRecord];
    const [atA, atB] = [sample.events.indexOf(a), sample.events.indexOf(b)];
    return {
      lines: linesIn({ ...sample, events: sample.events.with(atA, b).with(atB, a) }),
      expected: {
        code: 'sequence',
        place: { line: lineOf(atA), ...placeOf(a), eventId: b.event.id },
      },
    };
  },
  truncate: (sample, pick) => {
    const name = chainKey(one(sample.events, pick));
    const chain = chainOf(sample, name);
    const kept = pick(chain.length);
    const after = withChain(
      sample,
      name,
      chain.slice(0, kept).map(({ event }) => event),
    );
    const { service, aggregate, seq } = placeOf(chain[kept] as EventRecord);
    return {
      lines: linesIn(after),
      expected: { code: 'cut-off', place: { line: headLine(after, name), service, aggregate, seq } },
    };
  },
  insert: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const forged = nextLink(record.event, record.event.aggregate, pick);
    const after = { ...sample, events: sample.events.toSpliced(at + 1, 0, { ...record, event: forged }) };
    const next = after.events.findIndex(
      (each, index) => index > at + 1 && chainKey(each) === chainKey(record),
    );
    const { service, aggregate } = placeOf(record);
    const follower = after.events[next]?.event.id;
    return {
      lines: linesIn(after),
      // The forged link itself is sound: what follows it gives it away.
      expected: follower
        ? {
            code: 'sequence',
            place: { line: lineOf(next), service, aggregate, seq: forged.seq + 1, eventId: follower },
          }
        : {
            code: 'too-long',
            place: { service, aggregate, seq: forged.seq, eventId: forged.id },
          },
    };
  },
  repeat: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const { seq, ...place } = placeOf(record);
    return {
      lines: linesIn({ ...sample, events: sample.events.toSpliced(at + 1, 0, record) }),
      expected: { code: 'sequence', place: { line: lineOf(at + 1), ...place, seq: seq + 1 } },
    };
  },
  /** One link made to look right by itself. */
  rewriteLink: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    const { hash: _old, ...rest } = record.event;
    const link = { ...rest, data: { ...rest.data, amount: -1 } };
    const after = {
      ...sample,
      events: sample.events.with(at, { ...record, event: { ...link, hash: hashOf(link) } }),
    };
    const next = after.events.findIndex((each, index) => index > at && chainKey(each) === chainKey(record));
    const { service, aggregate, seq } = placeOf(record);
    const follower = after.events[next]?.event.id;
    return {
      lines: linesIn(after),
      expected: follower
        ? {
            code: 'previous',
            place: { line: lineOf(next), service, aggregate, seq: seq + 1, eventId: follower },
          }
        : { code: 'head-hash', place: { line: headLine(after, chainKey(record)), ...placeOf(record) } },
    };
  },
  moveBehindHeads: (sample, pick) => {
    const lines = linesIn(sample);
    // The last of its chain could stand anywhere before the leaves: behind one of them it is out of place.
    const record = chainOf(sample, chainKey(one(sample.events, pick))).at(-1) as EventRecord;
    const line = lines[lineOf(sample.events.indexOf(record)) - 1] as string;
    const rest = lines.filter((each) => each !== line);
    const to = leafLine(sample, 0);
    return {
      lines: rest.toSpliced(to, 0, line),
      expected: { code: 'cut-off', place: { service: record.service, aggregate: record.event.aggregate } },
    };
  },
  /** Sound in itself, but where heads are no longer looked at. */
  lateChain: (sample, pick) => {
    const aggregate = { type: 'application', id: 'sen' };
    const event = nextLink(undefined, aggregate, pick);
    const record: EventRecord = { kind: 'event', service: 'applications', event };
    const added = [record, ...headsOf([record])].map((each) => exportLine(each).trimEnd());
    const at = leafLine(sample, 0) + pick(sample.leaves.length);
    return {
      lines: linesIn(sample).toSpliced(at, 0, ...added),
      expected: { code: 'order', place: { line: at + 1, ...placeOf(record) } },
    };
  },
  /** The document alone was changed, and the product went on from there: every hash, head, leaf and root is right. */
  changeDocument: (sample, pick, key) => {
    const known = sample.events.filter(({ event }) => event.document?.before);
    if (known.length === 0) return null;
    const record = one(known, pick);
    const name = chainKey(record);
    const chain = chainOf(sample, name).map(({ event }) => event);
    const { document } = record.event;
    const found = { ...record.event, document: { ...document, before: 'cd'.repeat(32) } as DocumentHashes };
    const sealed = withChain(sample, name, rehashed(chain.with(record.event.seq - 1, found)));
    const leaves = withLeavesOf(sealed, name);
    const roots = rootsOf(leaves, sizesOf(sample), key);
    return {
      lines: linesIn({ ...sealed, heads: headsOf(sealed.events), leaves, roots }),
      expected: {
        code: 'document-before',
        place: { line: lineOf(sample.events.indexOf(record)), ...placeOf(record) },
      },
    };
  },
  changeService: (sample, pick) => {
    const at = pick(sample.events.length);
    const record = sample.events[at] as EventRecord;
    if (record.event.seq === 1) return null;
    const changed = { ...record, service: 'notifications' as const };
    return {
      lines: linesIn({ ...sample, events: sample.events.with(at, changed) }),
      expected: {
        code: 'sequence',
        place: { line: lineOf(at), service: 'notifications', seq: 1, eventId: record.event.id },
      },
    };
  },
} satisfies Record<string, Tamper>;

/** What names the place may itself be what was changed. */
function placeAfterChange(record: EventRecord, field: string, line: number): Expected {
  const { seq, eventId, ...chain } = placeOf(record);
  if (field === 'aggregate') return { place: { line, eventId } };
  if (field === 'id') return { place: { line, ...chain, seq } };
  if (field === 'seq') return { place: { line, ...chain, eventId } };
  return { place: { line, ...chain, seq, eventId } };
}

const heads = {
  changeHead: (sample, pick) => {
    const head = one(sample.heads, pick);
    const changed = { ...head, hash: 'ab'.repeat(32) };
    const { service, aggregate, seq } = head;
    const line = headLine(sample, keyOf(head));
    return {
      lines: linesIn({ ...sample, heads: sample.heads.map((each) => (each === head ? changed : each)) }),
      expected: { code: 'head-hash', place: { line, service, aggregate, seq } },
    };
  },
  removeHead: (sample, pick) => {
    const head = one(sample.heads, pick);
    const { service, aggregate, seq } = head;
    return {
      lines: linesIn({ ...sample, heads: sample.heads.filter((each) => each !== head) }),
      expected: { code: 'head-missing', place: { service, aggregate, seq } },
    };
  },
  secondHead: (sample, pick) => {
    const head = one(sample.heads, pick);
    const { service, aggregate } = head;
    return {
      lines: linesIn({ ...sample, heads: [...sample.heads, { ...head, seq: head.seq + 1 }] }),
      expected: {
        code: 'head-twice',
        place: { line: leafLine(sample, 0), service, aggregate },
      },
    };
  },
  cutWithHead: (sample, pick) => {
    const name = chainKey(one(sample.events, pick));
    const kept = pick(loggedSeq(sample, name));
    const chain = chainOf(sample, name).map(({ event }) => event);
    const after = withChain(sample, name, chain.slice(0, kept));
    const leaf = leavesOf(sample, name).find((each) => each.leaf.seq > kept) as LeafRecord;
    const { service, aggregateType: type, aggregateId: id, seq } = leaf.leaf;
    return {
      lines: linesIn({ ...after, heads: headsOf(after.events) }),
      expected: {
        code: 'leaf-link',
        place: { leaf: leaf.index, service, aggregate: { type, id }, seq },
      },
    };
  },
} satisfies Record<string, Tamper>;

const log = {
  rewriteChain: (sample, pick) => {
    const outcome = rewritten(sample, pick);
    if (!outcome) return null;
    const { leaf, index } = outcome.leaf;
    const { service, aggregateType: type, aggregateId: id, seq } = leaf;
    const eventId = chainOf(sample, outcome.name)[seq - 1]?.event.id;
    return {
      lines: linesIn(outcome.sample),
      expected: {
        code: 'leaf-hash',
        place: { line: leafLine(sample, index), leaf: index, service, aggregate: { type, id }, seq, eventId },
      },
    };
  },
  rewriteLog: (sample, pick) => {
    const outcome = rewrittenWithLog(sample, pick);
    if (!outcome) return null;
    return {
      lines: linesIn(outcome.sample),
      expected: {
        code: 'root-hash',
        place: { line: rootLine(sample, outcome.root), treeSize: sizesOf(sample)[outcome.root] },
      },
    };
  },
  rewriteRoots: (sample, pick, key) => {
    const outcome = rewrittenWithLog(sample, pick);
    if (!outcome) return null;
    const made = rootsOf(outcome.sample.leaves, sizesOf(sample), key);
    // The one who rewrites lacks the key: the signatures are those of the true roots.
    const roots = made.map(({ kind, root }, index) => {
      const signature = sample.roots[index]?.root.signature as string;
      return { kind, root: { ...root, signature } };
    });
    return {
      lines: linesIn({ ...outcome.sample, roots }),
      expected: {
        code: 'root-signature',
        place: { line: rootLine(sample, outcome.root), treeSize: sizesOf(sample)[outcome.root] },
      },
    };
  },
  signAnew: (sample, pick, key) => {
    const outcome = rewrittenWithLog(sample, pick);
    if (!outcome) return null;
    const theirs = newKey(key.jwk.kid as string);
    const made = rootsOf(outcome.sample.leaves, sizesOf(sample), theirs);
    const roots = made.map((record, index) => (index < outcome.root ? sample.roots[index] : record));
    return {
      lines: linesIn({
        ...outcome.sample,
        roots: roots as Sample['roots'],
        keys: [{ kind: 'key', jwk: theirs.jwk }],
      }),
      expected: {
        code: 'root-signature',
        place: { line: rootLine(sample, outcome.root), treeSize: sizesOf(sample)[outcome.root] },
      },
      needsKey: true,
    };
  },
  changeLeaf: (sample, pick) => {
    const record = one(sample.leaves, pick);
    const { index } = record;
    const field = one(['service', 'aggregateType', 'aggregateId', 'hash', 'at'] as const, pick);
    const value = field === 'hash' ? 'cd'.repeat(32) : 'annat';
    const changed = { ...record, leaf: { ...record.leaf, [field]: value } };
    const root = rootOver(sample, index);
    const treeSize = sizesOf(sample)[root];
    return {
      lines: linesIn({ ...sample, leaves: sample.leaves.with(index, changed) }),
      expected:
        field === 'at'
          ? { code: 'root-hash', place: { line: rootLine(sample, root), treeSize } }
          : { place: { line: leafLine(sample, index), leaf: index, seq: record.leaf.seq } },
    };
  },
  removeLeaf: (sample, pick) => {
    const { index } = one(sample.leaves, pick);
    const last = index === sample.leaves.length - 1;
    const after = { ...sample, leaves: sample.leaves.toSpliced(index, 1) };
    return {
      lines: linesIn(after),
      expected: last
        ? { code: 'root-leaves', place: { treeSize: sample.leaves.length } }
        : { code: 'leaf-index', place: { line: leafLine(sample, index), leaf: index } },
    };
  },
  removeLeafAndRenumber: (sample, pick) => {
    const { index } = one(sample.leaves, pick);
    const leaves = sample.leaves.toSpliced(index, 1).map((each, at) => ({ ...each, index: at }));
    const after = { ...sample, leaves };
    const root = rootOver(sample, index);
    const last = root === sample.roots.length - 1;
    return {
      lines: linesIn(after),
      expected: {
        code: last ? 'root-leaves' : 'root-hash',
        place: { line: rootLine(after, root), treeSize: sizesOf(sample)[root] },
      },
    };
  },
  swapLeaves: (sample, pick) => {
    const first = pick(sample.leaves.length - 1);
    const second = first + 1 + pick(sample.leaves.length - first - 1);
    const [a, b] = [sample.leaves[first] as LeafRecord, sample.leaves[second] as LeafRecord];
    return {
      lines: linesIn({ ...sample, leaves: sample.leaves.with(first, b).with(second, a) }),
      expected: { code: 'leaf-index', place: { line: leafLine(sample, first), leaf: first } },
    };
  },
  appendLeaf: (sample) => {
    const index = sample.leaves.length;
    const last = sample.leaves.at(-1) as LeafRecord;
    return {
      lines: linesIn({ ...sample, leaves: [...sample.leaves, { ...last, index }] }),
      expected: { code: 'leaf-unsealed', place: { leaf: index } },
    };
  },
} satisfies Record<string, Tamper>;

const roots = {
  changeRoot: (sample, pick) => {
    const at = pick(sample.roots.length);
    const record = sample.roots[at] as Sample['roots'][number];
    const field = one(['number', 'rootHash', 'at', 'previous', 'keyId', 'signature'] as const, pick);
    const value = {
      number: at + 2,
      rootHash: 'ef'.repeat(32),
      at: '2027-01-01T00:00:00.000Z',
      previous: 'ef'.repeat(32),
      keyId: 'annan',
      signature: `${record.root.signature.slice(0, -4)}AAAA`,
    }[field];
    const code = {
      number: 'root-previous',
      rootHash: 'root-hash',
      at: 'root-signature',
      previous: 'root-previous',
      keyId: 'root-key',
      signature: 'root-signature',
    }[field];
    const changed = { ...record, root: { ...record.root, [field]: value } };
    return {
      lines: linesIn({ ...sample, roots: sample.roots.with(at, changed) }),
      expected: { code, place: { line: rootLine(sample, at), treeSize: record.root.treeSize } },
    };
  },
  shrinkRoot: (sample) => {
    const last = sample.roots.length - 1;
    const record = sample.roots[last] as Sample['roots'][number];
    const changed = { ...record, root: { ...record.root, treeSize: 1 } };
    return {
      lines: linesIn({ ...sample, roots: sample.roots.with(last, changed) }),
      expected: { code: 'root-shrunk', place: { line: rootLine(sample, last), treeSize: 1 } },
    };
  },
  removeRoot: (sample, pick) => {
    const at = pick(sample.roots.length);
    const last = at === sample.roots.length - 1;
    const next = sizesOf(sample)[at + 1];
    return {
      lines: linesIn({ ...sample, roots: sample.roots.toSpliced(at, 1) }),
      expected: last
        ? { code: 'leaf-unsealed', place: { leaf: sizesOf(sample)[at - 1] } }
        : { code: 'root-previous', place: { line: rootLine(sample, at), treeSize: next } },
    };
  },
  swapRoots: (sample) => {
    const [a, b, c] = sample.roots as [Sample['roots'][number], ...Sample['roots'][number][]];
    return {
      lines: linesIn({ ...sample, roots: [a, c, b] as Sample['roots'] }),
      expected: { code: 'root-previous', place: { line: rootLine(sample, 1), treeSize: c?.root.treeSize } },
    };
  },
  removeKey: (sample) => ({
    lines: linesIn({ ...sample, keys: [] }),
    expected: { code: 'root-key', place: { treeSize: sizesOf(sample)[0] } },
  }),
} satisfies Record<string, Tamper>;

const spelling = {
  garble: (sample, pick) => {
    const lines = linesIn(sample);
    const at = pick(lines.length);
    const line = lines[at] as string;
    const ways = [
      `${line} `,
      ` ${line}`,
      line.slice(0, -1),
      '',
      'null',
      '[]',
      line.replace('"kind"', '"kind":"x","kind"'),
      line.replace('{', '{ '),
      line.replace(/"kind":"\w+"/, '"kind":"okänt"'),
      line.replace(/"kind":"\w+"/, '"kind":"__proto__"'),
    ];
    const garbled = one(ways, pick);
    if (garbled === line) return null;
    return { lines: lines.with(at, garbled), expected: { place: { line: at + 1 } } };
  },
  /** A reader who takes the first of two sees another amount than one who takes the last. */
  twice: (sample, pick) => {
    const at = pick(sample.events.length);
    const line = lineOf(at);
    const lines = linesIn(sample);
    const text = (lines[line - 1] as string).replace('"data":{', '"data":{"amount":1,');
    return {
      lines: lines.with(line - 1, text),
      expected: {
        code: 'spelling',
        place: { line, ...placeOf(sample.events[at] as EventRecord) },
      },
    };
  },
} satisfies Record<string, Tamper>;

export const tampers: Readonly<Record<string, Tamper>> = {
  ...events,
  ...heads,
  ...log,
  ...roots,
  ...spelling,
};
