import fc from 'fast-check';
import { type Operation } from './description.ts';
import { fittingBodies, fittingQueries } from './fitting.ts';
import { placeholder, settled, type Known } from './placeholders.ts';
import { type ValidValues } from './values.ts';

/**
 * How far a request is from one that succeeds: `fitting` has all that its success takes, `valid` is as the description
 * asks for.
 */
export const manners = ['fitting', 'valid', 'nearly valid', 'random'] as const;
export type Manner = (typeof manners)[number];

/** A request with placeholders for ids and revisions. */
export interface FuzzRequest {
  readonly manner: Manner;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent. */
  readonly body: string | undefined;
}

interface Parts {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Requests for an operation that are as they should be in all that the schema tells and much that it does not. */
export function fittingRequestsFor(operation: Operation, values: ValidValues): fc.Arbitrary<FuzzRequest> {
  return fittingParts(operation, values).map((parts) => written('fitting', operation, parts));
}

/** Requests for an operation in every manner. */
export function requestsFor(operation: Operation, values: ValidValues): fc.Arbitrary<FuzzRequest> {
  const fitting = fittingParts(operation, values);
  const valid = validParts(operation, values);
  const near = fc.tuple(fc.oneof(fitting, valid), alteration).map(([parts, alter]) => alterOne(parts, alter));
  return fc.oneof(
    { weight: 4, arbitrary: fittingRequestsFor(operation, values) },
    { weight: 2, arbitrary: valid.map((parts) => written('valid', operation, parts)) },
    { weight: 3, arbitrary: near.map((parts) => written('nearly valid', operation, parts)) },
    { weight: 2, arbitrary: randomParts(operation).map((parts) => written('random', operation, parts)) },
  );
}

/** The request with what `known` tells in place of placeholders. */
export function settledRequest(request: FuzzRequest, known: Known): FuzzRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, settled(value, known)]);
  return {
    ...request,
    path: settled(request.path, known),
    headers: Object.fromEntries(headers),
    body: request.body === undefined ? undefined : settled(request.body, known),
  };
}

/** What the schema does not tell of numbers that are texts: how large they may be. */
const pages: Readonly<Record<string, fc.Arbitrary<string>>> = {
  limit: fc.constantFrom('1', '20', '200'),
  page: fc.constantFrom('1', '2', '100000000'),
};

function fittingParts(operation: Operation, values: ValidValues): fc.Arbitrary<Parts> {
  const named = (place: string) => operation.parameters.filter((each) => each.in === place);
  const inPath = named('path').map(({ name }) => [name, fc.nat(999).map((n) => placeholder(name, n))]);
  const inQuery = named('query').map(({ name, schema }) => [name, pages[name] ?? values.of(schema, name)]);
  const required = (place: string) =>
    named(place).flatMap((parameter) => (parameter.required ? [parameter.name] : []));
  const headers: Record<string, fc.Arbitrary<unknown>> = {
    'If-Match': fc.constant(`"${placeholder('etag')}"`),
    'Accept-Language': fc.constantFrom('sv', 'en'),
    'Idempotency-Key': fc.uuid(),
  };
  const inHeaders = named('header').flatMap(({ name }) => (headers[name] ? [[name, headers[name]]] : []));
  return fc.record({
    path: fc.record(Object.fromEntries(inPath)),
    query:
      fittingQueries[operation.name] ??
      fc.record(Object.fromEntries(inQuery), { requiredKeys: required('query') }),
    headers: fc.record(Object.fromEntries(inHeaders), { requiredKeys: required('header') }),
    body: operation.body
      ? (fittingBodies[operation.name] ?? values.of(operation.body))
      : fc.constant(undefined),
  }) as fc.Arbitrary<Parts>;
}

function validParts(operation: Operation, values: ValidValues): fc.Arbitrary<Parts> {
  const group = (place: string) => {
    const parameters = operation.parameters.filter((each) => each.in === place);
    const model = Object.fromEntries(parameters.map(({ name, schema }) => [name, values.of(schema, name)]));
    // Revisions are low numbers; what the schema allows is any text.
    if ('If-Match' in model)
      model['If-Match'] = fc.integer({ min: 0, max: 4 }).map((number) => `"${number}"`);
    if ('Accept-Language' in model)
      model['Accept-Language'] = fc.constantFrom('sv', 'en', 'de, en;q=0.5', '*');
    // Few, so that they are used again: with the same content and with another.
    if ('Idempotency-Key' in model)
      model['Idempotency-Key'] = fc.integer({ max: 50, min: 1 }).map((n) => `key-${n}`);
    const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name);
    return fc.record(model, { requiredKeys });
  };
  return fc.record({
    path: group('path'),
    query: group('query'),
    headers: group('header'),
    body: operation.body ? values.of(operation.body) : fc.constant(undefined),
  });
}

const oddities: readonly unknown[] = [
  null,
  '',
  ' ',
  0,
  -1,
  1e308,
  0.1,
  Number.MAX_SAFE_INTEGER + 1,
  true,
  [],
  {},
  [[[[[[[]]]]]]],
  { $ne: null },
  { $gt: '' },
  '\ud800',
  '\u0000',
  '9999-99-99',
  '2026-02-30',
  'x'.repeat(70_000),
  '121212-1212',
];

type Alteration =
  | { readonly kind: 'replace' | 'remove' | 'rename'; readonly place: number; readonly value: unknown }
  | { readonly kind: 'add'; readonly place: number; readonly value: unknown; readonly name: string };

const alteration: fc.Arbitrary<Alteration> = fc.record({
  kind: fc.constantFrom('replace', 'remove', 'rename', 'add'),
  place: fc.nat(),
  value: fc.oneof(fc.constantFrom(...oddities), fc.jsonValue({ maxDepth: 1 })),
  name: fc.constantFrom('state', 'rcc', '_id', '__proto__', 'constructor', '$set', 'x'),
}) as fc.Arbitrary<Alteration>;

/** The parts with one thing changed in the body, else in the query or a header. */
function alterOne(parts: Parts, alter: Alteration): Parts {
  const places = parts.body === undefined ? [] : placesIn(parts.body);
  if (places.length > 0 && alter.place % 4 !== 0) {
    return { ...parts, body: alterAt(parts.body, places[alter.place % places.length] ?? [], alter) };
  }
  if (alter.place % 3 === 0)
    return { ...parts, headers: alterAt(parts.headers, ['If-Match'], alter) as never };
  const names = Object.keys(parts.query);
  const name = names[alter.place % Math.max(names.length, 1)] ?? 'limit';
  return { ...parts, query: alterAt(parts.query, [name], alter) as never };
}

function placesIn(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

function alterAt(value: unknown, [key, ...rest]: readonly string[], alter: Alteration): unknown {
  if (key === undefined) return alter.kind === 'add' ? added(value, alter.name, alter.value) : alter.value;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const target = copy as Record<string, unknown>;
  if (rest.length > 0) target[key] = alterAt(target[key], rest, alter);
  else if (alter.kind === 'replace') target[key] = alter.value;
  else if (alter.kind === 'add') target[key] = added(target[key], alter.name, alter.value);
  else {
    if (alter.kind === 'rename') target[`${key}x`] = target[key];
    delete target[key];
  }
  return copy;
}

function added(value: unknown, name: string, more: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return more;
  // As an own field: an assignment to __proto__ would be none.
  return Object.defineProperty({ ...value }, name, { value: more, enumerable: true });
}

function randomParts(operation: Operation): fc.Arbitrary<Parts> {
  const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  const names = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name);
  return fc.record({
    path: fc.record(
      Object.fromEntries(names.map((name) => [name, anyText.filter((text) => !/^\.+$/.test(text))])),
    ),
    query: fc.dictionary(fc.constantFrom('limit', 'page', 'sort', 'state', 'rcc', 'q', 'id'), anyText, {
      maxKeys: 3,
    }),
    headers: fc.dictionary(
      fc.constantFrom('If-Match', 'Idempotency-Key', 'Accept-Language', 'traceparent'),
      fc.string({ minLength: 1, maxLength: 40 }),
      { maxKeys: 3 },
    ),
    body: operation.body
      ? fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(notJson))
      : fc.constant(undefined),
  });
}

const notJson = Symbol('a text that is no JSON');

function written(manner: Manner, operation: Operation, { path, query, headers, body }: Parts): FuzzRequest {
  const filled = operation.path.replace(/\{(\w+)\}/g, (_match, name: string) => encoded(asText(path[name])));
  const search = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(asText(value))}`);
  const sent = body === undefined || body === notJson ? body : JSON.stringify(body);
  return {
    manner,
    path: search.length === 0 ? filled : `${filled}?${search.join('&')}`,
    headers: Object.fromEntries(
      Object.entries(headers)
        .map(([name, value]) => [name.toLowerCase(), headerText(value)] as const)
        .filter(([, value]) => value !== ''),
    ),
    body: sent === notJson ? '{"a":' : (sent as string | undefined),
  };
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Long values would make a line that no server reads; half a character cannot be sent. */
const encoded = (text: string): string => encodeURIComponent(text.slice(0, 300).toWellFormed());

/** What can stand in a header at all (RFC 9110, 5.5). */
// eslint-disable-next-line no-control-regex
const headerText = (value: unknown): string =>
  asText(value)
    .slice(0, 300)
    .replace(/[^\x20-\x7e]/g, '')
    .trim();
