import type { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';
import type { CollectionIndex } from './index/collection-index.ts';

/** Deletes what the TTL indexes say has expired. Gives the number of deleted documents. */
export function removeExpired(catalog: Catalog, now: Date): number {
  let removed = 0;
  for (const collection of catalog.all()) {
    if (!collection.hasExpiry) continue;
    for (const index of collection.indexes.values()) {
      if (index.spec.expireAfterSeconds !== undefined) removed += expire(collection, index, now);
    }
  }
  return removed;
}

function expire(collection: Collection, index: CollectionIndex, now: Date): number {
  const latest = new Date(now.getTime() - index.spec.expireAfterSeconds! * 1000);
  const ascending = index.spec.fields[0]!.direction === 1;
  const first = [new Date(-8.64e15)];
  // Only dates lie between the first possible date and the latest, whatever else the field may hold;
  // of an array the earliest date counts.
  const range = index
    .ordered(() => collection.partialDocuments([index]))
    .range(ascending ? first : [latest], ascending ? [latest] : first);
  const expired = [...new Set(range)];
  for (const recordId of expired) collection.remove(collection.records.get(recordId)!);
  return expired.length;
}
