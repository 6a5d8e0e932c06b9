import { ObjectId } from 'bson';
import { encodeStored, fieldDecoder } from './bson-codec.ts';
import {
  canonicalKey,
  checkIdValue,
  compileMatch,
  mongoError,
  MongoError,
  parseCollation,
} from './engine/index.ts';
import type { Collation, Document, Matcher, Value } from './engine/index.ts';
import { CollectionIndex } from './index/collection-index.ts';
import type { IndexKey } from './index/index-keys.ts';
import { hashKey } from './index/index-keys.ts';
import { idIndexSpec, parseIndexSpec } from './index/index-spec.ts';
import type { IndexSpec } from './index/index-spec.ts';
import { StoredDocument } from './stored-document.ts';
import type { DecodedCache } from './stored-document.ts';
import type { Storage } from './storage.ts';

/** A collection in memory with its durable shadow. Everything checks first and changes last. */
export class Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  /** As listCollections shows them. */
  options: Document;
  /** Natural order: record ids only grow. */
  readonly records = new Map<number, StoredDocument>();
  readonly collation: Collation | undefined;
  #validator: Matcher | undefined;
  #nextRecordId = 1;
  #bytes = 0;
  #indexes: Map<string, CollectionIndex>;
  #unbuilt = false;
  readonly #storage: Storage;
  readonly #cache: DecodedCache;

  constructor(
    identity: { id: number; db: string; name: string; options: Document },
    storage: Storage,
    cache: DecodedCache,
  ) {
    this.id = identity.id;
    this.db = identity.db;
    this.name = identity.name;
    this.options = identity.options;
    this.collation = parseCollation(identity.options.collation);
    this.#storage = storage;
    this.#cache = cache;
    this.#indexes = new Map([['_id_', new CollectionIndex(idIndexSpec(this.collation))]]);
    this.setOptions(identity.options);
  }

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }

  /** BSON bytes of all documents. */
  get dataBytes(): number {
    return this.#bytes;
  }

  /** Takes over options that are already checked (see create and collMod). */
  setOptions(options: Document): void {
    this.options = options;
    const validator = options.validator as Document | undefined;
    this.#validator = validator && compileMatch(validator, { collation: this.collation });
  }

  /** Fills an empty collection at start; the indexes are built when they are first needed. */
  load(documents: Iterable<{ recordId: number; bytes: Uint8Array }>, specs: IndexSpec[]): void {
    for (const { recordId, bytes } of documents) {
      this.records.set(recordId, new StoredDocument(recordId, bytes, this.#cache));
      this.#bytes += bytes.length;
      this.#nextRecordId = recordId + 1;
    }
    for (const spec of specs) this.#indexes.set(spec.name, new CollectionIndex(spec));
    this.#unbuilt = true;
  }

  /** Whether documents here expire; asked without building anything. */
  get hasExpiry(): boolean {
    return [...this.#indexes.values()].some((index) => index.spec.expireAfterSeconds !== undefined);
  }

  /** The indexes by name, ready for use. */
  get indexes(): ReadonlyMap<string, CollectionIndex> {
    if (this.#unbuilt) {
      const all = [...this.#indexes.values()];
      for (const { recordId, doc } of this.partialDocuments(all)) {
        for (const index of all) index.add(index.keysOf(doc), recordId);
      }
      this.#unbuilt = false;
    }
    return this.#indexes;
  }

  /** Every document with only the fields that these indexes look at. */
  *partialDocuments(indexes: CollectionIndex[]): Generator<{ recordId: number; doc: Document }> {
    const decodeFields = fieldDecoder(new Set(indexes.flatMap((index) => [...index.topFields])));
    for (const { recordId, bytes } of this.records.values()) yield { recordId, doc: decodeFields(bytes) };
  }

  /** The document with this _id. */
  byId(id: Value): StoredDocument | undefined {
    const index = this.indexes.get('_id_')!;
    const [recordId] = index.equal(hashKey([id], index.spec.collation));
    return recordId === undefined ? undefined : this.records.get(recordId);
  }

  /**
   * Inserts one document and gives it as stored: `_id` first, made when missing.
   * @param bytes the document as BSON when it came that way, to keep it byte for byte; taken over
   */
  insert(doc: Document, bytes?: Uint8Array, bypassValidation = false): StoredDocument {
    const prepared = prepareInsert(doc);
    const stored = prepared === doc && bytes ? bytes : encodeStored(prepared);
    this.#validate(prepared, bypassValidation);
    const recordId = this.#nextRecordId;
    const keys = this.#keysFor(prepared, recordId);
    const record = new StoredDocument(recordId, stored, this.#cache, prepared);
    this.#nextRecordId += 1;
    for (const [index, added] of keys) index.add(added, recordId);
    this.records.set(recordId, record);
    this.#bytes += stored.length;
    this.#storage.insert(this.id, recordId, stored);
    return record;
  }

  /** Replaces a document by its next version, which must have the same _id. */
  replace(current: StoredDocument, next: Document, bypassValidation = false): StoredDocument {
    const before = current.doc;
    if (canonicalKey(before._id) !== canonicalKey(next._id)) {
      throw mongoError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
    }
    const bytes = encodeStored(next);
    this.#validate(next, bypassValidation);
    const { recordId } = current;
    const changes: { index: CollectionIndex; removed: IndexKey[]; added: IndexKey[] }[] = [];
    for (const index of this.indexes.values()) {
      if (sharesFields(before, next, index.topFields)) continue;
      const removed = index.keysOf(before);
      const added = index.keysOf(next);
      if (sameKeys(removed, added)) continue;
      const conflict = index.conflict(added, recordId);
      if (conflict) throw duplicateKey(this.namespace, index.spec, conflict);
      changes.push({ index, removed, added });
    }
    const record = new StoredDocument(recordId, bytes, this.#cache, next);
    for (const { index, removed, added } of changes) {
      index.remove(removed, recordId);
      index.add(added, recordId);
    }
    this.records.set(recordId, record);
    this.#bytes += bytes.length - current.bytes.length;
    this.#storage.update(this.id, recordId, bytes);
    return record;
  }

  remove(record: StoredDocument): void {
    const { recordId } = record;
    for (const index of this.indexes.values()) index.remove(index.keysOf(record.doc), recordId);
    this.records.delete(recordId);
    this.#bytes -= record.bytes.length;
    this.#storage.remove(this.id, recordId);
  }

  /** Builds an index over what is there. Throws 11000 when a unique one cannot be, and changes nothing. */
  buildIndex(spec: IndexSpec): CollectionIndex {
    const index = new CollectionIndex(spec);
    for (const { recordId, doc } of this.partialDocuments([index])) {
      const keys = index.keysOf(doc);
      const conflict = index.conflict(keys, recordId);
      if (conflict) throw duplicateKey(this.namespace, spec, conflict);
      index.add(keys, recordId);
    }
    return index;
  }

  addIndex(index: CollectionIndex): void {
    void this.indexes;
    this.#indexes.set(index.spec.name, index);
    this.#storage.saveIndex(this.id, index.spec.name, index.spec.document);
  }

  /** Changes what does not touch the keys of an index: its expiry and whether it is hidden. */
  changeIndex(document: Document): void {
    const spec = parseIndexSpec(document, this.collation);
    this.#indexes.get(spec.name)!.spec = spec;
    this.#storage.saveIndex(this.id, spec.name, spec.document);
  }

  dropIndex(name: string): void {
    this.#indexes.delete(name);
    this.#storage.dropIndex(this.id, name);
  }

  #keysFor(doc: Document, recordId: number): [CollectionIndex, IndexKey[]][] {
    return [...this.indexes.values()].map((index) => {
      const keys = index.keysOf(doc);
      const conflict = index.conflict(keys, recordId);
      if (conflict) throw duplicateKey(this.namespace, index.spec, conflict);
      return [index, keys];
    });
  }

  #validate(doc: Document, bypass: boolean) {
    if (bypass || !this.#validator || this.#validator.test(doc)) return;
    throw new MongoError(121, 'DocumentValidationFailure', 'Document failed validation', {
      errInfo: { failingDocumentId: doc._id },
    });
  }
}

// Updates share what they leave alone, so the same value object means the same keys.
function sharesFields(before: Document, next: Document, names: ReadonlySet<string>): boolean {
  for (const name of names) if (before[name] !== next[name]) return false;
  return true;
}

function sameKeys(a: readonly IndexKey[], b: readonly IndexKey[]): boolean {
  return a.length === b.length && a.every((key, i) => key.hash === b[i]!.hash);
}

/** Puts _id first and makes one when missing, as MongoDB does. */
function prepareInsert(doc: Document): Document {
  if (Object.hasOwn(doc, '_id')) checkIdValue(doc._id);
  let prepared = doc;
  if (!Object.hasOwn(doc, '_id')) prepared = { _id: new ObjectId(), ...doc };
  else if (firstKey(doc) !== '_id') prepared = { _id: doc._id, ...doc };
  for (const [name, value] of Object.entries(prepared)) {
    if (name !== '_id' && isEmptyTimestamp(value)) {
      // Filling it by the server's oplog time would need an oplog.
      throw mongoError(238, `an empty Timestamp in field '${name}' is not supported by dev-mongo`);
    }
  }
  return prepared;
}

function firstKey(doc: Document): string | undefined {
  for (const name in doc) return name;
  return undefined;
}

function isEmptyTimestamp(value: Value): boolean {
  const typed = value as { _bsontype?: string; isZero?(): boolean } | null;
  return typeof value === 'object' && typed?._bsontype === 'Timestamp' && typed.isZero?.() === true;
}

function duplicateKey(namespace: string, spec: IndexSpec, key: IndexKey): MongoError {
  const keyPattern: Document = {};
  const keyValue: Document = {};
  spec.fields.forEach((field, i) => {
    keyPattern[field.path] = field.direction;
    keyValue[field.path] = key.values[i];
  });
  const shown = spec.fields.map((field, i) => `${field.path}: ${showValue(key.values[i])}`).join(', ');
  return mongoError(
    11000,
    `E11000 duplicate key error collection: ${namespace} index: ${spec.name} dup key: { ${shown} }`,
    { keyPattern, keyValue },
  );
}

function showValue(value: Value): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  const text = String(value);
  return text === '[object Object]' ? JSON.stringify(value) : text;
}
