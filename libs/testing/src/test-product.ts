import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProduct } from '#libs/embedded';
import type { Product, ProductOptions } from '#libs/embedded';
import { uniqueName } from './unique-name.ts';

export type TestProductOptions = Pick<ProductOptions, 'env' | 'services' | 'nodeArgs' | 'readyBoundMs'> & {
  /** Keep this data folder afterwards, and start from what is in it. */
  home?: string;
  /** A database to use under a prefix of its own, such as one behind a proxy; default: see `sharedDatabase`. */
  mongoUrl?: string;
  /** Use the database of MONGODB_URL or the containers where one is given (default); false: always an own one, to be killed. */
  sharedDatabase?: boolean;
};

/**
 * Starts the whole product, or some services of it, with its own data folder, ports, NATS and database, so
 * that several run side by side. `stop` also removes the data folder.
 *
 * Where the run has a real external database (MONGODB_URL, containers), that is used under a prefix of its
 * own, so that the same tests are also run against MongoDB.
 */
export async function startTestProduct(options: TestProductOptions = {}): Promise<Product> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'insats-product-'));
  const mongoUrl =
    options.mongoUrl ?? (options.sharedDatabase === false || options.home ? undefined : externalDatabase());
  const removeHome = () => {
    if (!options.home) rmSync(home, { recursive: true, force: true });
  };
  try {
    const product = await startProduct({
      home,
      port: 0,
      services: options.services,
      nodeArgs: options.nodeArgs,
      readyBoundMs: options.readyBoundMs,
      mongoUrl,
      env: {
        // jest sets NODE_ENV=test, which no service knows.
        NODE_ENV: 'development',
        // One test asks for more in a second than a region does in a day; what tests limits sets them.
        RATE_LIMITS: 'off',
        ...(mongoUrl ? { MONGODB_PREFIX: uniqueName('insats') } : {}),
        ...options.env,
      },
    });
    return { ...product, stop: () => product.stop().finally(removeHome) };
  } catch (error) {
    removeHome();
    throw error;
  }
}

function externalDatabase(): string | undefined {
  const kind = process.env.INSATS_TEST_DATABASE_KIND;
  return kind === 'external' || kind === 'container' ? process.env.INSATS_TEST_MONGODB_URL : undefined;
}
