import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { streamed } from '../test/sample-export.ts';
import { linesOf, UnreadableLine, verifyExport } from './index.ts';

/** The bytes in pieces that end where they will, also within a character. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_each, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function read(bytes: Buffer, size: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(streamed(pieces(bytes, size)))) lines.push(line);
  return lines;
}

describe('lines', () => {
  test('are the same however the bytes arrive, and end at a newline alone', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 }).map((each) => each.replaceAll('\n', ''));
    const line = fc.oneof(text, fc.constantFrom('å\u2028ä\u2029ö', '\r', '\ufeff', '😀'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (lines, size, ended) => {
          fc.pre(ended || lines.at(-1) !== '');
          const bytes = Buffer.from(lines.join('\n') + (ended ? '\n' : ''), 'utf8');
          expect(await read(bytes, size)).toEqual(lines);
        },
      ),
    );
  });

  test('that are no UTF-8 are named, and not read as something else', async () => {
    const bytes = Buffer.concat([Buffer.from('å\nb\nc'), Buffer.from([0xc3, 0x28]), Buffer.from('\nd\n')]);
    for (const size of [1, 3, 100])
      await expect(read(bytes, size)).rejects.toMatchObject({ line: 3, reason: 'encoding' });
    await expect(read(Buffer.from([0x61, 0x0a, 0xc3]), 9)).rejects.toBeInstanceOf(UnreadableLine);
    const report = await verifyExport(linesOf(streamed([Buffer.from([0xff, 0x0a])])));
    expect(report.fault).toMatchObject({ code: 'encoding', place: { line: 1 } });
  });

  test('without an end are not gathered for ever', async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(2 ** 24, 'a');
    }
    const report = await verifyExport(linesOf(endless()));
    expect(report.fault).toMatchObject({ code: 'length', place: { line: 1 } });
  });
});
