import { generateKeyPairSync, hash, randomUUID, type KeyObject } from 'node:crypto';
import type { ServiceName } from '#libs/contracts';
import {
  CompactRange,
  exportLine,
  hashOf,
  logLeafHash,
  privateHashOf,
  signRoot,
  type EventRecord,
  type ExportHeader,
  type HeadRecord,
  type JournalEvent,
  type KeyRecord,
  type LeafRecord,
  type PublicJwk,
  type RootRecord,
} from '#libs/audit';

/** An export in its parts, so that tests can take it apart. */
export interface Sample {
  readonly header: ExportHeader;
  readonly events: readonly EventRecord[];
  readonly heads: readonly HeadRecord[];
  readonly leaves: readonly LeafRecord[];
  readonly roots: readonly RootRecord[];
  readonly keys: readonly KeyRecord[];
}

export type Pick = (below: number) => number;

/** The same numbers for the same seed. */
export function pickFrom(seed: number): Pick {
  let turn = 0;
  return (below) => {
    turn += 1;
    const digits = hash('sha256', `${seed}.${turn}`, 'hex').slice(0, 12);
    return Number.parseInt(digits, 16) % below;
  };
}

export interface TestKey {
  readonly jwk: PublicJwk;
  readonly privateKey: KeyObject;
}

export function newKey(kid: string): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  return { jwk: { kty: 'OKP', crv: 'Ed25519', x: String(x), kid }, privateKey };
}

/** A link behind `last`, as the product makes them. */
export function nextLink(
  last: JournalEvent | undefined,
  aggregate: { type: string; id: string },
  content: Pick,
): JournalEvent {
  const seq = (last?.seq ?? 0) + 1;
  const part =
    content(3) === 0 ? null : { salt: `salt-${content(1e9)}`, data: { before: 'Anna', after: content(9) } };
  return sealed({
    id: randomUUID(),
    type: `${aggregate.type}.changed`,
    version: 1,
    time: '2026-12-01T08:00:00.123Z',
    seq,
    prevHash: last?.hash ?? null,
    aggregate,
    revision: seq,
    actor: { id: `person-${content(20)}`, kind: 'person', role: 'rccOfficer', rcc: 'sydost' },
    idempotencyKey: content(2) === 0 ? null : `key-${content(1e9)}`,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: { amount: content(1e6), fields: ['title', 'Å\u2028ä'], period: { from: '2027-01-01' } },
    privateHash: part && privateHashOf(part),
    private: part,
    // Some chains began before there were such hashes.
    ...((seq > 1 || content(4) > 0) && {
      document: { before: last?.document?.after ?? null, after: hash('sha256', `${content(1e9)}`, 'hex') },
    }),
  });
}

function sealed({ private: part, ...link }: Omit<JournalEvent, 'hash'>): JournalEvent {
  const { privateHash, ...rest } = link;
  return { ...rest, privateHash, hash: hashOf(link), private: part };
}

/** The chain as someone would write it who changes a link and then makes every hash right again. */
export function rehashed(events: readonly JournalEvent[]): JournalEvent[] {
  let prevHash: string | null = null;
  return events.map(({ hash: _old, ...event }) => {
    const link = sealed({ ...event, prevHash });
    prevHash = link.hash;
    return link;
  });
}

export function keyOf(record: { service: string; aggregate: { type: string; id: string } }): string {
  return `${record.service} ${record.aggregate.type} ${record.aggregate.id}`;
}

export function headsOf(events: readonly EventRecord[]): HeadRecord[] {
  const heads = new Map<string, HeadRecord>();
  for (const { service, event } of events) {
    const { aggregate, seq, hash: end } = event;
    heads.set(keyOf({ service, aggregate }), { kind: 'head', service, aggregate, seq, hash: end });
  }
  return [...heads.values()];
}

/** The roots over the leaves at these sizes, each signed. */
export function rootsOf(leaves: readonly LeafRecord[], sizes: readonly number[], key: TestKey): RootRecord[] {
  const range = new CompactRange();
  let previous: string | undefined;
  return sizes.map((treeSize, index) => {
    while (range.size < treeSize) range.append(logLeafHash((leaves[range.size] as LeafRecord).leaf));
    const rootHash = range.root();
    const root = signRoot(
      {
        number: index + 1,
        treeSize,
        rootHash,
        at: `2026-12-01T09:0${index}:00.000Z`,
        ...(previous !== undefined && { previous }),
        keyId: key.jwk.kid as string,
      },
      key.privateKey,
    );
    previous = rootHash;
    return { kind: 'root', root };
  });
}

const kinds: readonly (readonly [ServiceName, string])[] = [
  ['applications', 'application'],
  ['applications', 'call'],
  ['plans', 'plan'],
];

/** A log over three rounds: after each, the heads of the chains that grew are leaves and a root is signed. */
export function sampleExport(seed: number, key: TestKey, chains = 4): Sample {
  const pick = pickFrom(seed);
  const aggregates = Array.from({ length: chains }, (_each, index) => {
    const [service, type] = kinds[index % kinds.length] as (typeof kinds)[number];
    return { service, aggregate: { type, id: `${type}-${index}` } };
  });
  const last = new Map<string, EventRecord>();
  const events: EventRecord[] = [];
  const leaves: LeafRecord[] = [];
  const sizes: number[] = [];
  const grow = (chain: (typeof aggregates)[number]): void => {
    const before = last.get(keyOf(chain))?.event;
    const record: EventRecord = {
      kind: 'event',
      service: chain.service,
      event: nextLink(before, chain.aggregate, pick),
    };
    events.push(record);
    last.set(keyOf(chain), record);
  };
  for (let round = 0; round < 3; round += 1) {
    const grown = new Set<string>();
    for (let turn = 0; turn < chains * 2; turn += 1) {
      // Every chain grows in the first round, so that the log knows of each.
      const chain = aggregates[round === 0 && turn < chains ? turn : pick(chains)];
      grow(chain as (typeof aggregates)[number]);
      grown.add(keyOf(chain as (typeof aggregates)[number]));
    }
    for (const name of grown) {
      const { service, event } = last.get(name) as EventRecord;
      const { type: aggregateType, id: aggregateId } = event.aggregate;
      leaves.push({
        kind: 'leaf',
        index: leaves.length,
        leaf: {
          ...{ service, aggregateType, aggregateId, seq: event.seq, hash: event.hash },
          at: `2026-12-01T0${round}:00:00.000Z`,
        },
      });
    }
    sizes.push(leaves.length);
    // An hour in which nothing grew.
    if (round === 1) sizes.push(leaves.length);
  }
  for (let turn = 0; turn < 2; turn += 1) grow(aggregates[pick(chains)] as (typeof aggregates)[number]);
  return {
    header: { insatsAudit: 1, exportedAt: '2026-12-01T10:00:00.000Z' },
    events,
    heads: headsOf(events),
    leaves,
    roots: rootsOf(leaves, sizes, key),
    keys: [{ kind: 'key', jwk: key.jwk }],
  };
}

/** The lines of the export, without their ends. */
export function linesIn({ header, events, heads, leaves, roots, keys }: Sample): string[] {
  return [header, ...events, ...heads, ...leaves, ...roots, ...keys].map((record) =>
    exportLine(record).trimEnd(),
  );
}

export async function* streamed<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
