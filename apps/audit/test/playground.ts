import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { type ServiceName, type VerificationView } from '#libs/contracts';
import { type Product, type ServiceChoice } from '#libs/embedded';
import { api, eventually, startTestProduct, uniqueName, type Api, type ApiClient } from '#libs/testing';

export const kronor = (amount: string) => ({ amount, currency: 'SEK' });

export interface Playground {
  readonly product: Product;
  readonly clients: Api;
  readonly office: ApiClient;
  readonly auditor: ApiClient;
  /** A service's own database, past the service. */
  database(service: ServiceName): Connection;
  /** Lets the product's clock go on and so seals the log. */
  advance(period: string): Promise<void>;
  /** Waits until audit has heard of every service's chains: who was silent while all started is asked again. */
  allHeard(): Promise<void>;
  /** A complete verification begun from now on, and not overtaken by a root that was signed meanwhile. */
  verification(): Promise<VerificationView>;
  stop(): Promise<void>;
}

/** The whole product. With `home`, that data folder is used and left. */
export async function startPlayground(
  options: { home?: string; prefix?: string; env?: Record<string, string>; services?: ServiceChoice[] } = {},
): Promise<Playground> {
  const prefix = options.prefix ?? uniqueName('insats');
  const product = await startTestProduct({
    ...(options.home !== undefined && { home: options.home }),
    ...(options.services && { services: options.services }),
    env: { MONGODB_PREFIX: prefix, ...options.env },
  });
  const connection = await mongoose.createConnection(product.mongoUrl).asPromise();
  const clients = api(product);
  const auditor = clients.as('revisor');
  const database = (service: ServiceName): Connection =>
    connection.useDb(`${prefix}_${service}`, { useCache: true });
  return {
    product,
    clients,
    office: clients.as('kansli-sydost'),
    auditor,
    database,
    async advance(period) {
      const moved = await clients.anonymous.post('/dev/clock', { advance: period });
      if (moved.status !== 200) throw new Error(`the clock stays: ${JSON.stringify(moved.body)}`);
    },
    async allHeard() {
      const progress = database('audit').collection('progress');
      await eventually(async () => (await progress.countDocuments({ unheard: [] })) === 1, 60_000);
    },
    async verification() {
      const begun = new Date().toISOString();
      return eventually(async () => {
        const { status, body } = await auditor.get<VerificationView>('/audit/verification');
        const isDone = status === 200 && body.complete && body.startedAt >= begun;
        return isDone && body.newestRoot?.fits !== null ? body : undefined;
      }, 60_000);
    },
    async stop() {
      await connection.close();
      await product.stop();
    },
  };
}

/** A folder for a product that is started several times. */
export function temporaryHome(): { home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'insats-audit-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** A call of RCC Sydöst as a draft, with one change of its title. Its id. */
export async function changedCall({ office }: Pick<Playground, 'office'>, title = 'Ny'): Promise<string> {
  const created = await office.post('/calls', {
    rcc: 'sydost',
    title: 'Gammal',
    opensOn: '2020-01-01',
    closesOn: '2099-12-31',
    frame: kronor('100000.00'),
    requiresSignOff: false,
    criteria: [{ id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 }, weight: 1 }],
  });
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  const changed = await office.patch(`/calls/${created.body.id}`, { title }, { ifMatch: 1 });
  if (changed.status !== 200) throw new Error(JSON.stringify(changed.body));
  return created.body.id;
}
