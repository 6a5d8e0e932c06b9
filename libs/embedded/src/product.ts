import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCredentials, natsConfigurationOf, nkeyOf, provisionBus } from '#libs/bus-setup';
import { cacheFolder } from './checkout.ts';
import { startDatabase } from './database.ts';
import type { DatabaseHandle, DatabaseKind } from './database.ts';
import { lockHome } from './home-lock.ts';
import { homeAt, prepareHome, resetHome } from './home.ts';
import type { Home } from './home.ts';
import { endLeftovers, newPidFolder, watchOverLeftovers } from './leftovers.ts';
import { startMailCatcher } from './mail-catcher.ts';
import type { MailCatcher } from './mail-catcher.ts';
import { startNats } from './nats.ts';
import { freePort, loopback, portIsFree } from './ports.ts';
import { Refusal } from './refusal.ts';
import type { ServerHandle } from './server-handle.ts';
import { allServices, serviceFailure, startService } from './services.ts';
import type { Service, ServiceChoice } from './services.ts';
import { supervise } from './supervision.ts';
import type { Supervised } from './supervision.ts';

export interface ProductOptions {
  /** The data folder. Only one product at a time may have it. */
  home: string;
  /** The gateway's port on loopback; 0 for a free one. */
  port: number;
  /** Deletes what earlier runs left in the data folder first. */
  reset?: boolean | undefined;
  /** For every service, over what is set here. */
  env?: Record<string, string> | undefined;
  /** Default: all services. Without `gateway`, readiness is what each service sends over IPC. */
  services?: ServiceChoice[] | undefined;
  /** For every service, such as `--cpu-prof`. */
  nodeArgs?: string[] | undefined;
  /** External servers; default: own ones. */
  natsUrl?: string | undefined;
  mongoUrl?: string | undefined;
  /** Insist on one kind of own database. */
  databaseKind?: 'mongod' | 'dev-mongo' | undefined;
  /** How long the services have to get ready, in milliseconds; default 60 s. */
  readyBoundMs?: number | undefined;
  /** Gives up starting: what has been started is ended, and `startProduct` rejects. */
  signal?: AbortSignal | undefined;
  /** Gets progress, restarts and failures, one line each. */
  log?: ((line: string) => void) | undefined;
}

export interface ProductProcess {
  readonly name: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** How often it was started again after it ended by itself. */
  readonly restarts: number;
  /** Ends it as a crash would; supervision starts it again. Resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface Product {
  readonly url: string;
  readonly port: number;
  readonly home: string;
  readonly natsUrl: string;
  /** Folder with every process's keys and credentials. */
  readonly credentials: string;
  readonly mongoUrl: string;
  readonly databaseKind: DatabaseKind;
  readonly mail: MailCatcher;
  /** Services by name, and `nats` and `mongo` where they are our own. */
  readonly processes: ReadonlyMap<string, ProductProcess>;
  /** Resolves when the whole product answers that it can do its job; rejects after `boundMs`. */
  waitUntilReady(boundMs?: number): Promise<void>;
  /** Ends everything in order; resolves when no process is left. */
  stop(): Promise<void>;
}

/** What has been started so far, in the order of starting. */
interface Parts {
  nats?: ServerHandle;
  database?: DatabaseHandle;
  mail?: MailCatcher;
  services: Service[];
  supervised: Supervised[];
}

// Beyond this many deaths in a row at the start, the log says more than another attempt would.
const deathsAtStart = 4;

/**
 * Starts NATS, the database, the mail catcher and the services, waits until the product is ready, and
 * keeps everything running until `stop`: what ends unasked is started again on the same port.
 *
 * @throws {Refusal} with what to do about it: the port or the folder is taken, a part does not start
 */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const log = options.log ?? (() => undefined);
  const home = homeAt(resolve(options.home));
  const port = options.port || (await freePort());
  if (!(await portIsFree(port))) throw new PortTaken(port);
  const unlock = lockHome(home.folder);
  const stopping = new AbortController();
  const parts: Parts = { services: [], supervised: [] };
  let endWatch: () => Promise<void> = () => Promise.resolve();
  let stopped: Promise<void> | undefined;
  const endAll = async () => {
    try {
      await stopParts(parts, stopping);
      await endWatch();
    } finally {
      unlock();
    }
  };
  const stop = () => (stopped ??= endAll());
  try {
    if (options.reset) {
      await resetHome(home);
      log(`Datamappen ${home.folder} är tömd.`);
    }
    prepareHome(home);
    makeCredentials(home.credentials);
    await endLeftovers(home.run);
    const pidFolder = newPidFolder(home.run);
    endWatch = watchOverLeftovers(pidFolder);
    await startServers(parts, home, pidFolder, options, log);
    options.signal?.throwIfAborted();
    await startServices(parts, home, pidFolder, port, options);
    for (const handle of [parts.nats, parts.database, ...parts.services.map((service) => service.handle)]) {
      if (handle) parts.supervised.push(supervise(handle, stopping.signal, log));
    }
    log('Väntar på att tjänsterna blir redo …');
    const product = describeProduct(parts as Required<Parts>, home, port, stop);
    await untilReady(product, parts, options);
    return product;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The gateway's port is in use. */
class PortTaken extends Refusal {
  constructor(readonly port: number) {
    super(
      `Port ${port} är upptagen av ett annat program: välj en annan med INSATS_PORT=${port + 1} npm start. / ` +
        `Port ${port} is taken: choose another with INSATS_PORT.`,
    );
  }
}

async function startServers(
  parts: Parts,
  home: Home,
  pidFolder: string,
  options: ProductOptions,
  log: (line: string) => void,
): Promise<void> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  // Each is noted as soon as it runs, so that a failure of one ends the others.
  const starting = [
    startBus(home, pidFolder, options, signal, (nats) => {
      parts.nats = nats;
      log(`NATS: ${nats.url}`);
    }),
    startDatabase({
      folder: home.mongo,
      pidFolder,
      url: options.mongoUrl,
      kind: options.databaseKind,
      log,
      signal,
    }).then((database) => {
      parts.database = database;
      log(`Databas: ${database.url} (${database.kind})`);
    }),
    startMailCatcher(home.mail).then((mail) => {
      parts.mail = mail;
    }),
  ];
  // Who lacks Python is not to wait for the download of a database.
  await allOrFirstFailure(starting, () => failed.abort());
}

/** Our own NATS has a user for each process, and what they need is made beforehand; an external one is as it is. */
async function startBus(
  home: Home,
  pidFolder: string,
  options: ProductOptions,
  signal: AbortSignal,
  started: (nats: ServerHandle) => void,
): Promise<void> {
  const nats = await startNats({
    folder: home.nats,
    pidFolder,
    url: options.natsUrl,
    extraConfig: natsConfigurationOf(home.credentials),
    log: options.log,
    signal,
  });
  started(nats);
  if (nats.own) await provisionBus({ url: nats.url, nkey: nkeyOf(home.credentials, 'admin'), replicas: 1 });
}

async function startServices(
  parts: Parts,
  home: Home,
  pidFolder: string,
  port: number,
  options: ProductOptions,
): Promise<void> {
  const env = serviceEnvironment(parts as Required<Parts>, home, port, options.env ?? {});
  const starting = (options.services ?? allServices).map((choice) =>
    startService(choice, home, env, options.nodeArgs ?? [], pidFolder, parts.nats?.own ?? false).then(
      (service) => parts.services.push(service),
    ),
  );
  await allOrFirstFailure(starting);
  // Stopping goes by this order, whichever process came up first.
  const order = (service: Service) => (service.handle.name === 'gateway' ? 0 : 1);
  parts.services.sort((left, right) => order(left) - order(right));
}

/**
 * Unlike Promise.all, waits for the rest before failing: what is still starting could not be stopped.
 *
 * @param onFailure called at the first failure, which is the one thrown
 */
async function allOrFirstFailure(work: Promise<unknown>[], onFailure?: () => void): Promise<void> {
  const failures: unknown[] = [];
  const settled = work.map((one) =>
    one.catch((error: unknown) => {
      if (failures.push(error) === 1) onFailure?.();
    }),
  );
  await Promise.all(settled);
  if (failures.length > 0) throw failures[0];
}

function serviceEnvironment(
  { nats, database, mail }: Required<Parts>,
  home: Home,
  port: number,
  extra: Record<string, string>,
): NodeJS.ProcessEnv {
  const { JEST_WORKER_ID: _, NODE_OPTIONS = '', ...inherited } = process.env;
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    MONGODB_PREFIX: 'insats',
    MAIL_FROM: 'Insats <insats@insats.example>',
    // Reading the modules of six Nest services is most of their start; the cache halves it.
    NODE_COMPILE_CACHE: join(cacheFolder, 'node-compile'),
    ...inherited,
    // jest's flag for its own process, which would only make the services warn.
    NODE_OPTIONS: NODE_OPTIONS.replace('--experimental-vm-modules', '').trim(),
    INSATS_MODE: 'demo',
    INSATS_HOME: home.state,
    INSATS_HOST: loopback,
    INSATS_PORT: String(port),
    NATS_URL: nats.url,
    MONGODB_URL: database.url,
    SMTP_URL: mail.smtpUrl,
    DEV_MAIL_URL: mail.httpUrl,
    ...extra,
  };
}

function describeProduct(
  parts: Required<Parts>,
  home: Home,
  port: number,
  stop: () => Promise<void>,
): Product {
  const own = parts.supervised.filter(({ handle }) => handle.own);
  const product: Product = {
    url: `http://${loopback}:${port}`,
    port,
    home: home.folder,
    natsUrl: parts.nats.url,
    credentials: home.credentials,
    mongoUrl: parts.database.url,
    databaseKind: parts.database.kind,
    mail: parts.mail,
    processes: new Map(own.map((supervised) => [supervised.handle.name, describeProcess(supervised)])),
    async waitUntilReady(boundMs = 30_000) {
      for (const started = Date.now(); Date.now() - started < boundMs; await sleep(50)) {
        if (await answersReady(product.url)) return;
      }
      throw new Error(`not ready within ${boundMs} ms: ${await readyText(product.url)}`);
    },
    stop,
  };
  return product;
}

function describeProcess(supervised: Supervised): ProductProcess {
  const { handle } = supervised;
  return {
    name: handle.name,
    get pid() {
      return handle.pid;
    },
    get restarts() {
      return supervised.restarts;
    },
    kill: (signal) => handle.kill(signal),
  };
}

async function untilReady(product: Product, parts: Parts, options: ProductOptions): Promise<void> {
  const boundMs = options.readyBoundMs ?? 60_000;
  const hasGateway = parts.services.some(({ handle }) => handle.name === 'gateway');
  let told = false;
  void Promise.all(parts.services.map(({ ready }) => ready)).then(() => (told = true));
  for (const started = Date.now(); Date.now() - started < boundMs; await sleep(50)) {
    options.signal?.throwIfAborted();
    if (hasGateway ? await answersReady(product.url) : told) return;
    const dying = parts.supervised.find(({ quickDeaths }) => quickDeaths >= deathsAtStart);
    const service = parts.services.find(({ handle }) => handle === dying?.handle);
    if (service) throw serviceFailure(service, 'avslutas gång på gång vid start');
  }
  const answer = hasGateway ? await readyText(product.url) : 'alla tjänster har inte meddelat att de är redo';
  throw new Refusal(
    `Produkten blev inte redo inom ${boundMs / 1000} s. ${answer}\nLoggar: ${join(product.home, 'logs')}`,
  );
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function readyText(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    return `GET /health/ready: ${response.status} ${await response.text()}`;
  } catch (error) {
    return `GET /health/ready: ${String(error)}`;
  }
}

/** The way in first, so that no request is half done; what others write to last. */
async function stopParts(parts: Parts, stopping: AbortController): Promise<void> {
  stopping.abort();
  const settled = (handle: ServerHandle) => parts.supervised.find((one) => one.handle === handle)?.settled;
  const end = async (handle: ServerHandle | undefined) => {
    if (!handle) return;
    await handle.stop();
    await settled(handle);
  };
  const handles = parts.services.map(({ handle }) => handle);
  await Promise.all(handles.filter(({ name }) => name === 'gateway').map(end));
  await Promise.all(handles.filter(({ name }) => name !== 'gateway').map(end));
  await parts.mail?.stop();
  await end(parts.nats);
  await end(parts.database);
}
