// Mutation test of the access table and of what guards it: `npm run mutate`, docs/mutation.md.
import { fileURLToPath } from 'node:url';
import jest from './jest.config.mjs';

const unit = jest.projects.find(({ displayName }) => displayName === 'unit');

/** What is changed, and the tests that must notice: those beside it, without any server. */
const guards = {
  mutate: [
    'libs/access/src/{rules,ability,access,four-eyes}.ts',
    'libs/contracts/src/{rights,personal-identity-number}.ts',
    'libs/messaging/src/{message-verifier,message-token,seen-tokens}.ts',
    'libs/service/src/require-clearance.ts',
    'apps/applications/src/application/matter.ts',
    'apps/applications/src/application/assessing.ts',
    'apps/directory/src/role-assignment/{place-of-role,role-assignment,role-assignment.view}.ts',
    'apps/gateway/src/identity/{authenticator,reserved-subject,scope,token-shape,token-verifier,trusted-issuer}.ts',
  ],
  testMatch: [
    '<rootDir>/libs/access/src/*.spec.ts',
    '<rootDir>/libs/contracts/src/{rights,personal-identity-number}.spec.ts',
    '<rootDir>/libs/messaging/src/{message-verifier,seen-tokens}.spec.ts',
    '<rootDir>/libs/service/src/use-case.spec.ts',
    '<rootDir>/apps/applications/src/application/{matter,assessing}.spec.ts',
    '<rootDir>/apps/directory/src/role-assignment/*.spec.ts',
    '<rootDir>/apps/gateway/src/identity/{authenticator,scope,token-shape,token-verifier}.spec.ts',
  ],
};

// Options: https://stryker-mutator.io/docs/stryker-js/configuration
export default {
  mutate: guards.mutate,
  testRunner: 'jest',
  // Native ES modules in jest; the warning would be printed per worker.
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    // Not jest.config.mjs: Stryker cannot choose among several projects.
    configFile: 'package.json',
    config: {
      ...unit,
      testMatch: guards.testMatch,
      testEnvironment: fileURLToPath(new URL('tools/mutation/bail-environment.mjs', import.meta.url)),
    },
  },
  coverageAnalysis: 'perTest',
  // Whoever times out counts as noticed, so time must not run out because the machine is busy.
  timeoutMS: 60_000,
  concurrency: 1,
  // Modules loaded by jest in the native way are never let go of: some 10 MB with every run.
  maxTestRunnerReuse: 50,
  // What no unit test reads: neither copied nor looked through.
  ignorePatterns: ['/.cache', '/.insats', '/bench', '/coverage', '/deploy', '/dist', '/docs', '/test'],
  tempDirName: '.cache/stryker',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  htmlReporter: { fileName: '.cache/mutation/report.html' },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  // Per cent: what docs/mutation.md explains may be left, and nothing else.
  thresholds: { high: 100, low: 97.5, break: 97.5 },
};
