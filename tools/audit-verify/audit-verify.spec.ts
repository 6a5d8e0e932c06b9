import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { linesIn, newKey, sampleExport, streamed } from '../../libs/audit/test/sample-export.ts';
import { auditVerify } from './audit-verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'insats-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = newKey('nyckel-1');
const sample = sampleExport(1, key);
const text = `${linesIn(sample).join('\n')}\n`;
const file = (name: string, content: unknown): string => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
};
const whole = file('hel.ndjson', text);

async function run(args: string[], stdin = ''): Promise<{ code: number; out: string[]; errors: string[] }> {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await auditVerify(args, {
    folder,
    stdin: streamed([Buffer.from(stdin)]),
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, out, errors };
}

describe('a whole export', () => {
  const summary = `${sample.events.length} händelser, 4 kedjor, 4 rötter: hela`;

  test('is summed up, and it is told that the key is the export’s own', async () => {
    const { code, out, errors } = await run([whole]);
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(out[0]).toBe(summary);
    expect(out.join(' ')).toContain('inte oberoende betrodd');
  });

  test('is read from standard in', async () => {
    expect(await run(['-'], text)).toMatchObject({ code: 0, out: expect.arrayContaining([summary]) });
  });

  test('is held against a key from elsewhere, and then nothing is said against it', async () => {
    for (const content of [key.jwk, { keys: [key.jwk] }]) {
      const { code, out } = await run([whole, '--key', file('nyckel.json', content)]);
      expect({ code, first: out[0] }).toEqual({ code: 0, first: summary });
      expect(out.join(' ')).not.toContain('betrodd');
    }
    const others = await run([whole, '--key', file('annan.json', newKey('nyckel-1').jwk)]);
    expect(others.code).toBe(1);
    expect(others.out).toEqual([expect.stringContaining('underskrift')]);
  });

  test('is told for what it is: a selection, one service, thinned, not yet under a root', async () => {
    const header = { ...sample.header, service: 'plans' as const, selection: 'en plan' };
    const events = sample.events
      .filter(({ service }) => service === 'plans')
      .map((record) => ({ ...record, event: { ...record.event, private: null } }));
    const heads = sample.heads.filter(({ service }) => service === 'plans');
    const { code, out } = await run(
      ['-'],
      linesIn({ ...sample, header, events, heads, leaves: [], roots: [] }).join('\n'),
    );
    expect(code).toBe(0);
    expect(out).toEqual([
      `${events.length} händelser, 1 kedja, 0 rötter: hela`,
      'Exporten gäller bara plans.',
      'Exporten är ett urval (en plan): att en hel kedja saknas i det syns inte.',
      expect.stringMatching(/gallrad/),
      `${events.length} händelser omfattas ännu inte av någon rot.`,
      'Ingen rot: att inget har skrivits om eller kapats kan inte visas.',
    ]);
  });

  test('without its log is not taken for one that a key vouches for', async () => {
    const robbed = linesIn({ ...sample, leaves: [], roots: [] }).join('\n');
    const { code, out, errors } = await run(['-', '--key', file('nyckel.json', key.jwk)], robbed);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(errors).toEqual([expect.stringContaining('ingen rot')]);
  });

  test('is held against a root from elsewhere', async () => {
    const root = file('rot.json', sample.roots[0]?.root);
    expect((await run([whole, '--root', root])).out).toContain('Loggen stämmer med 1 känd rot.');
    const other = file('annan-rot.json', sampleExport(2, key).roots[0]?.root);
    expect((await run([whole, '--root', other])).code).toBe(1);
  });
});

test('a broken export is told by its first broken link alone', async () => {
  const record = sample.events[3];
  const broken = file('bruten.ndjson', text.replace(`"id":"${record?.event.id}"`, '"id":"annan"'));
  const { code, out, errors } = await run([broken]);
  expect({ code, errors }).toEqual({ code: 1, errors: [] });
  expect(out).toEqual([
    expect.stringMatching(/^\S+, \S+ \S+, länk \d+, händelse annan, rad 5: Innehållet är ändrat/),
  ]);
});

describe('what cannot be verified is told in one line', () => {
  const privateKey = { ...key.jwk, d: 'A'.repeat(43) };
  test.each([
    ['no file', [], /Ange en fil/],
    ['two files', [whole, whole], /Ange en fil/],
    ['an unknown option', [whole, '--force'], /flagga/],
    ['an option without its value', [whole, '--key'], /flagga/],
    ['a file that is not there', ['saknas.ndjson'], /saknas\.ndjson: den finns inte/],
    ['a folder', ['.'], /det är en mapp/],
    ['a key that is not there', [whole, '--key', 'saknas.json'], /den finns inte/],
    ['a key that is no JSON', [whole, '--key', whole], /är inte JSON/],
    ['a private key', [whole, '--key', file('privat.json', privateKey)], /publik/],
    ['no keys at all', [whole, '--key', file('tom.json', { keys: [] })], /publik/],
    ['a root that is none', [whole, '--root', file('ingen.json', null)], /underskriven rot/],
  ])('%s', async (_name, args, message) => {
    const { code, out, errors } = await run(args);
    expect({ code, out, lines: errors.length }).toEqual({ code: 2, out: [], lines: 1 });
    expect(errors[0]).toMatch(message);
  });
});
