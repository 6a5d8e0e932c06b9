import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  headsOf,
  linesIn,
  nextLink,
  newKey,
  pickFrom,
  rootsOf,
  sampleExport,
  streamed,
  type Sample,
} from '../test/sample-export.ts';
import { tampers } from '../test/tampers.ts';
import { signRoot, verifyExport, type ExportReport, type VerifyOptions } from './index.ts';

const key = newKey('nyckel-1');

function verify(lines: Iterable<string>, options?: VerifyOptions): Promise<ExportReport> {
  return verifyExport(streamed(lines), options);
}

describe('a whole export', () => {
  test('is whole, and is counted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 9 }), async (seed, chains) => {
        const sample = sampleExport(seed, key, chains);
        const { fault, counts, keys } = await verify(linesIn(sample));
        expect(fault).toBeNull();
        expect(counts).toEqual({
          events: sample.events.length,
          chains,
          leaves: sample.leaves.length,
          roots: 4,
          blanked: 0,
          unsealed: 2,
        });
        expect(keys).toEqual([key.jwk]);
      }),
      { numRuns: 30 },
    );
  });

  test('is whole with thinned private parts, which are counted', async () => {
    const sample = sampleExport(1, key);
    const thinned = sample.events.map((record) => ({ ...record, event: { ...record.event, private: null } }));
    const { fault, counts } = await verify(linesIn({ ...sample, events: thinned }));
    expect(fault).toBeNull();
    expect(counts.blanked).toBe(sample.events.filter(({ event }) => event.private).length);
    expect(counts.blanked).toBeGreaterThan(0);
  });

  test('may hold one service alone: what the log has of others is only held against the roots', async () => {
    const sample = sampleExport(2, key);
    const ours = (record: { service: string }): boolean => record.service === 'plans';
    const alone: Sample = {
      ...sample,
      header: { ...sample.header, service: 'plans' },
      events: sample.events.filter(ours),
      heads: sample.heads.filter(ours),
    };
    expect(await verify(linesIn(alone))).toMatchObject({ fault: null, service: 'plans' });
    // Without saying so, the others are missing; and what it says it is, it must be.
    expect((await verify(linesIn({ ...alone, header: sample.header }))).fault?.code).toBe('leaf-link');
    const mixed = { ...alone, events: sample.events };
    expect((await verify(linesIn(mixed))).fault).toMatchObject({ code: 'form' });
  });

  test('may hold a selection of chains, each of which must be whole', async () => {
    const sample = sampleExport(2, key);
    const { aggregate } = sample.heads[0] as Sample['heads'][number];
    const events = sample.events.filter(({ event }) => event.aggregate.id === aggregate.id);
    const selected: Sample = {
      ...sample,
      header: { ...sample.header, selection: 'application application-0' },
      events,
      heads: headsOf(events),
    };
    expect(await verify(linesIn(selected))).toMatchObject({
      fault: null,
      selection: 'application application-0',
      counts: { chains: 1, roots: 4, leaves: sample.leaves.length },
    });
    const faultOf = async (changed: Partial<Sample>) =>
      (await verify(linesIn({ ...selected, ...changed }))).fault?.code;
    expect(await faultOf({ header: sample.header })).toBe('leaf-link');
    expect(await faultOf({ events: events.slice(0, -1) })).toBe('cut-off');
    const first = events.slice(0, 1);
    expect(await faultOf({ events: first, heads: headsOf(first) })).toBe('leaf-link');
  });

  test('is so with its keys first, and without a log when none is kept yet', async () => {
    const sample = sampleExport(3, key);
    const [header, ...rest] = linesIn(sample);
    const keysFirst = [header as string, rest.at(-1) as string, ...rest.slice(0, -1)];
    expect((await verify(keysFirst)).fault).toBeNull();
    const { fault, counts } = await verify(linesIn({ ...sample, leaves: [], roots: [], keys: [] }));
    expect(fault).toBeNull();
    expect(counts.unsealed).toBe(counts.events);
    const last = sample.events.slice(0, -1);
    const cut = linesIn({ ...sample, events: last, leaves: [], roots: [], keys: [] });
    expect((await verify(cut)).fault?.code).toBe('cut-off');
  });

  test('is held against a key and a root known from elsewhere', async () => {
    const sample = sampleExport(4, key);
    const lines = linesIn(sample);
    const root = sample.roots[1]?.root as Sample['roots'][number]['root'];
    expect((await verify(lines, { trustedKeys: [key.jwk], knownRoots: [root] })).fault).toBeNull();
    const others = newKey('nyckel-1').jwk;
    expect((await verify(lines, { trustedKeys: [others] })).fault?.code).toBe('root-signature');
    expect((await verify(lines, { trustedKeys: [{ ...others, kid: 'x' }] })).fault?.code).toBe('root-key');
  });

  test('without roots of hours in which nothing grew is found by their numbers, or by one that is known', async () => {
    const sample = sampleExport(4, key);
    const [first, second, repeated, last] = sample.roots as [Root, Root, Root, Root];
    expect([repeated.root.treeSize, repeated.root.rootHash]).toEqual([
      second.root.treeSize,
      second.root.rootHash,
    ]);
    const without = { ...sample, roots: [first, second, last] };
    expect((await verify(linesIn(without))).fault).toMatchObject({ code: 'root-previous' });
    // At the end there is nothing behind it that would tell.
    const leaves = sample.leaves.slice(0, repeated.root.treeSize);
    const upTo = { ...sample, leaves, roots: [first, second, repeated] };
    const cut = linesIn({ ...upTo, roots: [first, second] });
    expect((await verify(linesIn(upTo), { knownRoots: [repeated.root] })).fault).toBeNull();
    expect((await verify(cut)).fault).toBeNull();
    expect((await verify(cut, { knownRoots: [repeated.root] })).fault?.code).toBe('known-root');
  });

  test('does not count what tells of the roots as not yet covered: no root ever does', async () => {
    const sample = sampleExport(3, key);
    const aggregate = { type: 'audit-root', id: 'root-1' };
    const told = {
      kind: 'event',
      service: 'audit',
      event: nextLink(undefined, aggregate, pickFrom(3)),
    } as const;
    const events = [...sample.events, told];
    const { fault, counts } = await verify(linesIn({ ...sample, events, heads: headsOf(events) }));
    expect(fault).toBeNull();
    expect(counts).toMatchObject({ events: events.length, unsealed: 2 });
  });

  test('may begin with roots from before there were numbers, and have none of them behind', async () => {
    const sample = sampleExport(4, key);
    const unnumbered = (count: number): Root[] =>
      sample.roots.map((record, index) => {
        const { number: _number, signature: _signature, ...rest } = record.root;
        return index < count ? { ...record, root: signRoot(rest, key.privateKey) } : record;
      });
    expect((await verify(linesIn({ ...sample, roots: unnumbered(2) }))).fault).toBeNull();
    const roots = [...sample.roots.slice(0, 2), ...unnumbered(4).slice(2)];
    expect((await verify(linesIn({ ...sample, roots }))).fault).toMatchObject({ code: 'root-previous' });
  });

  test('rewritten as a whole and signed with another key, is found by a root known from elsewhere', async () => {
    const theirs = newKey('nyckel-1');
    const knownRoots = sampleExport(5, key).roots.map(({ root }) => root);
    const rewritten = linesIn(sampleExport(6, theirs));
    expect((await verify(rewritten)).fault).toBeNull();
    expect((await verify(rewritten, { trustedKeys: [key.jwk] })).fault?.code).toBe('root-signature');
    expect((await verify(rewritten, { knownRoots })).fault?.code).toBe('known-root');
    expect(
      (await verify(linesIn({ ...sampleExport(5, key), leaves: [], roots: [] }), { knownRoots })).fault,
    ).toMatchObject({ code: 'known-root', place: { treeSize: knownRoots[0]?.treeSize } });
  });
});

test('a chain that the log has seen longer is a fault, though every hash and signature is right', async () => {
  const sample = sampleExport(9, key);
  const later = sample.leaves.findLast(({ leaf }) => leaf.seq > 1 && hasEarlier(sample, leaf)) as Leaf;
  const earlier = sample.leaves.find(({ leaf }) => isSameChain(leaf, later.leaf)) as Leaf;
  const leaves = [...sample.leaves, { ...earlier, index: sample.leaves.length }];
  const sizes = [...sample.roots.map(({ root }) => root.treeSize), leaves.length];
  const { fault } = await verify(linesIn({ ...sample, leaves, roots: rootsOf(leaves, sizes, key) }));
  const { seq, aggregateId: id, aggregateType: type } = earlier.leaf;
  expect(fault).toMatchObject({
    code: 'leaf-back',
    place: { leaf: sample.leaves.length, seq, aggregate: { type, id } },
  });
});

type Root = Sample['roots'][number];
type Leaf = Sample['leaves'][number];

function isSameChain(a: Leaf['leaf'], b: Leaf['leaf']): boolean {
  return a.service === b.service && a.aggregateId === b.aggregateId;
}

function hasEarlier(sample: Sample, leaf: Leaf['leaf']): boolean {
  return sample.leaves.some((each) => isSameChain(each.leaf, leaf) && each.leaf.seq < leaf.seq);
}

describe('what is not an export', () => {
  test.each([
    ['nothing', []],
    ['another file', ['{"name":"x"}']],
    ['a later form', ['{"insatsAudit":2,"exportedAt":"2026-12-01T10:00:00.000Z"}']],
    ['no JSON', ['%PDF-1.7']],
    ['a lone value', ['null']],
  ])('%s is named as such', async (_name, lines) => {
    expect((await verify(lines)).fault).toMatchObject({ code: 'not-an-export', place: { line: 1 } });
  });

  test('a header that says two things is not believed', async () => {
    const at = '"exportedAt":"2026-12-01T10:00:00.000Z"';
    for (const lines of [
      [`{"insatsAudit":1,${at},"service":"plans","service":"applications"}`],
      [`{"insatsAudit":1,${at}} `],
    ])
      expect((await verify(lines)).fault).toMatchObject({ code: 'spelling', place: { line: 1 } });
  });

  test('nesting without end is a fault of its line', async () => {
    const [header] = linesIn(sampleExport(7, key));
    const deep = `{"kind":"event","service":"plans","event":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await verify([header as string, deep])).fault).toMatchObject({ place: { line: 2 } });
    const sample = sampleExport(7, key);
    const [event] = sample.events;
    const text = JSON.stringify(event).replace(
      '"data":{',
      `"data":{"deep":${'['.repeat(1e5)}${']'.repeat(1e5)},`,
    );
    expect((await verify([header as string, text])).fault).toMatchObject({ place: { line: 2, seq: 1 } });
  });
});

test('the first broken place is told in both languages, by its names', async () => {
  const sample = sampleExport(8, key);
  const record = sample.events[5] as Sample['events'][number];
  const event = { ...record.event, data: { amount: 0 } };
  const { fault } = await verify(linesIn({ ...sample, events: sample.events.with(5, { ...record, event }) }));
  const { type, id } = event.aggregate;
  expect(fault?.sv).toBe(
    `${capital(record.service)}, ${type} ${id}, länk ${event.seq}, händelse ${event.id}, rad 7: Innehållet är ändrat: länkens hash är en annan.`,
  );
  expect(fault?.en).toBe(
    `${capital(record.service)}, ${type} ${id}, link ${event.seq}, event ${event.id}, line 7: The content was changed: the link's hash is another.`,
  );
});

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

test('of 1,000 random tampers each is found, and its first bad place named', async () => {
  const found: Record<string, number> = {};
  const names = Object.keys(tampers);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.oneof(fc.constantFrom('changeField', 'removeField'), fc.constantFrom(...names)),
      async (seed, name) => {
        const pick = pickFrom(seed);
        const sample = sampleExport(seed, key, 2 + pick(4));
        const tampered = tampers[name]?.(sample, pick, key);
        fc.pre(tampered !== null && tampered !== undefined);
        const options = tampered.needsKey ? { trustedKeys: [key.jwk] } : undefined;
        const { fault } = await verify(tampered.lines, options);
        expect({ name, ...fault }).toMatchObject({ name, ...tampered.expected });
        found[name] = (found[name] ?? 0) + 1;
      },
    ),
    { numRuns: 1000 },
  );
  expect(Object.keys(found).sort()).toEqual(names.sort());
  expect(Object.values(found).reduce((sum, count) => sum + count)).toBe(1000);
});
