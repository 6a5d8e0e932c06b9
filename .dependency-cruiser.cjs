// The boundaries of docs/architecture.md, one rule each. `npm run check` runs them.
const notTests = '(\\.spec\\.ts|/test/)';

/** Pure domain: a file of an app without a kind in its name, and the kinds that are as pure. */
const domainFiles = [
  '^apps/[^/]+/src/[a-z0-9-]+\\.ts$',
  '^apps/[^/]+/src/[^/]+/[a-z0-9-]+\\.ts$',
  '^apps/[^/]+/src/[^/]+/[a-z0-9-]+\\.(states|errors|deadlines)\\.ts$',
];

/** Files at the top of an app without a kind that put it together. */
const assembly = '^apps/[^/]+/src/(main|config|prepare)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-app-to-app',
      comment:
        'Services meet over NATS alone, by the contracts. Code shared behind their back would couple their releases and their databases.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-lib-to-app',
      comment: 'A library that knows an application is part of it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: notTests },
      to: { path: '^apps/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'Domain files take values and return the new state and its events. Without Nest, database, bus, clock or chance they can be tested by property and read by those who know the rules. Mathematics (@stdlib) and digests (unit-digest) are as pure as they are. The gateway has no domain.',
      severity: 'error',
      from: { path: domainFiles, pathNot: [assembly, '^apps/(gateway|web)/'] },
      to: {
        pathNot: [...domainFiles, '^libs/(contracts|calendar|unit-digest)/', '^node_modules/(zod|@stdlib)/'],
      },
    },
    {
      name: 'mongoose-in-repositories-only',
      comment:
        'A collection is touched by one repository file, which demands a scope and writes through the outbox. A query from elsewhere would get round access rules and audit. libs/service hands the connection on, libs/embedded starts a real mongod with the driver, tools/chaos looks behind the scenes.',
      severity: 'error',
      from: {
        path: '^(apps|libs|tools)/',
        pathNot: [
          '^libs/(persistence|service|dev-mongo|embedded|testing)/',
          '^tools/chaos/',
          '\\.(schema|repository|module)\\.ts$',
          notTests,
        ],
      },
      to: { path: '^node_modules/(mongoose|mongodb|bson|@nestjs/mongoose)/' },
    },
    {
      name: 'nats-in-messaging-only',
      comment:
        'Acknowledgement, retries, dead letters, trace and identity are settled in one place; a direct publish has none of them. libs/bus-setup makes the streams and users that the rest presupposes; what remains starts servers or tests them.',
      severity: 'error',
      from: {
        path: '^(apps|libs|tools)/',
        pathNot: ['^libs/(messaging|bus-setup|platform|embedded|testing)/', '^tools/', notTests],
      },
      to: { path: '^node_modules/@nats-io/' },
    },
    {
      name: 'contracts-depend-on-zod-alone',
      comment:
        'Contracts are read by services, the web app, generators and other people: they must not bring anything along.',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: notTests },
      to: { pathNot: ['^libs/contracts/', '^node_modules/zod/'] },
    },
    {
      name: 'audit-verifies-alone',
      comment:
        'Whoever verifies the journals must need neither the product nor its database, and must be able to read all that it takes.',
      severity: 'error',
      from: { path: '^libs/audit/', pathNot: notTests },
      to: {
        pathNot: ['^libs/audit/', '^node_modules/canonicalize/'],
        // Types are gone when the code runs.
        dependencyTypesNot: ['core', 'type-only'],
      },
    },
    {
      name: 'bus-setup-stays-light',
      comment:
        'It is loaded by what starts the product and by one-shot programs: Nest, the database or a service have no place in it, and it must not need the bus it prepares.',
      severity: 'error',
      from: { path: '^libs/bus-setup/', pathNot: notTests },
      to: { path: '^(apps|tools)/|^libs/(?!bus-setup|contracts|platform)|^node_modules/(@nestjs|mongoose)/' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Test helpers start servers and know secrets of the demo clients.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [notTests, '^libs/testing/'] },
      to: { path: ['^libs/testing/', '/test/', '\\.spec\\.ts$'] },
    },
    {
      name: 'services-do-not-start-servers',
      comment:
        'What runs beside a service is given to it as an address; the embedded servers are for one machine.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/(embedded|testing)/', notTests] },
      to: { path: '^libs/embedded/' },
    },
    {
      name: 'dev-mongo-stands-alone',
      comment:
        'The stand-in database is a room of its own: nothing uses it but over the wire, and it uses nothing of ours.',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: '^libs/dev-mongo/' },
      to: { path: '^libs/dev-mongo/' },
    },
    {
      name: 'dev-mongo-uses-nothing-of-ours',
      comment: 'As above, the other way round.',
      severity: 'error',
      from: { path: '^libs/dev-mongo/', pathNot: notTests },
      to: { path: '^(apps|tools|bench)/|^libs/(?!dev-mongo/)' },
    },
    {
      name: 'libraries-by-their-index',
      comment: "A library's index.ts is its whole surface; what is behind it may change.",
      severity: 'error',
      from: { path: '^(apps|tools|bench|test)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'other-libraries-by-their-index',
      comment: 'As above, between libraries.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
    },
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one file, or a third is missing between them. Types may refer to each other: they are gone when the code runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing fails when it runs.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment:
        'A package that merely happens to be there goes with the next update of the one that brought it.',
      severity: 'error',
      from: { path: '^(apps|libs|tools|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-in-the-product',
      comment: 'Images are built without them.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [notTests, '^libs/(testing|embedded)/', '/fixtures/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
