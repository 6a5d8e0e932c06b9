import {
  clientChanged,
  clientEnded,
  clientKeyAdded,
  clientKeyEnded,
  clientRegistered,
  DomainError,
  invalidInput,
  keysAtOnce,
  occurred,
  scopes as allScopes,
  type AddClientKey,
  type Assignment,
  type ChangeApiClient,
  type CreateApiClient,
  type NewEvent,
  type PublicJwk,
  type RccCode,
  type RegionCode,
  type RegisteredJwk,
  type Scope,
} from '#libs/contracts';
import { changedFields, beforeAfter } from '../changed-fields.ts';

/** A public key with which the client signs its assertions (RFC 7523). */
export interface ClientKey {
  readonly jwk: RegisteredJwk;
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
  readonly addedAt: Date;
  readonly endedAt: Date | null;
}

/**
 * A system of one region, or of one RCC, and at the same time the actor that it acts as: its right follows
 * from its place alone, so that one write ends client, keys and right together.
 */
export interface ApiClient {
  readonly name: string;
  /** Functional mailbox of those who run the system. */
  readonly email: string | null;
  readonly region?: RegionCode;
  readonly rcc?: RccCode;
  readonly scopes: readonly Scope[];
  readonly publicKeys: readonly ClientKey[];
  readonly state: 'active' | 'ended';
  readonly ending: { readonly reason: string; readonly at: Date; readonly by: string } | null;
  /** The RCC of the place today. Follows, see belonging/. */
  readonly rccs: readonly RccCode[];
}

interface Change {
  readonly state: ApiClient;
  readonly events: readonly NewEvent[];
}

const prefix = 'client:';

/** What the client is called as an actor. No person can have such a subject. */
export function subjectOfClient(id: string): string {
  return `${prefix}${id}`;
}

/** The id of the client that the subject stands for; undefined when it stands for a person. */
export function clientOfSubject(subject: string): string | undefined {
  return subject.startsWith(prefix) ? subject.slice(prefix.length) : undefined;
}

/** The one role of a client: a region's system sends its applications, an RCC's system reads. */
export function assignmentsOf({ region, rcc }: Pick<ApiClient, 'region' | 'rcc'>): Assignment[] {
  if (region !== undefined) return [{ role: 'regionSystem', region }];
  return rcc === undefined ? [] : [{ role: 'rccReader', rcc }];
}

export function keyStateAt(key: ClientKey, now: Date): 'upcoming' | 'active' | 'ended' {
  if (key.endedAt !== null || (key.validTo !== null && key.validTo <= now)) return 'ended';
  return key.validFrom !== null && now < key.validFrom ? 'upcoming' : 'active';
}

/** Keys that an assertion may be signed with now. */
export function keysAlive(client: Pick<ApiClient, 'publicKeys' | 'state'>, now: Date): RegisteredJwk[] {
  if (client.state === 'ended') return [];
  return client.publicKeys.filter((key) => keyStateAt(key, now) === 'active').map(({ jwk }) => jwk);
}

export function registerClient(id: string, body: CreateApiClient, rccs: readonly RccCode[]): Change {
  const { name, email, region, rcc } = body;
  const place = { ...(region && { region }), ...(rcc && { rcc }) };
  const scopes = inOrder(body.scopes);
  const state: ApiClient = {
    name,
    email,
    ...place,
    scopes,
    publicKeys: [],
    state: 'active',
    ending: null,
    rccs,
  };
  return {
    state,
    events: [occurred(clientRegistered, { clientId: id, ...place, scopes }, { name, email })],
  };
}

/** Errors: `state-conflict` once it has ended. */
export function changeClient(id: string, client: ApiClient, body: ChangeApiClient): Change {
  requireActive(client, 'edit');
  const asked = { ...body, ...(body.scopes && { scopes: inOrder(body.scopes) }) } as Partial<ApiClient>;
  const fields = changedFields<ApiClient>(client, asked);
  if (fields.length === 0) return { state: client, events: [] };
  const state: ApiClient = { ...client, ...asked };
  const data = { clientId: id, fields, scopes: [...state.scopes] };
  return { state, events: [occurred(clientChanged, data, beforeAfter(fields, client, state))] };
}

/**
 * Errors: `state-conflict` once the client has ended, `too-many-keys`, `invalid-input` for a `kid` that the
 * client has or had, or an end that has passed.
 */
export function addKey(id: string, client: ApiClient, body: AddClientKey, now: Date): Change {
  requireActive(client, 'edit');
  const { jwk } = body;
  const key: ClientKey = {
    jwk: toRegistered(jwk),
    validFrom: body.validFrom === undefined ? null : new Date(body.validFrom),
    validTo: body.validTo === undefined ? null : new Date(body.validTo),
    addedAt: now,
    endedAt: null,
  };
  // Also among those that ended: a journal that names a key must mean one key only.
  if (client.publicKeys.some((other) => other.jwk.kid === jwk.kid)) {
    throw invalidInput([{ pointer: '/jwk/kid', code: 'duplicate', params: { value: jwk.kid } }]);
  }
  if (key.validTo !== null && key.validTo <= now) {
    throw invalidInput([{ pointer: '/validTo', code: 'in-the-past' }]);
  }
  const left = client.publicKeys.filter((other) => keyStateAt(other, now) !== 'ended');
  if (left.length >= keysAtOnce) throw new DomainError('too-many-keys', { params: { maximum: keysAtOnce } });
  const { alg: algorithm, kid } = key.jwk;
  const data = { clientId: id, algorithm };
  const { validFrom, validTo } = key;
  return {
    state: { ...client, publicKeys: [...client.publicKeys, key] },
    events: [occurred(clientKeyAdded, data, { kid, validFrom, validTo, jwk: key.jwk })],
  };
}

/** Errors: `not-found` for a `kid` that the client does not have, `state-conflict` when it has ended. */
export function endKey(
  id: string,
  client: ApiClient,
  { kid, reason }: { kid: string; reason: string },
  now: Date,
): Change {
  requireActive(client, 'edit');
  const key = client.publicKeys.find((each) => each.jwk.kid === kid);
  if (!key) throw new DomainError('not-found');
  if (keyStateAt(key, now) === 'ended') throw conflict('ending', client);
  const publicKeys = client.publicKeys.map((each) => (each === key ? { ...each, endedAt: now } : each));
  return {
    state: { ...client, publicKeys },
    events: [occurred(clientKeyEnded, { clientId: id }, { kid, reason })],
  };
}

/** Errors: `state-conflict` when it has ended already. */
export function endClient(
  id: string,
  client: ApiClient,
  { reason, at, by }: { reason: string; at: Date; by: string },
): Change {
  requireActive(client, 'ending');
  return {
    state: { ...client, state: 'ended', ending: { reason, at, by } },
    events: [occurred(clientEnded, { clientId: id }, { reason })],
  };
}

/** Commands that are possible now. */
export function clientCommands({ state }: Pick<ApiClient, 'state'>): ('edit' | 'ending')[] {
  return state === 'ended' ? [] : ['edit', 'ending'];
}

function requireActive(client: ApiClient, command: string): void {
  if (client.state === 'ended') throw conflict(command, client);
}

function conflict(command: string, client: ApiClient): DomainError {
  const allowed = clientCommands(client);
  return new DomainError('state-conflict', { params: { command, state: 'ended' }, extra: { allowed } });
}

/** The order of the catalogue, whatever order they were given in. */
function inOrder(scopes: readonly Scope[]): Scope[] {
  return allScopes.filter((scope) => scopes.includes(scope));
}

const algorithms = { OKP: 'EdDSA', EC: 'ES256', RSA: 'RS256' } as const;

/** The public members and the algorithm, nothing else. */
function toRegistered({ kty, kid, crv, x, y, n, e }: PublicJwk): RegisteredJwk {
  return {
    kty,
    kid,
    alg: algorithms[kty],
    use: 'sig',
    ...(crv !== undefined && { crv }),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
    ...(n !== undefined && { n }),
    ...(e !== undefined && { e }),
  };
}
