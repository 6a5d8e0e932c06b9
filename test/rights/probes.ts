import { endpoints } from '../../apps/gateway/src/openapi/endpoints.ts';
import { type Endpoint } from '#libs/contracts';
import { kronor } from '../support.ts';
import { nobodys, places, type World } from './world.ts';

/**
 * How a route is asked so that the answer tells whether the right is there, and the world stays as it is: things
 * are changed under a revision that they never had (412 comes after the right has been asked for, see
 * AggregateRepository), and what would be made anew has a fault that only the domain sees.
 */
export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
}

export const routeOf = ({ method, path }: Pick<Endpoint, 'method' | 'path'>): string => `${method} ${path}`;
export const byRoute: ReadonlyMap<string, Endpoint> = new Map(endpoints.map((each) => [routeOf(each), each]));

const jwk = { kty: 'OKP', crv: 'Ed25519', kid: 'k1', x: 'A'.repeat(43) };
const reason = { reason: 'Prov' };
const scores = { scores: [], recommendation: 'reject' };
const round = {
  decidedOn: '2026-11-24',
  decidedBy: 'Prov',
  outcomes: [{ applicationId: nobodys, outcome: 'rejected', reason: 'Prov' }],
};
const correction = {
  measureId: nobodys,
  unit: 'sydost',
  period: { from: '2025-01-01', to: '2025-12-31' },
  value: { count: 1 },
  reason: 'Prov',
};

/** Bodies of commands on one thing; the others are empty. */
const commands: Readonly<Record<string, unknown>> = {
  'POST /calls/:id/closing-extension': { closesOn: '2100-12-31', ...reason },
  'POST /calls/:id/closure': reason,
  'POST /calls/:id/decisions': round,
  'POST /applications/:id/withdrawal': reason,
  'POST /applications/:id/acceptance': { accepted: false },
  'POST /applications/:id/assessments': scores,
  'POST /applications/:id/conflict-declaration': reason,
  'POST /applications/:id/requisitions': { amount: kronor('1.00') },
  'POST /applications/:id/requisitions/:requisitionId/withdrawal': reason,
  'POST /applications/:id/requisitions/:requisitionId/rejection': reason,
  'POST /applications/:id/payments': { requisitionId: nobodys },
  'POST /applications/:id/payments/:paymentId/attestation': { outcome: 'attested' },
  'POST /observations/:id/correction': correction,
  'POST /role-assignments/:id/ending': reason,
  'POST /api-clients/:id/ending': reason,
  'POST /api-clients/:id/keys': { jwk },
  'POST /api-clients/:id/keys/:kid/ending': reason,
  'POST /when-interpretations': { text: 'mars', year: 2026 },
  'POST /thinning-rules': {
    title: 'Prov',
    documentType: 'mail',
    after: { event: 'settled', period: 'P100Y' },
    decisionReference: 'Prov',
  },
};

type Place = keyof typeof places;

/** What would be made in a place. */
const makings: Readonly<Record<string, (place: Place, world: World) => unknown>> = {
  'POST /calls': (place) => ({
    rcc: places[place].rcc,
    title: 'Prov',
    opensOn: '2027-02-01',
    closesOn: '2027-01-01',
    frame: kronor('1.00'),
  }),
  'POST /applications': (place, { things }) => ({
    callId: things.call[place === 'rcc' ? 'rcc.published' : 'own.published'],
    region: places[place].region,
    unit: places[place].unit,
    themeId: 'finns-inte',
  }),
  'POST /plan-imports': (place) => ({
    rcc: places[place].rcc,
    title: 'Prov',
    period: { from: '2026-01-01', to: '2026-12-31' },
    source: {},
  }),
  'POST /measures': (place) => ({
    rcc: places[place].rcc,
    title: 'Prov',
    kind: 'ratio',
    source: 'Prov',
    direction: 'none',
    periods: 'year',
  }),
  'POST /observations': (place) => ({
    measureId: nobodys,
    unit: places[place].rcc,
    period: correction.period,
    value: { count: 1 },
  }),
  'POST /organisations': (place) => ({
    kind: 'region',
    code: places[place].region,
    name: 'Prov',
    memberships: [{ rcc: places[place].rcc, from: '2020-01-01' }],
  }),
  'POST /people': (place) => ({
    subject: 'prov',
    name: 'Prov',
    employers: Array(2).fill({ region: places[place].region, from: '2020-01-01' }),
  }),
  'POST /role-assignments': (place) => ({
    personId: nobodys,
    role: 'regionReader',
    region: places[place].region,
    from: '2026-01-01',
  }),
  // Nothing in it can be wrong for the domain: these are made.
  'POST /api-clients': (place) => ({ name: 'Prov', region: places[place].region, scopes: ['grants.read'] }),
};

const queries: Readonly<Record<string, string>> = {
  'POST /plan-imports': '?preview=true',
  'GET /audit/inclusion-proofs': `?service=applications&aggregate=${nobodys}&seq=1`,
  'GET /audit/consistency-proofs': '?from=1&to=1',
};

/** Lists hold everything, so that totals can be compared. */
const whole = '?limit=200';

export function probeOf(route: string, id: string = nobodys): Probe {
  const contract = contractOf(route);
  const path = contract.path
    .replace(':id', id)
    .replace(':kid', 'k1')
    .replace(':treeSize', '1')
    .replace(/:(requisitionId|paymentId)/, nobodys);
  const hasLimit = parametersOf(route).includes('limit');
  const byQuery = route === 'GET /assessments' ? `?measureId=${id}` : undefined;
  const query = byQuery ?? queries[route] ?? (hasLimit ? whole : '');
  return {
    method: contract.method,
    path: path + query,
    ...(contract.method !== 'GET' && { body: commands[route] ?? {} }),
    ...(contract.precondition !== 'none' && { ifMatch: '"999999"' }),
  };
}

export function makingOf(route: string, place: Place, world: World): Probe {
  const body = makings[route];
  if (!body) throw new Error(`${route} makes nothing`);
  return { ...probeOf(route), body: body(place, world) };
}

/** What can stand in the query of a route. */
export function parametersOf(route: string): string[] {
  return Object.keys((contractOf(route).query as unknown as { shape: object }).shape);
}

function contractOf(route: string): Endpoint {
  const contract = byRoute.get(route);
  if (!contract) throw new Error(`no such route: ${route}`);
  return contract;
}
