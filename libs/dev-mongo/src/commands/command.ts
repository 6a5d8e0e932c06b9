import { mongoError, parseCollation, runPipeline } from '../engine/index.ts';
import type { Collation, Document } from '../engine/index.ts';
import { requireCollectionName } from '../catalog.ts';
import type { Catalog } from '../catalog.ts';
import type { Cursors } from '../cursors.ts';
import type { RetryableWrites } from '../sessions.ts';
import { documentArgument, stringArgument } from '../arguments.ts';

/** What one command runs with. */
export interface CommandContext {
  catalog: Catalog;
  cursors: Cursors;
  retries: RetryableWrites;
  /** The database of the message. */
  db: string;
  /** The command as the client spelt it. */
  name: string;
  /** The whole command document, document sequences included. */
  body: Document;
  /** insert only: the documents byte for byte as they came. */
  documents: Uint8Array[];
  connectionId: number;
  /** `host:port` that the client reached us at. */
  address: string;
  /** The time of this command. */
  now: Date;
}

export interface Command {
  /** 'read' takes a readConcern, 'write' a writeConcern and a transaction number. */
  kind: 'read' | 'write' | 'plain';
  /** Fields it understands besides its own name and the ones every command has; '*' for any. */
  fields: readonly string[] | '*';
  /** Gives the reply without `ok`. Throws MongoError. */
  run(context: CommandContext): Document;
}

/** The collection that the command names, e.g. `{ find: "people" }`. */
export function collectionName(context: CommandContext): string {
  const name = context.body[context.name];
  if (typeof name !== 'string') {
    throw mongoError(73, `collection name has invalid type for command ${context.name}`);
  }
  return name;
}

/** The collection that the command writes to; code 73 for a name that may not be made. */
export function writtenCollectionName(context: CommandContext): string {
  const name = collectionName(context);
  requireCollectionName(context.db, name);
  return name;
}

export function collationArgument(context: CommandContext): Collation | undefined {
  const spec = documentArgument(context.body.collation, `${context.name}.collation`);
  return spec && parseCollation(spec);
}

/** The variables of `let`; each is an expression that is evaluated once. */
export function variablesArgument(context: CommandContext): Document | undefined {
  const spec = documentArgument(context.body.let, `${context.name}.let`);
  if (!spec || Object.keys(spec).length === 0) return undefined;
  const noCollections = () => [];
  return runPipeline([{}], [{ $replaceWith: spec }], { now: context.now, lookup: noCollections })[0];
}

export function hintArgument(value: unknown, where: string): unknown {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? stringArgument(value, where) : documentArgument(value, where);
}
