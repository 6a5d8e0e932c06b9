import type { ServiceName } from '#libs/contracts';
import { canonical } from './canonical.ts';
import { type JournalEvent } from './journal-chain.ts';
import { leafHash, type Digest } from './merkle-hash.ts';
import { type PublicJwk } from './public-key.ts';
import { type SignedRoot } from './signed-root.ts';

// An export of the journals: NDJSON in UTF-8, one record a line as JSON.stringify writes it. First the
// header, then events and heads, then the leaves of the log, then its roots. Events of one aggregate come
// in order of `seq`, with those of others between them as it happens; the leaves go as far as the last
// root; keys may stand anywhere behind the header.

/** The first line. The log is in an export as a whole or not at all, which is how the product leaves chains out. */
export interface ExportHeader {
  readonly insatsAudit: 1;
  /** RFC 3339. */
  readonly exportedAt: string;
  /** Only this service's chains are in the export, and all of them. */
  readonly service?: ServiceName;
  /** What was asked for, in words for people, when chains were left out: one that is absent is not missed. */
  readonly selection?: string;
}

export interface EventRecord {
  readonly kind: 'event';
  readonly service: ServiceName;
  readonly event: JournalEvent;
}

/** The end of a chain as the aggregate's own document has it: every chain of an export has one. */
export interface HeadRecord {
  readonly kind: 'head';
  readonly service: ServiceName;
  readonly aggregate: { readonly type: string; readonly id: string };
  readonly seq: number;
  readonly hash: Digest | null;
}

/** An entry of the log: the head of a chain as it was then. */
export interface LogLeaf {
  readonly service: ServiceName;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly seq: number;
  readonly hash: Digest;
  /** RFC 3339. */
  readonly at: string;
}

export interface LeafRecord {
  readonly kind: 'leaf';
  /** From 0. */
  readonly index: number;
  readonly leaf: LogLeaf;
}

export interface RootRecord {
  readonly kind: 'root';
  readonly root: SignedRoot;
}

/** A key that roots are signed with. Whoever has it from elsewhere need not take the export's word. */
export interface KeyRecord {
  readonly kind: 'key';
  readonly jwk: PublicJwk;
}

/** Type of the aggregates that signed roots are. They stand above the log, so no root ever covers them. */
export const rootAggregate = 'audit-root';

export type ExportRecord = EventRecord | HeadRecord | LeafRecord | RootRecord | KeyRecord;

/** One line of an export, with its end. */
export function exportLine(record: ExportHeader | ExportRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** What stands in the Merkle tree for an entry of the log: the leaf hash of its canonical JSON. */
export function logLeafHash(leaf: LogLeaf): Buffer {
  const { service, aggregateType, aggregateId, seq, hash, at } = leaf;
  return leafHash(canonical({ service, aggregateType, aggregateId, seq, hash, at }));
}
