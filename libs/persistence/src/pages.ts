import { type Model } from 'mongoose';
import { type Page, type Paging } from '#libs/contracts';

/** Order of the Swedish alphabet: … Z Å Ä Ö. */
export const swedish = { locale: 'sv' } as const;

/**
 * One page of what `filter` lets through, with the total. `filter` null: nothing may be seen. `sort` is a
 * field name, with `-` for descending; ties are broken by id, so that pages neither repeat nor skip. Fields
 * named in `without` are left in the database: the bulk of a document has no place in a list.
 */
export async function readPage<Document, View>(
  model: Model<Document>,
  filter: Record<string, unknown> | null,
  paging: Paging & { readonly sort?: string },
  view: (document: Document) => View,
  without: readonly string[] = [],
): Promise<Page<View>> {
  const page = { number: paging.page, limit: paging.limit };
  if (filter === null) return { items: [], page: { ...page, total: 0 } };
  const field = paging.sort?.replace(/^-/, '') ?? '_id';
  const direction = paging.sort?.startsWith('-') ? -1 : 1;
  const sort: Record<string, 1 | -1> =
    field === '_id' ? { _id: direction } : { [field]: direction, _id: direction };
  // Words are sorted as Swedes sort them; for days, times and numbers the plain order is the right one.
  const words = field === 'title' || field === 'name';
  const query = model
    .find(filter as never, Object.fromEntries(without.map((name) => [name, 0])) as never)
    .sort(sort)
    .skip((paging.page - 1) * paging.limit)
    .limit(paging.limit)
    .lean();
  if (words) query.collation(swedish);
  const [documents, total] = await Promise.all([query, model.countDocuments(filter as never)]);
  return { items: documents.map((document) => view(document as Document)), page: { ...page, total } };
}
