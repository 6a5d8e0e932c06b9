// Mutation test of the access table and of what guards it: `npm run mutate`, docs/mutation.md.
import { fileURLToPath } from 'node:url';
import jest from './jest.config.mjs';

const unit = jest.projects.find(({ displayName }) => displayName === 'unit');

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    'libs/access/src/{rules,ability,access}.ts',
    'libs/contracts/src/{rights,personal-identity-number}.ts',
    'libs/messaging/src/{message-verifier,message-token,seen-tokens}.ts',
    'apps/applications/src/decision/four-eyes.ts',
    'apps/applications/src/application/assessing.ts',
    'apps/directory/src/role-assignment/{place-of-role,role-assignment,role-assignment.view}.ts',
    'apps/gateway/src/identity/{authenticator,reserved-subject,scope,token-shape,token-verifier,trusted-issuer}.ts',
  ],
  testRunner: 'jest',
  // Native ES modules in jest; the warning would be printed per worker.
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    // Not jest.config.mjs: Stryker cannot choose among several projects.
    configFile: 'package.json',
    config: {
      ...unit,
      testEnvironment: fileURLToPath(new URL('tools/mutation/bail-environment.mjs', import.meta.url)),
    },
  },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // What no unit test reads: neither copied nor looked through.
  ignorePatterns: ['/.cache', '/.insats', '/bench', '/coverage', '/deploy', '/dist', '/docs', '/test'],
  tempDirName: '.cache/stryker',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  htmlReporter: { fileName: '.cache/mutation/report.html' },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  thresholds: { high: 100, low: 100, break: null },
};
