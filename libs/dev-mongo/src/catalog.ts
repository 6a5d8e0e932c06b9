import { Collection } from './collection.ts';
import { mongoError, MongoError, parseCollation } from './engine/index.ts';
import type { Document } from './engine/index.ts';
import { parseIndexSpec } from './index/index-spec.ts';
import { DecodedCache } from './stored-document.ts';
import type { Storage } from './storage.ts';

// Decoded documents take about four times their bytes, so this is about 256 MB at the very most.
const decodedBudgetBytes = 64 * 1024 * 1024;

/** All databases and their collections. */
export class Catalog {
  readonly #storage: Storage;
  readonly #cache = new DecodedCache(decodedBudgetBytes);
  readonly #databases = new Map<string, Map<string, Collection>>();

  /** Loads everything that the storage holds. */
  constructor(storage: Storage) {
    this.#storage = storage;
    for (const stored of storage.collections()) {
      const collection = new Collection(stored, storage, this.#cache);
      const specs = stored.indexes.map((spec) => parseIndexSpec(spec, collection.collation));
      collection.load(storage.documents(stored.id), specs);
      this.#register(collection);
    }
  }

  databases(): string[] {
    return [...this.#databases.keys()].toSorted();
  }

  /** The collections of a database in the order they were made. */
  collections(db: string): Collection[] {
    return [...(this.#databases.get(db)?.values() ?? [])];
  }

  *all(): Generator<Collection> {
    for (const collections of this.#databases.values()) yield* collections.values();
  }

  find(db: string, name: string): Collection | undefined {
    return this.#databases.get(db)?.get(name);
  }

  /** Throws code 26 when there is no such collection. */
  require(db: string, name: string): Collection {
    const collection = this.find(db, name);
    if (!collection) throw mongoError(26, `ns does not exist: ${db}.${name}`);
    return collection;
  }

  /** The collection, made without options when it is not there: writing creates collections. */
  findOrCreate(db: string, name: string): Collection {
    return this.find(db, name) ?? this.create(db, name, {});
  }

  create(db: string, name: string, options: Document): Collection {
    requireCollectionName(db, name);
    parseCollation(options.collation);
    const id = this.#storage.createCollection(db, name, options);
    const collection = new Collection({ id, db, name, options }, this.#storage, this.#cache);
    this.#register(collection);
    return collection;
  }

  saveOptions(collection: Collection, options: Document): void {
    collection.setOptions(options);
    this.#storage.saveOptions(collection.id, options);
  }

  drop(collection: Collection): void {
    const collections = this.#databases.get(collection.db);
    collections?.delete(collection.name);
    if (collections?.size === 0) this.#databases.delete(collection.db);
    this.#storage.dropCollection(collection.id);
  }

  #register(collection: Collection) {
    const collections = this.#databases.get(collection.db) ?? new Map<string, Collection>();
    collections.set(collection.name, collection);
    this.#databases.set(collection.db, collections);
  }
}

// https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
/** Throws code 73 for a name that MongoDB does not allow. */
export function requireDatabaseName(db: string): void {
  if (db === '' || Buffer.byteLength(db) > 63 || /[/\\. "$\0]/.test(db)) {
    throw invalidNamespace(`Invalid database name: '${db}'`);
  }
}

/** Throws code 73 for a name that MongoDB does not allow. */
export function requireCollectionName(db: string, name: string): void {
  requireDatabaseName(db);
  if (name === '' || name.includes('\0') || name.includes('$') || name.startsWith('.')) {
    throw invalidNamespace(`Invalid collection name: ${name}`);
  }
  if (name.startsWith('system.')) throw invalidNamespace(`Invalid system namespace: ${db}.${name}`);
  if (Buffer.byteLength(`${db}.${name}`) > 255)
    throw invalidNamespace('Fully qualified namespace is too long');
}

function invalidNamespace(message: string): MongoError {
  return new MongoError(73, 'InvalidNamespace', message);
}
