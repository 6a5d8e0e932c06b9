import { Int32 } from 'bson';
import { countArgument, documentArgument, numberOf, requiredDocuments } from '../arguments.ts';
import type { Collection } from '../collection.ts';
import { bsonTypeName } from '../engine/index.ts';
import type { Document, Value } from '../engine/index.ts';
import { countInIndex } from '../index-count.ts';
import type { IndexCount } from '../index-count.ts';
import { collationArgument } from './command.ts';
import type { CommandContext } from './command.ts';

// Counts that an index answers alone, apart so that explain tells of exactly the same ones. A hint goes
// the long way: it names the index itself.

/** The count of a count command; undefined when documents have to be looked at. */
export function indexCountOfCount(
  context: CommandContext,
  collection: Collection | undefined,
): IndexCount | undefined {
  const { body } = context;
  if (!collection || body.hint !== undefined) return undefined;
  const filter = documentArgument(body.query, 'count.query') ?? {};
  const counted = countInIndex(collection, filter, collationArgument(context) ?? collection.collation);
  if (!counted) return undefined;
  const left = Math.max(0, counted.n - countArgument(body.skip, 'count.skip', 0));
  const limit = countArgument(body.limit, 'count.limit', 0);
  return { ...counted, n: limit === 0 ? left : Math.min(left, limit) };
}

/** A pipeline that only counts, with the documents it makes of a number. */
interface Counting {
  filter: Document;
  results(n: number): Document[];
}

/** The count of a pipeline that does nothing else, as drivers send it for countDocuments. */
export function indexCountOfAggregate(
  context: CommandContext,
  collection: Collection | undefined,
): (IndexCount & { results: Document[] }) | undefined {
  const { body } = context;
  if (!collection || body.hint !== undefined) return undefined;
  const counting = countingPipeline(requiredDocuments(body.pipeline, 'aggregate.pipeline'));
  if (!counting) return undefined;
  const counted = countInIndex(
    collection,
    counting.filter,
    collationArgument(context) ?? collection.collation,
  );
  return counted && { ...counted, results: counting.results(counted.n) };
}

function countingPipeline(pipeline: Document[]): Counting | undefined {
  const [first, last, ...others] = pipeline;
  const filter = first?.$match;
  if (others.length > 0 || !last || bsonTypeName(filter) !== 'object') return undefined;
  const result = countingStage(last);
  return result && { filter: filter as Document, results: (n) => (n === 0 ? [] : [result(new Int32(n))]) };
}

/** `$count`, or a `$group` of everything into one number. */
function countingStage(stage: Document): ((n: Int32) => Document) | undefined {
  const { $count: name, $group: group } = stage;
  if (typeof name === 'string') return (n) => ({ [name]: n });
  if (bsonTypeName(group) !== 'object') return undefined;
  const { _id, ...fields } = group as Document;
  const [field, ...others] = Object.keys(fields);
  if (field === undefined || others.length > 0 || !isConstant(_id) || !isSumOfOnes(fields[field]))
    return undefined;
  return (n) => ({ _id, [field]: n });
}

function isConstant(id: Value): boolean {
  return id === null || numberOf(id) !== undefined;
}

function isSumOfOnes(accumulator: Value): boolean {
  if (bsonTypeName(accumulator) !== 'object') return false;
  const { $sum, ...others } = accumulator as Document;
  return Object.keys(others).length === 0 && bsonTypeName($sum) === 'int' && numberOf($sum) === 1;
}
