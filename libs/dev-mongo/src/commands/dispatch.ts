import { BSONError, Double } from 'bson';
import type { Long } from 'bson';
import { documentArgument, numberOf, stringArgument } from '../arguments.ts';
import { decodeReceived } from '../bson-codec.ts';
import { requireDatabaseName } from '../catalog.ts';
import { mongoError, MongoError } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import { logLine } from '../log.ts';
import { encodeReply } from '../reply.ts';
import { sessionKey } from '../sessions.ts';
import type { Request } from '../wire.ts';
import { aggregateCommands } from './aggregate.commands.ts';
import { bulkWriteCommands } from './bulk-write.commands.ts';
import { catalogCommands } from './catalog.commands.ts';
import type { Command, CommandContext } from './command.ts';
import { explainCommands } from './explain.commands.ts';
import { findAndModifyCommands } from './find-and-modify.commands.ts';
import { findCommands } from './find.commands.ts';
import { indexCommands } from './index.commands.ts';
import { serverCommands } from './server.commands.ts';
import { writeCommands } from './write.commands.ts';

const commands = new Map<string, Command>(
  Object.entries({
    ...serverCommands,
    ...findCommands,
    ...aggregateCommands,
    ...writeCommands,
    ...findAndModifyCommands,
    findandmodify: findAndModifyCommands.findAndModify!,
    ...bulkWriteCommands,
    ...catalogCommands,
    ...indexCommands,
    ...explainCommands,
  }),
);

/** The names of all commands, for the documentation and its test. */
export const commandNames: readonly string[] = [...commands.keys()];

// Fields that any command may carry. Everything else must be in the command's own list.
const commonFields = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'maxTimeMSOpOnly',
]);

type Surroundings = Omit<CommandContext, 'db' | 'name' | 'body' | 'documents' | 'now'>;

/** Runs one request and gives the encoded reply. Never throws for what a client can send. */
export function runRequest(request: Request, surroundings: Surroundings): Uint8Array {
  try {
    return run(request, surroundings);
  } catch (error) {
    return encodeReply(errorReply(error));
  }
}

function run(request: Request, surroundings: Surroundings): Uint8Array {
  const context = contextOf(request, surroundings);
  const { name, body } = context;
  const command = commands.get(name);
  if (!command) throw mongoError(59, `no such command: '${name}'`);
  if (request.kind === 'query' && name !== 'hello' && !/^ismaster$/i.test(name)) {
    throw new MongoError(352, 'UnsupportedOpQueryCommand', `Unsupported OP_QUERY command: ${name}`);
  }
  requireDatabaseName(context.db);
  checkFields(command, context);
  if (name === 'explain') checkExplained(context);
  if (command.kind !== 'write' || body.txnNumber === undefined) {
    const started = performance.now();
    const reply = encodeReply({ ...command.run(context), ok: new Double(1) });
    requireTime(command, body, performance.now() - started);
    return reply;
  }
  const session = sessionKey(body.lsid);
  const txnNumber = transactionNumber(body.txnNumber);
  const known = surroundings.retries.replyOf(session, txnNumber);
  if (known) return known;
  const reply = encodeReply({ ...command.run(context), ok: new Double(1) });
  surroundings.retries.remember(session, txnNumber, reply);
  return reply;
}

function contextOf(request: Request, surroundings: Surroundings): CommandContext {
  // The documents of an insert stay BSON, to be stored byte for byte.
  const body = decodeReceived(request.body, documentsAsRaw);
  const name = Object.keys(body)[0] ?? '';
  let documents: Uint8Array[] = [];
  for (const [field, sequence] of request.sequences) {
    if (Object.hasOwn(body, field))
      throw mongoError(40413, `Field '${field}' is both in the body and a sequence`);
    if (field === 'documents') body[field] = sequence;
    else body[field] = sequence.map((bytes) => decodeReceived(bytes));
  }
  if (name === 'insert') {
    const given = body.documents;
    if (!Array.isArray(given) || !given.every((one) => one instanceof Uint8Array)) {
      throw mongoError(14, "BSON field 'insert.documents' must be an array of documents");
    }
    documents = given;
  }
  const db = request.kind === 'query' ? request.collection!.split('.')[0]! : stringArgument(body.$db, '$db');
  return { ...surroundings, db, name, body, documents, now: new Date() };
}
const documentsAsRaw = { documents: true };

// The explained command is as strict as the command itself; whether it can be explained comes later.
function checkExplained(context: CommandContext) {
  const body = documentArgument(context.body.explain, 'explain') ?? {};
  const name = Object.keys(body)[0] ?? '';
  const command = commands.get(name);
  if (command) checkFields(command, { ...context, name, body });
}

function checkFields(command: Command, { name, body }: CommandContext) {
  if (body.startTransaction !== undefined || body.autocommit !== undefined) {
    throw mongoError(238, 'transactions (startTransaction, autocommit) are not supported by dev-mongo');
  }
  if (command.fields !== '*') {
    for (const field of Object.keys(body)) {
      if (field === name || commonFields.has(field) || command.fields.includes(field)) continue;
      if (field === 'readConcern' && command.kind !== 'write') continue;
      if (field === 'writeConcern' && command.kind === 'write') continue;
      if (field === 'txnNumber' && command.kind === 'write') continue;
      throw mongoError(40415, `BSON field '${name}.${field}' is an unknown field.`);
    }
  }
  checkReadConcern(documentArgument(body.readConcern, 'readConcern'));
  checkWriteConcern(documentArgument(body.writeConcern, 'writeConcern'));
  if (body.apiVersion !== undefined && body.apiVersion !== '1') {
    throw new MongoError(322, 'APIVersionError', `API version must be "1"`);
  }
}

// One member that commits before it answers: these levels all see the same.
const readLevels = new Set(['local', 'available', 'majority', 'linearizable']);

function checkReadConcern(concern: Document | undefined) {
  for (const [field, value] of Object.entries(concern ?? {})) {
    if (field === 'afterClusterTime') continue;
    if (field === 'level' && readLevels.has(String(value))) continue;
    throw mongoError(238, `readConcern ${field} '${String(value)}' is not supported by dev-mongo`);
  }
}

// Every write is journaled before its reply, so j, fsync and wtimeout have nothing to add.
const writeConcernFields = new Set(['w', 'j', 'fsync', 'wtimeout', 'provenance']);

function checkWriteConcern(concern: Document | undefined) {
  for (const field of Object.keys(concern ?? {})) {
    if (!writeConcernFields.has(field)) {
      throw mongoError(40415, `BSON field 'writeConcern.${field}' is an unknown field.`);
    }
  }
  const w = concern?.w;
  if (w === undefined || w === 'majority') return;
  const members = numberOf(w);
  if (members === undefined) {
    throw new MongoError(79, 'UnknownReplWriteConcern', `No write concern mode named '${String(w)}' found`);
  }
  if (members > 1) {
    throw new MongoError(100, 'UnsatisfiableWriteConcern', 'Not enough data-bearing nodes: dev-mongo is one');
  }
}

// Nothing can be interrupted in one thread, but a late answer can be refused as MongoDB would.
function requireTime(command: Command, body: Document, elapsedMs: number) {
  const limit = numberOf(body.maxTimeMS);
  if (command.kind !== 'read' || !limit || elapsedMs <= limit) return;
  throw mongoError(50, 'operation exceeded time limit');
}

function transactionNumber(value: unknown): bigint {
  if ((value as { _bsontype?: string } | null)?._bsontype !== 'Long') {
    throw mongoError(14, "BSON field 'txnNumber' is the wrong type, expected type 'long'");
  }
  return (value as Long).toBigInt();
}

function errorReply(error: unknown): Document {
  if (error instanceof MongoError) {
    const { code, codeName, message, extra } = error;
    return { ok: new Double(0), errmsg: message, code, codeName, ...extra };
  }
  if (error instanceof BSONError) {
    return { ok: new Double(0), errmsg: error.message, code: 22, codeName: 'InvalidBSON' };
  }
  // A fault of dev-mongo itself: the client gets an error, the developer the place.
  logLine('internal error', error);
  return {
    ok: new Double(0),
    errmsg: `dev-mongo internal error: ${String(error)}`,
    code: 1,
    codeName: 'InternalError',
  };
}
