import { describe, expect, test } from '@jest/globals';
import { DomainError, type AddClientKey, type CreateApiClient, type PublicJwk } from '#libs/contracts';
import {
  addKey,
  changeClient,
  endClient,
  endKey,
  keysAlive,
  registerClient,
  type ApiClient,
} from './api-client.ts';

const now = new Date('2026-11-24T10:00:00Z');
const hour = 3_600_000;
const later = (hours: number) => new Date(now.getTime() + hours * hour);

const body: CreateApiClient = {
  name: 'Ansökningssystemet',
  email: 'barncancer@kalmar.example',
  scopes: ['grants.write', 'grants.read'],
  region: 'kalmar',
};
const client: ApiClient = registerClient('c1', body, ['sydost']).state;
const jwk = (kid: string): PublicJwk => ({ kty: 'OKP', crv: 'Ed25519', kid, x: 'AAAA', use: 'sig' });
const withKeys = (...keys: (string | AddClientKey)[]): ApiClient =>
  keys.reduce<ApiClient>(
    (held, key) => addKey('c1', held, typeof key === 'string' ? { jwk: jwk(key) } : key, now).state,
    client,
  );
const kidsAlive = (held: ApiClient, on = now) => keysAlive(held, on).map(({ kid }) => kid);

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error('it was not refused');
}

describe('keys of a client', () => {
  test('are at most two at once; one that has ended makes room', () => {
    const two = withKeys('k1', 'k2');
    expect(kidsAlive(two)).toEqual(['k1', 'k2']);
    expect(refusal(() => addKey('c1', two, { jwk: jwk('k3') }, now))).toMatchObject({
      code: 'too-many-keys',
      params: { maximum: 2 },
    });
    const one = endKey('c1', two, { kid: 'k1', reason: 'Bytt' }, now).state;
    expect(kidsAlive(one)).toEqual(['k2']);
    expect(kidsAlive(addKey('c1', one, { jwk: jwk('k3') }, now).state)).toEqual(['k2', 'k3']);
  });

  test('count before they are valid, and no longer once they have run out', () => {
    const upcoming = withKeys('k1', { jwk: jwk('k2'), validFrom: later(1).toISOString() });
    expect(kidsAlive(upcoming)).toEqual(['k1']);
    expect(kidsAlive(upcoming, later(1))).toEqual(['k1', 'k2']);
    expect(refusal(() => addKey('c1', upcoming, { jwk: jwk('k3') }, now)).code).toBe('too-many-keys');
    const short = withKeys('k1', { jwk: jwk('k2'), validTo: later(1).toISOString() });
    expect(kidsAlive(short, later(1))).toEqual(['k1']);
    expect(kidsAlive(addKey('c1', short, { jwk: jwk('k3') }, later(1)).state, later(1))).toEqual([
      'k1',
      'k3',
    ]);
  });

  test('never bear the name of another, also of one that has ended', () => {
    const ended = endKey('c1', withKeys('k1'), { kid: 'k1', reason: 'Röjd' }, now).state;
    expect(refusal(() => addKey('c1', ended, { jwk: jwk('k1') }, now)).faults).toEqual([
      { pointer: '/jwk/kid', code: 'duplicate', params: { value: 'k1' } },
    ]);
  });

  test('that have run out before they are added are refused', () => {
    const work = () => addKey('c1', client, { jwk: jwk('k1'), validTo: now.toISOString() }, now);
    expect(refusal(work).faults).toEqual([{ pointer: '/validTo', code: 'in-the-past' }]);
  });

  test('are kept with their algorithm and their public members alone', () => {
    const sent = { ...jwk('k1'), key_ops: ['verify'], d: undefined } as PublicJwk;
    expect(withKeys({ jwk: sent }).publicKeys[0]?.jwk).toEqual({
      kty: 'OKP',
      kid: 'k1',
      alg: 'EdDSA',
      use: 'sig',
      crv: 'Ed25519',
      x: 'AAAA',
    });
  });

  test('end once; one that the client does not have is not found', () => {
    const ended = endKey('c1', withKeys('k1'), { kid: 'k1', reason: 'Bytt' }, now).state;
    expect(refusal(() => endKey('c1', ended, { kid: 'k1', reason: 'Igen' }, now)).code).toBe(
      'state-conflict',
    );
    expect(refusal(() => endKey('c1', ended, { kid: 'k9', reason: 'Fel' }, now)).code).toBe('not-found');
  });
});

describe('a client', () => {
  test('has its scopes in the order of the catalogue', () => {
    expect(client.scopes).toEqual(['grants.read', 'grants.write']);
    expect(changeClient('c1', client, { scopes: ['grants.write', 'grants.read'] }).events).toEqual([]);
  });

  test('ended ends all its keys at once and takes no more commands', () => {
    const two = withKeys('k1', 'k2');
    const { state } = endClient('c1', two, { reason: 'Avvecklat', at: now, by: 'eva' });
    expect(kidsAlive(state)).toEqual([]);
    expect(state.publicKeys).toHaveLength(2);
    for (const work of [
      () => addKey('c1', state, { jwk: jwk('k3') }, now),
      () => endKey('c1', state, { kid: 'k1', reason: 'x' }, now),
      () => changeClient('c1', state, { name: 'x' }),
      () => endClient('c1', state, { reason: 'x', at: now, by: 'eva' }),
    ]) {
      expect(refusal(work)).toMatchObject({ code: 'state-conflict', extra: { allowed: [] } });
    }
  });
});
