import { documentArgument, requiredDocuments } from '../arguments.ts';
import type { Collection } from '../collection.ts';
import { encoded } from '../cursors.ts';
import { canonicalKey, mongoError, notSupported } from '../engine/index.ts';
import type { CollectionIndex } from '../index/collection-index.ts';
import { indexIdentity, indexSignature, parseIndexSpec } from '../index/index-spec.ts';
import type { IndexSpec } from '../index/index-spec.ts';
import { collectionName, writtenCollectionName } from './command.ts';
import type { Command } from './command.ts';
import { cursorOptions } from './catalog.commands.ts';

const createIndexes: Command = {
  kind: 'write',
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  run(context) {
    const { body, catalog, db } = context;
    const name = writtenCollectionName(context);
    if (body.ignoreUnknownIndexOptions)
      throw notSupported("createIndexes option 'ignoreUnknownIndexOptions'");
    const given = requiredDocuments(body.indexes, 'createIndexes.indexes');
    if (given.length === 0) throw mongoError(2, 'Must specify at least one index to create');
    const existing = catalog.find(db, name);
    const wanted = given.map((spec) => parseIndexSpec(spec, existing?.collation));
    const collection = catalog.findOrCreate(db, name);
    const before = collection.indexes.size;
    // All are built before the first is added, so that a failure leaves nothing behind.
    const fresh: CollectionIndex[] = [];
    for (const spec of wanted) {
      const known = [...collection.indexes.values(), ...fresh].map((index) => index.spec);
      if (!isNew(spec, known)) continue;
      if (before + fresh.length >= 64)
        throw mongoError(67, `add index fails, too many indexes for ${db}.${name}`);
      fresh.push(collection.buildIndex(spec));
    }
    for (const index of fresh) collection.addIndex(index);
    return {
      numIndexesBefore: before,
      numIndexesAfter: collection.indexes.size,
      createdCollectionAutomatically: existing === undefined,
      ...(fresh.length === 0 ? { note: 'all indexes already exist' } : {}),
    };
  },
};

/** False for an index that is there already; codes 85 and 86 when it is there otherwise. */
function isNew(spec: IndexSpec, known: IndexSpec[]): boolean {
  if (spec.name === '_id_') return false;
  for (const other of known) {
    if (indexIdentity(other) === indexIdentity(spec)) return false;
    if (other.name === spec.name) {
      throw mongoError(
        86,
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${spec.name}`,
      );
    }
    if (indexSignature(other) === indexSignature(spec)) {
      throw mongoError(85, `Index already exists with a different name or different options: ${other.name}`);
    }
  }
  return true;
}

const dropIndexes: Command = {
  kind: 'write',
  fields: ['index'],
  run(context) {
    const { body, catalog, db } = context;
    const collection = catalog.require(db, collectionName(context));
    const nIndexesWas = collection.indexes.size;
    const names = indexesToDrop(collection, body.index);
    for (const name of names) collection.dropIndex(name);
    return { nIndexesWas };
  },
};

function indexesToDrop(collection: Collection, given: unknown): string[] {
  if (given === '*') return [...collection.indexes.keys()].filter((name) => name !== '_id_');
  const wanted = Array.isArray(given) ? given : [given];
  return wanted.map((one) => {
    const pattern = typeof one === 'string' ? undefined : documentArgument(one, 'dropIndexes.index');
    if (typeof one !== 'string' && !pattern)
      throw mongoError(40414, "BSON field 'dropIndexes.index' is missing");
    const index = pattern
      ? [...collection.indexes.values()].find(
          ({ spec }) => canonicalKey(spec.document.key) === canonicalKey(pattern),
        )
      : collection.indexes.get(one as string);
    if (!index) {
      throw mongoError(
        27,
        pattern ? "can't find index with this key" : `index not found with name [${String(one)}]`,
      );
    }
    if (index.spec.name === '_id_') throw mongoError(72, 'cannot drop _id index');
    return index.spec.name;
  });
}

const listIndexes: Command = {
  kind: 'plain',
  fields: ['cursor'],
  run(context) {
    const { body, catalog, cursors, db } = context;
    const collection = catalog.require(db, collectionName(context));
    const list = [...collection.indexes.values()].map((index) => index.spec.document);
    return { cursor: cursors.start(collection.namespace, encoded(list), cursorOptions(body)) };
  },
};

export const indexCommands: Record<string, Command> = { createIndexes, dropIndexes, listIndexes };
