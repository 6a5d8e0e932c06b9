import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandNames } from './commands/dispatch.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

function listed(heading: string): string {
  const start = readme.indexOf(`**${heading}**`);
  expect(start).toBeGreaterThan(0);
  return readme.slice(start, readme.indexOf('\n', start));
}

test('the README lists exactly the commands that there are', () => {
  const named = listed('Commands')
    .replace(/\([^)]*\)/g, '')
    .split(':')[1]!
    .match(/\w+/g)!;
  expect(named.toSorted()).toEqual(commandNames.toSorted());
});
