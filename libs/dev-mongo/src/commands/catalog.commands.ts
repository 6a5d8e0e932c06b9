import { Int32 } from 'bson';
import {
  booleanArgument,
  countArgument,
  documentArgument,
  refuseUnknownFields,
  stringArgument,
} from '../arguments.ts';
import type { Collection } from '../collection.ts';
import { encoded } from '../cursors.ts';
import { canonicalKey, compileMatch, mongoError, notSupported, parseCollation } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import { collectionName, writtenCollectionName } from './command.ts';
import type { Command, CommandContext } from './command.ts';

const createRefused = [
  'capped',
  'size',
  'max',
  'timeseries',
  'expireAfterSeconds',
  'clusteredIndex',
  'changeStreamPreAndPostImages',
  'viewOn',
  'pipeline',
  'storageEngine',
  'indexOptionDefaults',
  'encryptedFields',
  'autoIndexId',
  'temp',
  'flags',
];

const create: Command = {
  kind: 'write',
  fields: ['validator', 'validationLevel', 'validationAction', 'collation', ...createRefused],
  run(context) {
    const { body, catalog, db } = context;
    const name = writtenCollectionName(context);
    for (const option of createRefused) {
      // Even false or {} is refused for most of them: only what means "off" may be there.
      if (body[option] !== undefined && body[option] !== false)
        throw notSupported(`create option '${option}'`);
    }
    const options: Document = validationOptions(body);
    const collation = documentArgument(body.collation, 'create.collation');
    const parsed = collation && parseCollation(collation);
    if (parsed) options.collation = parsed.spec;
    const existing = catalog.find(db, name);
    if (existing) {
      if (canonicalKey(existing.options) === canonicalKey(options)) return {};
      throw mongoError(48, `Collection ${db}.${name} already exists.`);
    }
    catalog.create(db, name, options);
    return {};
  },
};

/** The validation of create and collMod. */
function validationOptions(body: Document): Document {
  const options: Document = {};
  const validator = documentArgument(body.validator, 'validator');
  if (validator && Object.keys(validator).length > 0) {
    compileMatch(validator);
    options.validator = validator;
  }
  for (const [name, only] of [
    ['validationLevel', 'strict'],
    ['validationAction', 'error'],
  ] as const) {
    if (body[name] === undefined) continue;
    if (body[name] !== only) throw notSupported(`${name} other than '${only}'`);
  }
  return options;
}

const collMod: Command = {
  kind: 'write',
  fields: ['index', 'validator', 'validationLevel', 'validationAction'],
  run(context) {
    const { body, catalog, db } = context;
    const collection = catalog.require(db, collectionName(context));
    const validation = validationOptions(body);
    const reply: Document = {};
    const change = documentArgument(body.index, 'collMod.index');
    if (change) Object.assign(reply, collModIndex(collection, change));
    if (body.validator !== undefined) {
      const { validator: _old, ...others } = collection.options;
      catalog.saveOptions(collection, { ...others, ...validation });
    }
    return reply;
  },
};

function collModIndex(collection: Collection, change: Document): Document {
  refuseUnknownFields(
    change,
    new Set(['keyPattern', 'name', 'expireAfterSeconds', 'hidden']),
    'collMod.index',
  );
  const pattern = documentArgument(change.keyPattern, 'collMod.index.keyPattern');
  const index = [...collection.indexes.values()].find(({ spec }) =>
    pattern ? canonicalKey(spec.document.key) === canonicalKey(pattern) : spec.name === change.name,
  );
  if (change.expireAfterSeconds === undefined && change.hidden === undefined)
    throw mongoError(72, 'no expireAfterSeconds or hidden field');
  if (!index) throw mongoError(27, `cannot find index ${String(change.name ?? 'with this key')}`);
  if (index.spec.name === '_id_') throw mongoError(2, 'cannot change the _id index');
  const reply: Document = {};
  const document = { ...index.spec.document };
  if (change.expireAfterSeconds !== undefined) {
    if (index.spec.expireAfterSeconds !== undefined) {
      reply.expireAfterSeconds_old = index.spec.document.expireAfterSeconds;
    }
    document.expireAfterSeconds = change.expireAfterSeconds;
    reply.expireAfterSeconds_new = change.expireAfterSeconds;
  }
  if (change.hidden !== undefined) {
    reply.hidden_old = index.spec.hidden;
    document.hidden = booleanArgument(change.hidden, 'collMod.index.hidden');
    reply.hidden_new = document.hidden;
  }
  collection.changeIndex(document);
  return reply;
}

const drop: Command = {
  kind: 'write',
  fields: [],
  run(context) {
    const { catalog, cursors, db } = context;
    const name = writtenCollectionName(context);
    const collection = catalog.find(db, name);
    if (!collection) return {};
    const nIndexesWas = collection.indexes.size;
    catalog.drop(collection);
    cursors.killNamespace((namespace) => namespace === collection.namespace);
    return { nIndexesWas, ns: collection.namespace };
  },
};

const dropDatabase: Command = {
  kind: 'write',
  fields: [],
  run({ catalog, cursors, db }) {
    const collections = catalog.collections(db);
    for (const collection of collections) catalog.drop(collection);
    cursors.killNamespace((namespace) => namespace.startsWith(`${db}.`));
    return collections.length > 0 ? { dropped: db } : {};
  },
};

const listCollections: Command = {
  kind: 'plain',
  fields: ['filter', 'cursor', 'nameOnly', 'authorizedCollections'],
  run({ body, catalog, cursors, db, now }) {
    const filter = compileMatch(documentArgument(body.filter, 'listCollections.filter') ?? {}, { now });
    const nameOnly = booleanArgument(body.nameOnly, 'listCollections.nameOnly');
    const list = catalog
      .collections(db)
      .map(describeCollection)
      .filter((entry) => filter.test(entry))
      .map((entry) => (nameOnly ? { name: entry.name, type: entry.type } : entry));
    return { cursor: cursors.start(`${db}.$cmd.listCollections`, encoded(list), cursorOptions(body)) };
  },
};

function describeCollection(collection: Collection): Document {
  return {
    name: collection.name,
    type: 'collection',
    options: collection.options,
    info: { readOnly: false },
    idIndex: collection.indexes.get('_id_')!.spec.document,
  };
}

/** `cursor: { batchSize }` of the listing commands. */
export function cursorOptions(body: Document): { batchSize?: number | undefined } {
  const cursor = documentArgument(body.cursor, 'cursor') ?? {};
  refuseUnknownFields(cursor, new Set(['batchSize']), 'cursor');
  return {
    batchSize: cursor.batchSize === undefined ? undefined : countArgument(cursor.batchSize, 'batchSize', 0),
  };
}

const listDatabases: Command = {
  kind: 'plain',
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run(context) {
    requireAdmin(context);
    const { body, catalog, now } = context;
    const filter = compileMatch(documentArgument(body.filter, 'listDatabases.filter') ?? {}, { now });
    const databases = catalog
      .databases()
      .map((name): Document => {
        const collections = catalog.collections(name);
        const sizeOnDisk = collections.reduce((sum, one) => sum + one.dataBytes, 0);
        return { name, sizeOnDisk, empty: collections.every((one) => one.records.size === 0) };
      })
      .filter((entry) => filter.test(entry));
    if (booleanArgument(body.nameOnly, 'listDatabases.nameOnly')) {
      return { databases: databases.map(({ name }) => ({ name })) };
    }
    const totalSize = databases.reduce((sum, entry) => sum + (entry.sizeOnDisk as number), 0);
    return { databases, totalSize };
  },
};

/** Throws code 13 for a command that MongoDB only takes against the admin database. */
export function requireAdmin({ db, name }: CommandContext): void {
  if (db !== 'admin') throw mongoError(13, `${name} may only be run against the admin database.`);
}

const dbStats: Command = {
  kind: 'plain',
  fields: ['scale', 'freeStorage'],
  run({ body, catalog, db }) {
    const scale = countArgument(body.scale, 'dbStats.scale', 1);
    const collections = catalog.collections(db);
    const dataSize = collections.reduce((sum, one) => sum + one.dataBytes, 0);
    const objects = collections.reduce((sum, one) => sum + one.records.size, 0);
    return {
      db,
      collections: collections.length,
      views: 0,
      objects,
      avgObjSize: objects === 0 ? 0 : dataSize / objects,
      dataSize: dataSize / scale,
      indexes: collections.reduce((sum, one) => sum + one.indexes.size, 0),
      scaleFactor: scale,
    };
  },
};

const collStats: Command = {
  kind: 'plain',
  fields: ['scale'],
  run(context) {
    const { body, catalog, db } = context;
    const name = stringArgument(body[context.name], context.name);
    const scale = countArgument(body.scale, 'collStats.scale', 1);
    const collection = catalog.find(db, name);
    const count = collection?.records.size ?? 0;
    const size = collection?.dataBytes ?? 0;
    return {
      ns: `${db}.${name}`,
      count: new Int32(count),
      size: size / scale,
      ...(count > 0 ? { avgObjSize: size / count } : {}),
      nindexes: collection?.indexes.size ?? 0,
      capped: false,
      scaleFactor: scale,
    };
  },
};

export const catalogCommands: Record<string, Command> = {
  create,
  collMod,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  dbStats,
  collStats,
};
