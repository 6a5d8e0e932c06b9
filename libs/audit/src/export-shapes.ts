import {
  type EventRecord,
  type ExportHeader,
  type HeadRecord,
  type KeyRecord,
  type LeafRecord,
  type RootRecord,
} from './export-format.ts';
import { type DocumentHashes } from './journal-chain.ts';
import { isDigest } from './merkle-hash.ts';
import { isPublicJwk } from './public-key.ts';
import { isSignedRoot } from './signed-root.ts';

type Check = (value: unknown) => boolean;
type Shape<T> = { readonly [Key in keyof T]-?: Check };

// By hand: a schema library would cost more than the hashing, a million times over.
const isText: Check = (value) => typeof value === 'string' && value !== '';
const isTextOrNull: Check = (value) => value === null || typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const exactly =
  (wanted: unknown): Check =>
  (value) =>
    value === wanted;
const withShape =
  <T>(shape: Shape<T>): Check =>
  (value) =>
    wrongField(value, shape) === null;

const aggregate = withShape<{ type: string; id: string }>({ type: isText, id: isText });

const header: Shape<ExportHeader> = {
  insatsAudit: exactly(1),
  exportedAt: isText,
  service: optional(isText),
  selection: optional(isText),
};
const privatePart = withShape<{ salt: string; data: unknown }>({ salt: isText, data: isObject });

const documentHashes = withShape<DocumentHashes>({
  before: (value) => value === null || isDigest(value),
  after: isDigest,
});

/** What the hash does not cover must not be there: whoever reads the export would take it for sealed. */
const event: Shape<EventRecord['event']> = {
  id: isText,
  type: isText,
  version: isCount,
  time: isText,
  seq: isCount,
  prevHash: isTextOrNull,
  hash: isText,
  aggregate,
  revision: isCount,
  actor: isObject,
  idempotencyKey: isTextOrNull,
  traceparent: isTextOrNull,
  data: isObject,
  privateHash: isTextOrNull,
  private: optional((value) => value === null || privatePart(value)),
  document: optional(documentHashes),
};
const eventRecord: Shape<EventRecord> = { kind: isText, service: isText, event: isObject };
const headRecord: Shape<HeadRecord> = {
  kind: isText,
  service: isText,
  aggregate,
  seq: isCount,
  hash: (value) => value === null || isDigest(value),
};
const leafRecord: Shape<LeafRecord> = {
  kind: isText,
  index: isCount,
  leaf: withShape<LeafRecord['leaf']>({
    service: isText,
    aggregateType: isText,
    aggregateId: isText,
    seq: (value) => isCount(value) && value !== 0,
    hash: isDigest,
    at: isText,
  }),
};
const rootRecord: Shape<RootRecord> = { kind: isText, root: isSignedRoot };
const keyRecord: Shape<KeyRecord> = { kind: isText, jwk: isPublicJwk };

const records: Record<string, (record: unknown) => string | null> = {
  event: (record) => wrongField(record, eventRecord) ?? wrongField((record as EventRecord).event, event),
  head: (record) => wrongField(record, headRecord),
  leaf: (record) => wrongField(record, leafRecord),
  root: (record) => wrongField(record, rootRecord),
  key: (record) => wrongField(record, keyRecord),
};

export function isKnownKind(kind: unknown): kind is string {
  return typeof kind === 'string' && Object.hasOwn(records, kind);
}

/** The field of a record of a known kind that is not as it must be; null when all are. */
export function wrongFieldOf(record: { kind: string }): string | null {
  return records[record.kind]?.(record) ?? null;
}

export function isHeader(value: unknown): value is ExportHeader {
  return wrongField(value, header) === null;
}

function wrongField<T>(value: unknown, shape: Shape<T>): string | null {
  if (!isObject(value)) return '';
  for (const key in shape) if (!shape[key](value[key])) return key;
  for (const key of Object.keys(value)) if (!Object.hasOwn(shape, key)) return key;
  return null;
}
