import { type Operation } from './description.ts';

// Many at once are of no use: the newest are the likeliest to be in a state in which something can be done.
const most = 400;

/** Fields that hold the id of a thing, by the collection that it is in. */
const collections: Readonly<Record<string, string>> = {
  callId: 'calls',
  applicationId: 'applications',
  subjectId: 'applications',
  measureId: 'measures',
  planId: 'plans',
  personId: 'people',
  ruleId: 'thinning-rules',
  deputyFor: 'role-assignments',
};

/** The collection that an operation is about: the first part of its path. */
export const collectionOf = ({ path }: Pick<Operation, 'path'>): string => path.split('/')[1] ?? '';

/**
 * Ids of things that exist and may be broken: made for this run, or by it. The callers' own people, roles and
 * clients are not among them, so that nobody is shut out on the way.
 */
export class KnownIds {
  private readonly all: string[] = ['region-gotland', 'rcc-vast'];
  private readonly byCollection = new Map<string, string[]>([
    ['organisations', ['region-gotland', 'region-halland', 'rcc-vast']],
  ]);

  add(collection: string, id: string): void {
    this.byCollection.set(collection, bounded([...(this.byCollection.get(collection) ?? []), id]));
    this.all.push(id);
    bounded(this.all);
  }

  /** What the field of a request about a collection is likely to hold; unless it has to fit, sometimes anything. */
  forField(
    name: string,
    { collection, number, isFitting }: { collection: string; number: number; isFitting: boolean },
  ): string {
    if (name === 'etag') return `${number % 5}`;
    const any = this.all[number % this.all.length] as string;
    if (!isFitting && number % 4 === 0) return any;
    const fitting = this.byCollection.get(collections[name] ?? (name === 'id' ? collection : '')) ?? [];
    return fitting[number % fitting.length] ?? any;
  }
}

/** Those made first stay. */
function bounded(ids: string[]): string[] {
  if (ids.length > most) ids.splice(30, ids.length - most);
  return ids;
}
