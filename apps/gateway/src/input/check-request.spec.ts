import { describe, expect, test } from '@jest/globals';
import {
  changeApplicationEndpoint,
  createCallEndpoint,
  DomainError,
  getCall,
  listOrganisations,
  signOffApplication,
  type Endpoint,
  type Fault,
} from '#libs/contracts';
import { checkRequest, type RawRequest } from './check-request.ts';

const raw = (rest: Partial<RawRequest>): RawRequest => ({
  path: '/insats/v1/x',
  params: {},
  query: {},
  body: undefined,
  poisoned: [],
  ifMatch: undefined,
  idempotencyKey: undefined,
  ...rest,
});

function faultsOf(contract: Endpoint, request: Partial<RawRequest>): readonly Fault[] {
  try {
    checkRequest(contract, raw(request));
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-input') return error.faults;
    throw error;
  }
  return [];
}

const places = (faults: readonly Fault[]) =>
  faults.map(({ pointer, code }) => `${pointer} ${code}`).toSorted();

describe('a request', () => {
  test('that fits comes out parsed and with its usual values', () => {
    expect(checkRequest(listOrganisations, raw({ query: { limit: '7', kind: 'rcc' } }))).toEqual({
      params: {},
      query: { limit: 7, page: 1, kind: 'rcc', sort: 'name' },
      body: {},
    });
  });

  test('is told every fault of path, query, headers and body at once', () => {
    const faults = faultsOf(changeApplicationEndpoint, {
      params: { id: '../x' },
      query: { q: '1' },
      ifMatch: 'W/"1"',
      idempotencyKey: 'a b',
      body: { titel: 'x', budget: [{ line: 'wages', year: 2027, amount: { amount: 12, currency: 'SEK' } }] },
    });
    expect(places(faults)).toEqual([
      '/budget/0/amount/amount wrong-type',
      '/budget/0/line not-allowed-value',
      '/header/idempotency-key invalid-format',
      '/header/if-match invalid-format',
      '/path/id invalid-format',
      '/query/q unknown-parameter',
      '/titel unknown-field',
    ]);
  });

  test.each([
    [{ 'limit[$gt]': '1' }, '/query/limit[$gt] unknown-parameter'],
    [{ limit: ['1', '2'] }, '/query/limit duplicate'],
    [{ limit: '201' }, '/query/limit too-large'],
    [{ limit: '0' }, '/query/limit invalid-format'],
    [{ page: '1e3' }, '/query/page invalid-format'],
    [{ kind: '' }, '/query/kind not-allowed-value'],
  ])('with the query %p is refused at %s', (query, expected) => {
    expect(places(faultsOf(listOrganisations, { query }))).toEqual([expected]);
  });

  test('with query operators in its body is refused where they stand', () => {
    const faults = faultsOf(createCallEndpoint, { body: { rcc: { $ne: 'syd' }, title: { $regex: '.*' } } });
    expect(places(faults)).toEqual(expect.arrayContaining(['/rcc not-allowed-value', '/title wrong-type']));
  });

  test('with keys of a prototype is refused, once for each', () => {
    const body: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":1,"reason":1}');
    expect(
      places(faultsOf(signOffApplication, { params: { id: 'a' }, body, poisoned: ['/__proto__'] })),
    ).toEqual(['/__proto__ unknown-field', '/constructor unknown-field', '/reason unknown-field']);
  });

  test.each([[null], [[]], ['x'], [1]])('whose body is %p instead of an object is refused', (body) => {
    expect(places(faultsOf(signOffApplication, { params: { id: 'a' }, body }))).toEqual([' wrong-type']);
  });

  test('for a command without content may come without a body', () => {
    expect(checkRequest(signOffApplication, raw({ params: { id: 'a' } })).body).toEqual({});
  });

  test('carries the revision of If-Match, and its key with a fingerprint', () => {
    const request = checkRequest(
      changeApplicationEndpoint,
      raw({ params: { id: 'a' }, ifMatch: '"3"', idempotencyKey: 'k', body: {} }),
    );
    expect(request.ifMatch).toBe(3);
    expect(request.idempotency).toEqual({ key: 'k', fingerprint: expect.stringMatching(/^[\w-]{43}$/) });
  });

  test('that changes something without If-Match is refused with 428', () => {
    expect(() => checkRequest(changeApplicationEndpoint, raw({ params: { id: 'a' }, body: {} }))).toThrow(
      new DomainError('precondition-required'),
    );
  });

  test('that only reads needs neither key nor If-Match and passes them over', () => {
    expect(checkRequest(getCall, raw({ params: { id: 'a' }, ifMatch: 'x', idempotencyKey: 'a b' }))).toEqual({
      params: { id: 'a' },
      query: {},
      body: {},
    });
  });
});
