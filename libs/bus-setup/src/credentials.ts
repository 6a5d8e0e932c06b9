import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromSeed } from '@nats-io/nkeys';
import { callerNames, serviceNames, type CallerName } from '#libs/contracts';
import { type PrivateJwk, type PublicJwk } from '#libs/platform';
import { newInternalKey, newNkey, publicPartOf } from './keys.ts';
import { natsKeys, natsPermissions, userNames, type UserName } from './nats-config.ts';

export interface CredentialsOptions {
  /** Takes the next internal key into use and prepares another one. */
  readonly rotate?: boolean | undefined;
  /** Makes a database user per service as well: host and options, such as `mongo:27017/?replicaSet=insats`. */
  readonly mongo?: string | undefined;
}

/** Public keys of one process that are alive at once: in use, next, and the one before. */
const aliveKeys = 3;

const internalKey = 'internal-key.json';
const internalKeys = 'internal-keys.json';
const nkey = 'nats.seed';
/** What audit signs the roots of its log with. Made once: a new one is a decision, not a rotation. */
const signingKey = 'signing-key.json';
/** What the gateway signs systems' access tokens with. It takes a list, too: see the keys in docs/threat-model.md. */
const tokenKey = 'token-key.json';
/** What the gateway seals people's sessions with: base64url of 32 random bytes. Takes a list, too. */
const sessionKeys = 'session-keys';
const usersFile = 'users.conf';

/**
 * Makes all keys and credentials of an installation, and leaves those that are there. Each process has a
 * folder of its own, so that it can be given that and nothing else:
 *
 * - `<process>/`: private key, everybody's public keys, NATS seed, for a service also `mongodb-url`
 * - `audit/` also the key that the roots of its log are signed with
 * - `gateway/` also the key that systems' access tokens are signed with, and the one for people's sessions
 * - `admin/`: seed of the NATS administrator
 * - `nats/users.conf`: the NATS users' public keys
 * - `mongo/`: password of the first user, key file of the replica set, users to make
 * - `next/`: the private keys that come next. Their public parts are known to all beforehand, so after a
 *   rotation the processes can be started anew in any order.
 *
 * @param folder made where it is missing, readable by its owner alone
 */
export function makeCredentials(folder: string, options: CredentialsOptions = {}): void {
  const known = readJson<Record<string, PublicJwk[]>>(join(folder, 'gateway', internalKeys)) ?? {};
  const keys: Record<string, PublicJwk[]> = {};
  for (const name of callerNames) {
    const current = join(folder, name, internalKey);
    const next = join(folder, 'next', `${name}.json`);
    if (existsSync(next) && existsSync(current)) promote(next, current, options.rotate ?? false);
    const alive = [current, next].map((file) => publicPartOf(keyIn(file)));
    const before = (known[name] ?? []).filter(({ kid }) => !alive.some((key) => key.kid === kid));
    keys[name] = [...alive, ...before].slice(0, aliveKeys);
  }
  for (const name of callerNames) write(join(folder, name, internalKeys), JSON.stringify(keys), 0o644);
  keyIn(join(folder, 'audit', signingKey));
  keyIn(join(folder, 'gateway', tokenKey));
  madeOnce(join(folder, 'gateway', sessionKeys), newSecret);
  const users = userNames.map((name) => {
    const seed = madeOnce(join(folder, name, nkey), newNkey);
    return [name, fromSeed(new TextEncoder().encode(seed)).getPublicKey()] as const;
  });
  const publicKeys = Object.fromEntries(users) as Record<UserName, string>;
  // The server runs as another user: this file holds nothing secret.
  write(join(folder, 'nats', usersFile), natsKeys(publicKeys), 0o644, 0o755);
  if (options.mongo !== undefined) makeDatabaseUsers(folder, options.mongo);
}

/** The environment that gives a process its credentials. */
export function credentialsOf(folder: string, name: CallerName) {
  return {
    INTERNAL_KEY_FILE: join(folder, name, internalKey),
    INTERNAL_KEYS_FILE: join(folder, name, internalKeys),
    NATS_NKEY_FILE: join(folder, name, nkey),
  };
}

/** What nats-server's configuration needs to know the users of an installation and what each may do. */
export function natsConfigurationOf(folder: string): string {
  return `${readFileSync(join(folder, 'nats', usersFile), 'utf8')}\n${natsPermissions()}`;
}

/** Seed with which a user connects to NATS. */
export function nkeyOf(folder: string, name: UserName): string {
  return readFileSync(join(folder, name, nkey), 'utf8').trim();
}

/**
 * Takes the next key into use when that is wanted. Written, not renamed, since the two may lie on different
 * volumes; a rotation that was cut off between is finished.
 */
function promote(next: string, current: string, wanted: boolean): void {
  const content = readFileSync(next, 'utf8');
  const isCutOff = readFileSync(current, 'utf8') === content;
  if (!isCutOff && !wanted) return;
  write(current, content);
  rmSync(next);
}

/** One user for each service, who may read and write the service's own database and no other. */
function makeDatabaseUsers(folder: string, address: string): void {
  const [host = '', query = ''] = address.split('/?');
  madeOnce(join(folder, 'mongo', 'keyfile'), () => randomBytes(512).toString('base64'));
  madeOnce(join(folder, 'mongo', 'root-password'), newSecret);
  const users = serviceNames.map((service) => {
    const password = madeOnce(join(folder, service, 'mongodb-password'), newSecret);
    const [user, database] = [`insats-${service}`, `insats_${service}`];
    const settings = new URLSearchParams(query);
    settings.set('authSource', database);
    write(
      join(folder, service, 'mongodb-url'),
      `mongodb://${user}:${password}@${host}/?${settings.toString()}`,
    );
    return { user, password, database };
  });
  write(join(folder, 'mongo', 'users.json'), JSON.stringify(users));
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function keyIn(file: string): PrivateJwk {
  return JSON.parse(madeOnce(file, () => JSON.stringify(newInternalKey()))) as PrivateJwk;
}

function madeOnce(file: string, make: () => string): string {
  if (!existsSync(file)) write(file, make());
  return readFileSync(file, 'utf8').trim();
}

/** Left alone when it is as wanted. Renamed into place: a reader sees the old content, the new one, or no file, never half of one. */
function write(file: string, content: string, mode = 0o600, folderMode = 0o700): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  mkdirSync(dirname(file), { recursive: true, mode: folderMode });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content, { mode, flush: true });
  renameSync(temporary, file);
}

function readJson<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}
