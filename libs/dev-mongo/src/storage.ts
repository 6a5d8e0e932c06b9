import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { decode, encode } from './bson-codec.ts';
import type { Document } from './engine/index.ts';

const layoutVersion = 1;

/** A collection as it lies on disk. */
export interface StoredCollection {
  id: number;
  db: string;
  name: string;
  options: Document;
  indexes: Document[];
}

/** The last retryable write of a session, with its reply. */
export interface StoredRetry {
  slot: number;
  session: string;
  txnNumber: bigint;
  reply: Uint8Array;
  /** Epoch milliseconds. */
  at: number;
}

interface TableStatements {
  insert: StatementSync;
  update: StatementSync;
  remove: StatementSync;
}

/**
 * The durable half: SQLite with a write-ahead log, synchronous=FULL, one table per collection.
 * Statements run at once inside an open transaction; {@link commit} makes them durable. Any failure
 * after opening is fatal, since memory would then be ahead of the disk.
 */
export class Storage {
  readonly #db: DatabaseSync;
  readonly #fatal: (error: unknown) => never;
  readonly #tables = new Map<number, TableStatements>();
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #saveRetry: StatementSync;
  #open = false;

  /**
   * @param folder made when missing; may be used by one process at a time
   * @param fatal called when a statement or COMMIT fails; must not return
   */
  constructor(folder: string, fatal: (error: unknown) => never) {
    mkdirSync(folder, { recursive: true });
    this.#fatal = fatal;
    this.#db = new DatabaseSync(join(folder, 'dev-mongo.sqlite'));
    try {
      // The exclusive lock keeps a second server out; the operating system releases it on kill -9.
      this.#db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;');
      this.#db.exec('PRAGMA cache_size=-16384;');
      this.#prepareLayout();
    } catch (error) {
      this.#db.close();
      throw error;
    }
    this.#begin = this.#db.prepare('BEGIN');
    this.#commit = this.#db.prepare('COMMIT');
    this.#saveRetry = this.#db.prepare(
      'INSERT OR REPLACE INTO retries(slot, session, txn, reply, at) VALUES(?,?,?,?,?)',
    );
  }

  #prepareLayout() {
    const { user_version: found } = this.#db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found !== 0 && found !== layoutVersion) {
      throw new Error(`the data folder has layout ${found}, this dev-mongo reads layout ${layoutVersion}`);
    }
    this.#db.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS collections(
        id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, options BLOB NOT NULL,
        UNIQUE(db, name));
      CREATE TABLE IF NOT EXISTS indexes(
        id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, name TEXT NOT NULL, spec BLOB NOT NULL,
        UNIQUE(collection, name));
      CREATE TABLE IF NOT EXISTS retries(
        slot INTEGER PRIMARY KEY, session TEXT NOT NULL, txn INTEGER NOT NULL, reply BLOB NOT NULL,
        at INTEGER NOT NULL);
      PRAGMA user_version = ${layoutVersion};
      COMMIT;`);
  }

  /** True while there are writes that are not durable yet. */
  get dirty(): boolean {
    return this.#open;
  }

  /** Makes everything written since the last commit durable. */
  commit(): void {
    if (!this.#open) return;
    this.#guard(() => this.#commit.run());
    this.#open = false;
  }

  /** Commits, folds the log into the database file and closes it. */
  close(): void {
    this.commit();
    this.#db.close();
  }

  collections(): StoredCollection[] {
    const indexes = this.#db.prepare('SELECT spec FROM indexes WHERE collection = ? ORDER BY id');
    return this.#db
      .prepare('SELECT id, db, name, options FROM collections ORDER BY id')
      .all()
      .map((row) => ({
        id: row.id as number,
        db: row.db as string,
        name: row.name as string,
        options: decode(row.options as Uint8Array),
        indexes: indexes.all(row.id as number).map((index) => decode(index.spec as Uint8Array)),
      }));
  }

  /** The documents of a collection in natural order. */
  *documents(collection: number): Generator<{ recordId: number; bytes: Uint8Array }> {
    const rows = this.#db.prepare(`SELECT id, bytes FROM documents_${collection} ORDER BY id`).iterate();
    for (const row of rows) yield { recordId: row.id as number, bytes: row.bytes as Uint8Array };
  }

  retries(): StoredRetry[] {
    const all = this.#db.prepare('SELECT slot, session, txn, reply, at FROM retries ORDER BY slot');
    all.setReadBigInts(true);
    return all.all().map((row) => ({
      slot: Number(row.slot),
      session: row.session as string,
      txnNumber: row.txn as bigint,
      reply: row.reply as Uint8Array,
      at: Number(row.at),
    }));
  }

  createCollection(db: string, name: string, options: Document): number {
    return this.#write(() => {
      const { lastInsertRowid } = this.#db
        .prepare('INSERT INTO collections(db, name, options) VALUES(?,?,?)')
        .run(db, name, encode(options));
      const id = Number(lastInsertRowid);
      this.#db.exec(`CREATE TABLE documents_${id}(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)`);
      return id;
    });
  }

  saveOptions(collection: number, options: Document): void {
    this.#write(() =>
      this.#db.prepare('UPDATE collections SET options = ? WHERE id = ?').run(encode(options), collection),
    );
  }

  dropCollection(collection: number): void {
    this.#write(() => {
      // A prepared statement on the table would keep it from being dropped.
      this.#tables.delete(collection);
      this.#db.exec(`DROP TABLE documents_${collection}`);
      this.#db.prepare('DELETE FROM indexes WHERE collection = ?').run(collection);
      this.#db.prepare('DELETE FROM collections WHERE id = ?').run(collection);
    });
  }

  saveIndex(collection: number, name: string, spec: Document): void {
    this.#write(() =>
      this.#db
        .prepare(
          `INSERT INTO indexes(collection, name, spec) VALUES(?,?,?)
           ON CONFLICT(collection, name) DO UPDATE SET spec = excluded.spec`,
        )
        .run(collection, name, encode(spec)),
    );
  }

  dropIndex(collection: number, name: string): void {
    this.#write(() =>
      this.#db.prepare('DELETE FROM indexes WHERE collection = ? AND name = ?').run(collection, name),
    );
  }

  insert(collection: number, recordId: number, bytes: Uint8Array): void {
    this.#write(() => this.#table(collection).insert.run(recordId, bytes));
  }

  update(collection: number, recordId: number, bytes: Uint8Array): void {
    this.#write(() => this.#table(collection).update.run(bytes, recordId));
  }

  remove(collection: number, recordId: number): void {
    this.#write(() => this.#table(collection).remove.run(recordId));
  }

  saveRetry(retry: StoredRetry): void {
    this.#write(() => this.#saveRetry.run(retry.slot, retry.session, retry.txnNumber, retry.reply, retry.at));
  }

  dropRetry(slot: number): void {
    this.#write(() => this.#db.prepare('DELETE FROM retries WHERE slot = ?').run(slot));
  }

  #table(collection: number): TableStatements {
    let statements = this.#tables.get(collection);
    if (!statements) {
      const table = `documents_${collection}`;
      statements = {
        insert: this.#db.prepare(`INSERT INTO ${table}(id, bytes) VALUES(?,?)`),
        update: this.#db.prepare(`UPDATE ${table} SET bytes = ? WHERE id = ?`),
        remove: this.#db.prepare(`DELETE FROM ${table} WHERE id = ?`),
      };
      this.#tables.set(collection, statements);
    }
    return statements;
  }

  #write<T>(statement: () => T): T {
    return this.#guard(() => {
      if (!this.#open) {
        this.#begin.run();
        this.#open = true;
      }
      return statement();
    });
  }

  #guard<T>(statement: () => T): T {
    try {
      return statement();
    } catch (error) {
      return this.#fatal(error);
    }
  }
}
