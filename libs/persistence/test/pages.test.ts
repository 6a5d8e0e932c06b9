import { beforeAll, describe, expect, test } from '@jest/globals';
import { readPage } from '#libs/persistence';
import { connected, context, Handed, NoteRepository, upTo, type Note } from './support.ts';

let notes: NoteRepository;
// As the Swedish inOrder has them; with code points Ä would come before Å, and z before both.
const inOrder = ['Alfa', 'bok', 'Citron', 'yxa', 'Zebra', 'ål', 'Åre', 'Ängel', 'Ö', 'öga'];

beforeAll(async () => {
  notes = new NoteRepository(await connected(), new Handed(), 'pages');
  await notes.prepare();
  const titles = inOrder.toReversed();
  for (const [index, title] of titles.entries()) {
    const state = { title, count: index % 2, nested: { bulk: 'x'.repeat(100) } };
    await notes.create(`id-${String(index).padStart(2, '0')}`, { state, events: [] }, context());
  }
});

const read = (
  filter: Record<string, unknown> | null,
  query: { limit?: number; page?: number; sort?: string },
) =>
  readPage(notes.model, filter, { limit: 20, page: 1, ...query }, (note) => (note as unknown as Note).title);

describe('a page', () => {
  test('is sorted as Swedes sort, both ways', async () => {
    expect((await read({}, { sort: 'title' })).items).toEqual(inOrder);
    expect((await read({}, { sort: '-title' })).items).toEqual(inOrder.toReversed());
  });

  test('tells the total of what the filter lets through, also beyond the last page', async () => {
    expect(await read({ count: 1 }, { limit: 2, page: 2, sort: 'title' })).toMatchObject({
      items: { length: 2 },
      page: { number: 2, limit: 2, total: 5 },
    });
    expect(await read({ count: 1 }, { limit: 2, page: 9 })).toEqual({
      items: [],
      page: { number: 9, limit: 2, total: 5 },
    });
  });

  test.each(['count', '-count', 'title', '-title', undefined])(
    'after page by %s repeats and skips nothing, though many are equal',
    async (sort) => {
      const pages = await Promise.all(
        upTo(5).map((page) => read({}, { limit: 2, page, ...(sort && { sort }) })),
      );
      const all = pages.flatMap((page) => page.items);
      expect([...all].sort()).toEqual([...inOrder].sort());
      expect(all).toEqual((await read({}, { ...(sort && { sort }) })).items);
    },
  );

  test('shows nothing and counts nothing for who may see nothing', async () => {
    expect(await read(null, {})).toEqual({ items: [], page: { number: 1, limit: 20, total: 0 } });
  });

  test('leaves in the database what has no place in a list', async () => {
    const page = await readPage(notes.model, {}, { limit: 1, page: 1 }, (note) => Object.keys(note), [
      'nested',
      'outbox',
    ]);
    expect(page.items[0]).toContain('title');
    expect(page.items[0]).not.toContain('nested');
    expect(page.items[0]).not.toContain('outbox');
  });
});
