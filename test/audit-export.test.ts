import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { api, eventually, startTestProduct } from '#libs/testing';
import { auditExport } from '../tools/audit-export/audit-export.ts';
import { auditVerify } from '../tools/audit-verify/audit-verify.ts';
import { publishedCall } from './support.ts';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let folder: string;
let lines: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'insats-export-'));
  product = await startTestProduct();
}, 180_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await product?.stop();
}, 60_000);

const around = () => {
  lines = [];
  const note = (line: string) => void lines.push(line);
  return { stdin: Readable.from([]), folder, print: note, printError: note };
};
const fetched = (args: string[], env: Record<string, string> = {}) =>
  auditExport(args, { ...around(), env: { INSATS_URL: product.url, ...env } });

test('what is fetched with npm run audit:export passes npm run audit:verify, and nothing that was changed in it', async () => {
  const clients = api(product);
  const call = await publishedCall(clients.as('kansli-sydost'));
  const auditor = clients.as('revisor');
  await eventually(async () => (await auditor.get('/audit/roots')).body.page.total > 0);
  await clients.anonymous.post('/dev/clock', { advance: 'PT1H' });

  expect([await fetched(['all.ndjson']), lines]).toEqual([0, [expect.stringContaining('all.ndjson')]]);
  expect([await auditVerify(['all.ndjson'], around()), lines[0]]).toEqual([
    0,
    expect.stringMatching(/: hela$/),
  ]);
  const key = (await auditor.get('/audit/keys')).body.keys[0];
  writeFileSync(join(folder, 'key.json'), JSON.stringify(key));
  expect(await auditVerify(['all.ndjson', '--key', 'key.json'], around())).toBe(0);

  const whole = readFileSync(join(folder, 'all.ndjson'), 'utf8');
  expect(whole).toContain(call);
  writeFileSync(
    join(folder, 'changed.ndjson'),
    whole.replace('"type":"call.published"', '"type":"call.closed"'),
  );
  expect(await auditVerify(['changed.ndjson'], around())).toBe(1);
  expect(lines.join()).toContain(call);
  const shorter = whole
    .split('\n')
    .filter((line) => !line.includes(call) || line.startsWith('{"kind":"leaf"'));
  writeFileSync(join(folder, 'shorter.ndjson'), shorter.join('\n'));
  expect(await auditVerify(['shorter.ndjson'], around())).toBe(1);
  expect(lines.join()).toContain(call);
});

test('a part can be fetched, and a refusal says why and leaves no file', async () => {
  expect(await fetched(['--resource', 'call', '--rcc', 'norr', 'part.ndjson'])).toBe(0);
  expect(readFileSync(join(folder, 'part.ndjson'), 'utf8').trim().split('\n')).toHaveLength(1);
  const token = await api(product).as('region-kalmar-system').token();
  expect([await fetched(['none.ndjson'], { INSATS_TOKEN: token }), lines]).toEqual([
    2,
    [expect.stringContaining('403')],
  ]);
  expect(() => readFileSync(join(folder, 'none.ndjson'))).toThrow(/ENOENT/);
  expect([await fetched([]), lines]).toEqual([2, [expect.stringContaining('npm run audit:export')]]);
  expect(await auditExport(['x'], { ...around(), env: { INSATS_URL: 'http://127.0.0.1:1' } })).toBe(2);
});
