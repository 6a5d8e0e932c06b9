import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkout } from '#libs/embedded';

// docs/asvs.md is believed by people who do not read the code: it must be complete, and lead somewhere.

/** Requirements of levels 1 and 2 of OWASP ASVS 5.0.0: section, and the numbers in it. */
const sections: Readonly<Record<string, readonly number[]>> = {
  '1.1': [1, 2],
  '1.2': [1, 2, 3, 4, 5, 6, 7, 8, 9],
  '1.3': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  '1.4': [1, 2, 3],
  '1.5': [1, 2],
  '2.1': [1, 2, 3],
  '2.2': [1, 2, 3],
  '2.3': [1, 2, 3, 4],
  '2.4': [1],
  '3.2': [1, 2],
  '3.3': [1, 2, 3, 4],
  '3.4': [1, 2, 3, 4, 5, 6],
  '3.5': [1, 2, 3, 4, 5],
  '3.7': [1, 2],
  '4.1': [1, 2, 3],
  '4.2': [1],
  '4.3': [1, 2],
  '4.4': [1, 2, 3, 4],
  '5.1': [1],
  '5.2': [1, 2, 3],
  '5.3': [1, 2],
  '5.4': [1, 2, 3],
  '6.1': [1, 2, 3],
  '6.2': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  '6.3': [1, 2, 3, 4],
  '6.4': [1, 2, 3, 4],
  '6.5': [1, 2, 3, 4, 5],
  '6.6': [1, 2, 3],
  '6.8': [1, 2, 3, 4],
  '7.1': [1, 2, 3],
  '7.2': [1, 2, 3, 4],
  '7.3': [1, 2],
  '7.4': [1, 2, 3, 4, 5],
  '7.5': [1, 2],
  '7.6': [1, 2],
  '8.1': [1, 2],
  '8.2': [1, 2, 3],
  '8.3': [1],
  '8.4': [1],
  '9.1': [1, 2, 3],
  '9.2': [1, 2, 3, 4],
  '10.1': [1, 2],
  '10.2': [1, 2],
  '10.3': [1, 2, 3, 4],
  '10.4': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  '10.5': [1, 2, 3, 4, 5],
  '10.6': [1, 2],
  '10.7': [1, 2, 3],
  '11.1': [1, 2],
  '11.2': [1, 2, 3],
  '11.3': [1, 2, 3],
  '11.4': [1, 2, 3, 4],
  '11.5': [1],
  '11.6': [1],
  '12.1': [1, 2, 3],
  '12.2': [1, 2],
  '12.3': [1, 2, 3, 4],
  '13.1': [1],
  '13.2': [1, 2, 3, 4, 5],
  '13.3': [1, 2],
  '13.4': [1, 2, 3, 4, 5],
  '14.1': [1, 2],
  '14.2': [1, 2, 3, 4],
  '14.3': [1, 2, 3],
  '15.1': [1, 2, 3],
  '15.2': [1, 2, 3],
  '15.3': [1, 2, 3, 4, 5, 6, 7],
  '16.1': [1],
  '16.2': [1, 2, 3, 4, 5],
  '16.3': [1, 2, 3, 4],
  '16.4': [1, 2, 3],
  '16.5': [1, 2, 3],
  '17.1': [1],
  '17.2': [1, 2, 3, 4],
  '17.3': [1, 2],
};
const required = Object.entries(sections).flatMap(([section, numbers]) =>
  numbers.map((number) => `V${section}.${number}`),
);

const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const page = read('docs/asvs.md');
const lines = [...page.matchAll(/^- \*\*(V[\d.]+)\*\* \(([12]), (.+?)\) (.+)$/gm)].map(
  ([, id = '', level = '', state = '', text = '']) => ({ id, level, state, text }),
);
const idsIn = (state: string) => lines.filter((line) => line.state === state).map(({ id }) => id);

/** Files that a page leads to: named in code, from the root, with their folder; or linked, from where the page is. */
function pathsIn(name: string): string[] {
  const text = read(name);
  const named = text.matchAll(
    /`((?:\.?[\w@-]+\/)+\.?[\w-][\w.-]*\.(?:cjs|conf|dockerignore|js|json|md|mjs|ts|yml))`/g,
  );
  const linked = text.matchAll(/\]\((?!https:)([^)#]+)/g);
  return [
    ...[...named].map(([, path = '']) => path),
    ...[...linked].map(([, path = '']) => join(dirname(name), path)),
  ];
}

describe('the page on ASVS', () => {
  test('has every requirement of levels 1 and 2, once, in their order', () => {
    expect(required).toHaveLength(253);
    expect(lines.map(({ id }) => id)).toEqual(required);
    // A line in another form would be passed over above.
    expect(page.match(/^- /gm)).toHaveLength(required.length);
  });

  test('says of each what there is, in one of four words', () => {
    for (const { id, state, text } of lines) {
      expect([id, state]).toEqual([id, expect.stringMatching(/^(test|built in|not applicable|not met)$/)]);
      if (state === 'test') expect([id, text]).toEqual([id, expect.stringMatching(/`[^`]+\.ts` “.+”/)]);
      if (state === 'built in') expect([id, text]).toEqual([id, expect.stringMatching(/`|As |There/)]);
    }
  });

  test('counts right, and names what is not met', () => {
    const counted = [...page.matchAll(/^\|.*?\*\*(.+?)\*\*.*\|\s*(\d+)\s*\|$/gm)].map(([, state, count]) => [
      state,
      Number(count),
    ]);
    expect(counted).toEqual(
      ['test', 'built in', 'not applicable', 'not met'].map((state) => [state, idsIn(state).length]),
    );
    const named = /^Not met: (.+)\.$/m.exec(page)?.[1] ?? '';
    expect(named.split(', ').map((id) => `V${id}`)).toEqual(idsIn('not met'));
  });

  test('names tests that there are', () => {
    const named = lines.flatMap(({ id, text }) =>
      [...text.matchAll(/`([^`]+\.ts)` “([^”]+)”/g)].map(([, path = '', name = '']) => ({ id, path, name })),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ path, name }) => !read(path).includes(name))).toEqual([]);
  });
});

test.each(['SECURITY.md', 'docs/asvs.md', 'docs/threat-model.md'])(
  '%s leads to files that there are',
  (name) => {
    const paths = pathsIn(name);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
  },
);
