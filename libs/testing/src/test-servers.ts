export interface TestServers {
  natsUrl: string;
  mongoUrl: string;
  /** `external`, `mongod`, `dev-mongo` or `container`. */
  databaseKind: string;
}

/**
 * The NATS server and the database that the whole test run shares. Tests keep apart by names of their own
 * (streams, databases), such as `uniqueName` gives.
 *
 * @throws when they did not start, with the reason
 */
export function testServers(): TestServers {
  const { INSATS_TEST_NATS_URL: natsUrl, INSATS_TEST_MONGODB_URL: mongoUrl } = process.env;
  if (!natsUrl || !mongoUrl) {
    throw new Error(
      `the shared test servers are not there: ${process.env.INSATS_TEST_SERVERS_ERROR ?? 'not an integration test'}`,
    );
  }
  return { natsUrl, mongoUrl, databaseKind: process.env.INSATS_TEST_DATABASE_KIND ?? 'external' };
}
