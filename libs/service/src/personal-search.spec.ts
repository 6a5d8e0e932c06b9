import { describe, expect, test } from '@jest/globals';
import { type JournalStore } from '#libs/persistence';
import { PersonalSearch } from './personal-search.ts';
import { type PersonalDocument, type PersonalStore } from './personal-store.ts';

const mine = (id: string, comment: string): PersonalDocument => ({
  id,
  state: { assessments: [{ assessor: 'gunilla', comment }] },
  place: { rcc: 'sydost' },
});

function storeOf(documents: readonly PersonalDocument[]): PersonalStore {
  return {
    type: 'application',
    resource: 'application',
    personal: ['assessments.*.assessor'],
    owner: undefined,
    thinningEvents: [],
    following: (after, limit) =>
      Promise.resolve(documents.filter(({ id }) => after === null || id > after).slice(0, limit)),
    placeOf: () => Promise.resolve(null),
    thin: () => Promise.resolve({ things: [], next: null }),
  };
}

describe('a search for personal data', () => {
  test('ends a part before it is too large for the bus, and the next goes on behind it', async () => {
    const documents = ['a', 'b', 'c', 'd', 'e'].map((id) => mine(id, 'å'.repeat(100_000)));
    const nothing = { following: () => Promise.resolve([]) } as unknown as JournalStore;
    const search = new PersonalSearch('applications', [storeOf(documents)], nothing);
    const found: string[][] = [];
    let after: string | null = null;
    do {
      const part = await search.part({ ids: ['gunilla'], emails: [], reader: null, after });
      found.push(part.items.map(({ source }) => source.id));
      after = part.next;
    } while (after !== null);
    expect(found).toEqual([['a', 'b', 'c'], ['d', 'e'], []]);
  });
});
