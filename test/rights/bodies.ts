import { kronor } from '../support.ts';
import { nobodys } from './world.ts';

const period = { from: '2027-01-01', to: '2027-12-31' };
const reason = 'Därför';
const employers = [{ region: 'kalmar', from: '2026-01-01', to: '2099-12-31' }];
const memberships = [{ rcc: 'sydost', from: '2020-01-01', to: '2099-12-31', municipalities: ['Kalmar'] }];
const decisionRoute = {
  takesApplications: true,
  steps: [{ kind: 'decision', by: 'Chefen', jointly: true }],
};
const unknown = { state: 'missing', reason };
const affirmed = { yesNo: true, evidence: 'Protokoll' };
const observed = { measureId: nobodys, unit: 'sydost', period };
const chapter = { heading: 'Rubrik', text: 'Text', source: { page: 'sju' }, note: 'Anmärkning' };

const application = {
  themeId: 'tema',
  unit: 'Barnkliniken',
  title: 'Titel',
  contact: { name: 'Åsa Öst', email: 'asa@kalmar.example' },
  summary: 'Sammanfattning',
  need: 'Behov',
  aims: [{ text: 'Mål', indicator: 'Andel', baseline: 'Få', target: 'Alla', goalRef: 'Mål ett' }],
  method: 'Metod',
  period,
  budget: [{ line: 'salary', year: 2027, amount: kronor('1000.00'), note: 'Halvtid' }],
  coFunding: [{ source: 'Regionen', amount: kronor('1000.00') }],
  patientInvolvement: 'Föräldrar',
  spreading: 'Öppet',
  afterFunding: 'Kliniken',
};

const call = {
  title: 'Utlysning',
  purpose: 'Syfte',
  opensOn: '2026-01-01',
  closesOn: '2099-12-31',
  frame: kronor('1000000.00'),
  themes: [{ id: 'tema', title: 'Tema', frame: kronor('1000.00'), closesOn: '2099-12-30' }],
  perRegionCap: kronor('1000.00'),
  smallestGrant: kronor('1.00'),
  largestGrant: kronor('1000.00'),
  criteria: [{ id: 'nytta', title: 'Nytta', scale: { min: 0, max: 5 }, weight: 1 }],
  rollingIntake: false,
  reporting: [{ kind: 'final', dueOn: '2099-12-31' }],
  requiresSignOff: false,
  acceptanceDays: 21,
};

const measure = {
  rcc: 'sydost',
  title: 'Mått',
  goal: { planId: nobodys, goalId: nobodys },
  kind: 'count',
  numerator: 'Täljare',
  denominator: 'Nämnare',
  exclusions: 'Undantag',
  source: 'Journal',
  direction: 'higher',
  target: { operator: 'about', value: 4, unit: 'perYear', tolerance: 1 },
  periods: 'year',
};

const plan = {
  rcc: 'sydost',
  title: 'Plan',
  period,
  source: {
    meta: { title: 'Plan' },
    levelStructuring: chapter,
    patientCollaboration: chapter,
    goals: [
      {
        id: 'm-ett',
        number: 1,
        goal: 'Mål',
        baseline: 'Läge',
        targetLevel: 'Nivå',
        due: { raw: 'våren', year: 2027, end: '2027-12-31', checkInterval: 'varje år' },
        followUp: 'Uppföljning',
        comment: 'Kommentar',
        classification: { kind: 'a' },
        parts: ['a'],
        statusReading: { a: 'b' },
        source: { page: 'sju' },
        uncertain: true,
        note: 'Anmärkning',
      },
    ],
    rows: [
      {
        id: 'r-ett',
        goalArea: 1,
        section: 'Avsnitt',
        what: 'Vad',
        how: ['Hur'],
        when: ['När'],
        who: ['Vem'],
        pairing: [{ how: 0, when: 0, who: 0 }],
        source: { page: 'sju' },
        uncertain: false,
        note: 'Anmärkning',
      },
    ],
  },
};

const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  kid: 'k1',
  x: 'A'.repeat(43),
  alg: 'EdDSA',
  use: 'sig',
  key_ops: ['verify'],
};

/** A full body for each route that has one: every field is there. Several where fields exclude each other. */
export const bodies: Readonly<Record<string, readonly object[]>> = {
  'POST /calls': [{ rcc: 'sydost', ...call }],
  'PATCH /calls/:id': [call],
  'POST /calls/:id/publication': [{}],
  'POST /calls/:id/closing-extension': [{ closesOn: '2100-12-31', themeIds: ['tema'], reason }],
  'POST /calls/:id/closure': [{ reason }],
  'POST /calls/:id/decisions': [
    {
      decidedOn: '2027-03-01',
      decidedBy: 'Chefen',
      outcomes: [
        {
          applicationId: nobodys,
          outcome: 'granted',
          amount: kronor('1.00'),
          conditions: [{ text: 'Villkor', dueOn: '2028-01-01' }],
          reason,
        },
      ],
    },
  ],
  'POST /applications': [{ callId: nobodys, region: 'kalmar', ...application }],
  'PATCH /applications/:id': [application],
  'POST /applications/:id/submission': [{}],
  'POST /applications/:id/sign-off': [{}],
  'POST /applications/:id/withdrawal': [{ reason }],
  'POST /applications/:id/acceptance': [{ accepted: true, comment: 'Tack' }],
  'POST /applications/:id/conflict-declaration': [{ reason }],
  'POST /applications/:id/assessments': [
    {
      scores: [{ criterion: 'nytta', score: 1, reason }],
      recommendation: 'grant',
      recommendedAmount: kronor('1.00'),
      comment: 'Bra',
    },
  ],
  'POST /applications/:id/requisitions': [{ amount: kronor('1.00'), period, note: 'Första kvartalet' }],
  'POST /applications/:id/requisitions/:requisitionId/withdrawal': [{ reason }],
  'POST /applications/:id/requisitions/:requisitionId/rejection': [{ reason }],
  'POST /applications/:id/payments': [{ requisitionId: nobodys, coding: 'Konto 4510' }],
  'POST /applications/:id/payments/:paymentId/attestation': [
    { outcome: 'attested', paidOn: '2027-04-01' },
    { outcome: 'returned', reason },
  ],
  'POST /plan-imports': [plan],
  'POST /when-interpretations': [{ text: 'mars', year: 2027 }],
  'POST /measures': [measure],
  'POST /observations': [
    { ...observed, value: unknown },
    { ...observed, value: affirmed },
    { ...observed, value: { numerator: 1, denominator: 2 } },
    { ...observed, value: { count: 1 } },
    { ...observed, value: { level: 1 } },
  ],
  'POST /observations/:id/correction': [
    { ...observed, value: unknown, reason },
    { ...observed, value: affirmed, reason },
  ],
  'POST /organisations': [{ kind: 'region', code: 'kalmar', name: 'Region', memberships, decisionRoute }],
  'PATCH /organisations/:id': [{ name: 'Region', memberships, decisionRoute }],
  'POST /people': [
    {
      subject: 'ny',
      kind: 'person',
      name: 'Ny Person',
      email: 'ny@kalmar.example',
      employers,
      to: '2099-12-31',
    },
  ],
  'PATCH /people/:id': [{ name: 'Ny Person', email: 'ny@kalmar.example', employers, to: '2099-12-31' }],
  'POST /role-assignments': [
    {
      personId: nobodys,
      role: 'regionApplicant',
      region: 'kalmar',
      unit: 'Barnkliniken',
      rcc: 'sydost',
      from: '2026-01-01',
      to: '2099-12-31',
      deputyFor: nobodys,
    },
  ],
  'PATCH /role-assignments/:id': [{ from: '2026-01-01', to: '2099-12-31', deputyFor: nobodys }],
  'POST /role-assignments/:id/ending': [{ reason, on: '2099-12-31' }],
  'POST /api-clients': [
    { name: 'Klient', email: 'ny@kalmar.example', scopes: ['grants.read'], region: 'kalmar' },
    { name: 'Klient', email: 'ny@kalmar.example', scopes: ['grants.read'], rcc: 'sydost' },
  ],
  'PATCH /api-clients/:id': [{ name: 'Klient', email: 'ny@kalmar.example', scopes: ['grants.read'] }],
  'POST /api-clients/:id/ending': [{ reason }],
  'POST /api-clients/:id/keys': [{ jwk, validFrom: '2026-01-01T00:00:00Z', validTo: '2099-01-01T00:00:00Z' }],
  'POST /api-clients/:id/keys/:kid/ending': [{ reason }],
  'POST /dead-letters/applications/:id/replay': [{}],
  'POST /dead-letters/notifications/:id/replay': [{}],
  'POST /thinning-rules': [
    {
      title: 'Gallring',
      documentType: 'application',
      after: { event: 'decided', period: 'P10Y' },
      decisionReference: 'RA-MS',
      note: 'Anmärkning',
    },
  ],
  'PATCH /thinning-rules/:id': [{ title: 'Gallring', note: 'Anmärkning', to: '2099-12-31' }],
  'POST /thinning-rules/:id/dry-runs': [{ after: 'applications~' }],
  'POST /thinning-rules/:id/runs': [{}],
};

/** Somebody who may carry a route out; a refusal for want of rights would tell nothing of the body. */
export function senderOf(route: string): string {
  if (/ \/calls\/:id\/decisions/.test(route)) return 'beslut-sydost';
  if (/ \/calls/.test(route)) return 'kansli-sydost';
  if (/\/(assessments|conflict-declaration)$/.test(route)) return 'bedomare-sydost-1';
  if (/\/(sign-off|acceptance)$/.test(route)) return 'chef-kalmar';
  if (/\/(rejection|payments|attestation)$/.test(route)) return 'ekonom-sydost';
  if (/ \/applications/.test(route)) return 'region-kalmar-system';
  if (/ \/(plan|measures|observations|when)/.test(route)) return 'process-sydost';
  return 'administrator';
}

/** A place in a body, as a list of keys. */
export type Path = readonly (string | number)[];

/** Every value in it with its place, the whole first. */
export function* valuesIn(value: unknown, at: Path = []): Generator<{ at: Path; value: unknown }> {
  yield { at, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* valuesIn(inner, [...at, Array.isArray(value) ? Number(key) : key]);
  }
}

/** The same with another value in a place. */
export function withValue(body: unknown, at: Path, value: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return value;
  if (Array.isArray(body))
    return body.map((each, index) => (index === key ? withValue(each, rest, value) : each));
  const object = body as Record<string, unknown>;
  return { ...object, [key]: withValue(object[key], rest, value) };
}

export const pointerTo = (at: Path): string => at.map((part) => `/${part}`).join('');
