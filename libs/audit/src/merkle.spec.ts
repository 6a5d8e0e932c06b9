import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CompactRange,
  emptyRoot,
  leafHash,
  MerkleTree,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';

// The naive definition, word for word from RFC 9162, 2.1: no shared code with what is tested.
const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const byte = (value: number): Buffer => Buffer.from([value]);

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function treeHash(entries: readonly Buffer[]): Buffer {
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(byte(0), entries[0] as Buffer);
  const k = largestPowerBelow(entries.length);
  return sha(byte(1), treeHash(entries.slice(0, k)), treeHash(entries.slice(k)));
}

function path(m: number, entries: readonly Buffer[]): Buffer[] {
  if (entries.length === 1) return [];
  const k = largestPowerBelow(entries.length);
  return m < k
    ? [...path(m, entries.slice(0, k)), treeHash(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), treeHash(entries.slice(0, k))];
}

function subproof(m: number, entries: readonly Buffer[], whole: boolean): Buffer[] {
  if (m === entries.length) return whole ? [] : [treeHash(entries)];
  const k = largestPowerBelow(entries.length);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), whole), treeHash(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), treeHash(entries.slice(0, k))];
}

const hex = (hashes: readonly Buffer[]): string[] => hashes.map((each) => each.toString('hex'));

function treeOf(entries: readonly Buffer[]): MerkleTree {
  const tree = new MerkleTree();
  for (const entry of entries) tree.append(leafHash(entry));
  return tree;
}

/** A hash with one bit turned. */
function turned(digest: string, bit: number): string {
  const bytes = Buffer.from(digest, 'hex');
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  return bytes.toString('hex');
}

describe('known answers of the Certificate Transparency reference implementation', () => {
  const entries = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((each) => Buffer.from(each, 'hex'));
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const inclusions: [index: number, size: number, proof: string[]][] = [
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [
      1,
      5,
      [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ];
  const consistencies: [older: number, size: number, proof: string[]][] = [
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ];
  const tree = treeOf(entries);
  const leaf = (index: number): string => leafHash(entries[index] as Buffer).toString('hex');

  test.each(roots.map((root, size) => ({ root, size })))('root of $size leaves', ({ root, size }) => {
    expect(tree.root(size)).toBe(root);
    expect(treeOf(entries.slice(0, size)).root()).toBe(root);
    const range = new CompactRange();
    for (const entry of entries.slice(0, size)) range.append(leafHash(entry));
    expect(range.root()).toBe(root);
  });

  test.each(inclusions)('leaf %i is in the tree of %i', (index, size, proof) => {
    expect(tree.inclusionProof(index, size)).toEqual(proof);
    expect(verifyInclusion({ index, size, leaf: leaf(index), proof, root: roots[size] as string })).toBe(
      true,
    );
  });

  test.each(consistencies)('the tree of %i leaves is the beginning of that of %i', (older, size, proof) => {
    expect(tree.consistencyProof(older, size)).toEqual(proof);
    const [olderRoot, root] = [roots[older] as string, roots[size] as string];
    expect(verifyConsistency({ olderSize: older, olderRoot, size, root, proof })).toBe(true);
  });
});

const someEntries = fc.array(
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  { minLength: 1, maxLength: 70 },
);

describe('against the naive definition', () => {
  test('roots of every size the tree has had, and from the peaks alone after any stop', () => {
    fc.assert(
      fc.property(someEntries, fc.nat(), (entries, stop) => {
        const tree = treeOf(entries);
        let range = new CompactRange();
        for (const [index, entry] of entries.entries()) {
          if (index === stop % entries.length) range = new CompactRange(range.size, range.hashes);
          expect(range.root()).toBe(treeHash(entries.slice(0, index)).toString('hex'));
          expect(tree.root(index)).toBe(range.root());
          range.append(leafHash(entry));
        }
        expect(tree.root()).toBe(treeHash(entries).toString('hex'));
        expect(range.root()).toBe(tree.root());
      }),
      { numRuns: 60 },
    );
  });

  test('inclusion proofs are those of the definition and verify; with anything else they do not', () => {
    fc.assert(
      fc.property(someEntries, fc.nat(), fc.nat(), fc.nat(), (entries, a, b, bit) => {
        const size = (a % entries.length) + 1;
        const index = b % size;
        const tree = treeOf(entries);
        const proof = tree.inclusionProof(index, size);
        expect(proof).toEqual(hex(path(index, entries.slice(0, size))));
        const leaf = leafHash(entries[index] as Buffer).toString('hex');
        const claim = { index, size, leaf, proof, root: tree.root(size) };
        expect(verifyInclusion(claim)).toBe(true);
        const wrong = [
          { ...claim, leaf: turned(leaf, bit % 256) },
          { ...claim, root: turned(claim.root, bit % 256) },
          { ...claim, index: index + size },
          { ...claim, proof: [...proof, leaf] },
          { ...claim, leaf: 'x' },
          { ...claim, index: -1 },
          { ...claim, index: 0.5 },
          ...proof.map((node, at) => ({ ...claim, proof: proof.with(at, turned(node, bit % 256)) })),
          ...proof.map((_node, at) => ({ ...claim, proof: proof.toSpliced(at, 1) })),
        ];
        expect(wrong.filter((each) => verifyInclusion(each))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('consistency proofs are those of the definition and verify; with anything else they do not', () => {
    fc.assert(
      fc.property(someEntries, fc.nat(), fc.nat(), fc.nat(), (entries, a, b, bit) => {
        const size = (a % entries.length) + 1;
        const olderSize = (b % size) + 1;
        const tree = treeOf(entries);
        const proof = tree.consistencyProof(olderSize, size);
        expect(proof).toEqual(hex(subproof(olderSize, entries.slice(0, size), true)));
        const claim = { olderSize, olderRoot: tree.root(olderSize), size, root: tree.root(size), proof };
        expect(verifyConsistency(claim)).toBe(true);
        const wrong = [
          { ...claim, olderRoot: turned(claim.olderRoot, bit % 256) },
          { ...claim, root: turned(claim.root, bit % 256) },
          { ...claim, olderSize: size + 1 },
          { ...claim, proof: [...proof, claim.root] },
          ...proof.map((node, at) => ({ ...claim, proof: proof.with(at, turned(node, bit % 256)) })),
          ...proof.map((_node, at) => ({ ...claim, proof: proof.toSpliced(at, 1) })),
        ];
        expect(wrong.filter((each) => verifyConsistency(each))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('a rewritten older entry cannot be proved consistent', () => {
    fc.assert(
      fc.property(someEntries, fc.nat(), fc.nat(), (entries, a, b) => {
        const olderSize = (a % entries.length) + 1;
        const rewritten = treeOf(entries.with(b % olderSize, Buffer.from('rewritten')));
        const olderRoot = treeOf(entries).root(olderSize);
        const claim = { olderSize, olderRoot, size: rewritten.size, root: rewritten.root() };
        const proof = rewritten.consistencyProof(olderSize);
        expect(verifyConsistency({ ...claim, proof })).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the edges', () => {
  const tree = treeOf(['a', 'b', 'c'].map((each) => Buffer.from(each)));

  test('every tree begins with the empty one, whose root is the hash of nothing', () => {
    expect(new MerkleTree().root()).toBe(emptyRoot);
    expect(new CompactRange().root()).toBe(emptyRoot);
    const claim = { olderSize: 0, olderRoot: emptyRoot, size: 3, root: tree.root(), proof: [] };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, olderRoot: tree.root(1) })).toBe(false);
    expect(verifyConsistency({ ...claim, size: 0, root: tree.root(), olderRoot: tree.root() })).toBe(false);
  });

  test('what the tree never had is refused', () => {
    for (const ask of [
      () => tree.root(4),
      () => tree.root(-1),
      () => tree.inclusionProof(3),
      () => tree.inclusionProof(0, 0),
      () => tree.inclusionProof(2, 2),
      () => tree.consistencyProof(3, 2),
      () => tree.consistencyProof(1, 4),
      () => tree.append(Buffer.from('short')),
      () => new CompactRange(3, [tree.root()]),
      () => new CompactRange(1, ['x']),
      () => new CompactRange(-1),
    ])
      expect(ask).toThrow(RangeError);
  });

  test('sizes beyond 32 bits end in an answer, not in a wrong one or a hang', () => {
    const leaf = tree.root();
    const claim = { index: 2 ** 40, size: 2 ** 41, leaf, root: leaf };
    expect(verifyInclusion({ ...claim, proof: [] })).toBe(false);
    // The only leaf of the left half of 2^32 + 1 leaves would be beside the last one.
    const root = sha(byte(1), Buffer.from(leaf, 'hex'), Buffer.from(leaf, 'hex')).toString('hex');
    expect(verifyInclusion({ index: 2 ** 32, size: 2 ** 32 + 1, leaf, proof: [leaf], root })).toBe(true);
    expect(verifyInclusion({ index: 0, size: 2 ** 32 + 1, leaf, proof: [leaf], root })).toBe(false);
  });

  test('a proof for a tree of that size cannot lead to the root of a larger one', () => {
    const [a, b] = [leafHash('a'), leafHash('b')].map((each) => each.toString('hex')) as [string, string];
    const above = (left: string, right: string): string =>
      sha(byte(1), Buffer.from(left, 'hex'), Buffer.from(right, 'hex')).toString('hex');
    expect(verifyInclusion({ index: 1, size: 2, leaf: b, proof: [a], root: tree.root(2) })).toBe(true);
    expect(verifyInclusion({ index: 0, size: 1, leaf: b, proof: [a], root: tree.root(2) })).toBe(false);
    const four = treeOf(['a', 'b', 'c', 'd'].map((each) => Buffer.from(each)));
    const proof = four.consistencyProof(3, 4);
    const claim = { olderSize: 3, olderRoot: four.root(3), size: 4, root: four.root(4), proof };
    expect(verifyConsistency(claim)).toBe(true);
    const longer = { olderRoot: above(a, four.root(3)), root: above(a, four.root(4)), proof: [...proof, a] };
    expect(verifyConsistency({ ...claim, ...longer })).toBe(false);
    expect(verifyConsistency({ ...claim, size: 8 })).toBe(false);
  });

  test('a node is no leaf: the prefixes differ', () => {
    const [left, right] = [leafHash('a'), leafHash('b')];
    expect(leafHash(Buffer.concat([left, right])).toString('hex')).not.toBe(tree.root(2));
  });
});
