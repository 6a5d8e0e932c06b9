import fc from 'fast-check';
import { placeholder } from './placeholders.ts';
import { day, words } from './values.ts';

// What the schema does not tell: which fields belong together, and what the state of a thing allows.

type Model = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Words that say something. */
const phrase = words.filter((text) => text.trim() !== '');
const name = phrase.filter((text) => text.length <= 60);
const kronor = (least: number, most: number): fc.Arbitrary<unknown> =>
  fc.integer({ min: least, max: most }).map((amount) => ({ amount: `${amount}.50`, currency: 'SEK' }));
const farDay = fc.constantFrom('2090-12-31', '2100-01-01', '2101-02-28');
const email = fc.constantFrom('anna@region.example', 'a.b@c.example');
const given = (field: string): fc.Arbitrary<string> => fc.constant(placeholder(field));
const each = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** The fields of `must`, and any of `may`. */
function fields(must: Model, may: Model = {}): fc.Arbitrary<unknown> {
  return fc.record({ ...must, ...may }, { requiredKeys: Object.keys(must) });
}

/** Any of the fields, one at least. */
function some(may: Model): fc.Arbitrary<unknown> {
  return fields({}, may).filter((value) => Object.keys(value as object).length > 0);
}

const reason = { reason: phrase };
const nothing = fields({});

const call: Model = {
  title: name,
  purpose: phrase,
  themes: fc.uniqueArray(
    fc.record({ id: each('a', 'b', 'c'), title: name }, { requiredKeys: ['id', 'title'] }),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
  perRegionCap: kronor(1, 1e6),
  smallestGrant: kronor(1, 100),
  largestGrant: kronor(200, 1e6),
  criteria: each(
    [],
    [{ id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 } }],
    [{ id: 'x', title: 'X', scale: { min: 0, max: 100 }, weight: 0.5 }],
  ),
  rollingIntake: fc.boolean(),
  reporting: fc.array(fields({ kind: each('interim', 'final', 'financial'), dueOn: farDay }), {
    maxLength: 3,
  }),
  requiresSignOff: fc.boolean(),
  acceptanceDays: fc.integer({ min: 1, max: 365 }),
};
const callDays = { opensOn: each('2020-01-01', '2026-11-30'), closesOn: farDay, frame: kronor(1e4, 1e9) };

const application: Model = {
  unit: each('Barnkliniken i Kalmar'),
  title: name,
  contact: fields({ name, email }),
  summary: phrase,
  need: phrase,
  aims: fc.array(
    fields({ text: phrase }, { indicator: phrase, baseline: phrase, target: phrase, goalRef: name }),
    {
      maxLength: 3,
    },
  ),
  method: phrase,
  period: each({ from: '2027-01-01', to: '2028-12-31' }),
  budget: fc.array(
    fields(
      {
        line: each('salary', 'travel', 'equipment', 'services', 'training', 'premises', 'other'),
        year: each(2027, 2028),
        amount: kronor(1, 1e5),
      },
      { note: phrase },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  coFunding: fc.array(fields({ source: name, amount: kronor(0, 1e5) }), { maxLength: 2 }),
  patientInvolvement: phrase,
  spreading: phrase,
  afterFunding: phrase,
};

const outcome = (applicationId: string): fc.Arbitrary<unknown> => {
  const condition = fields({ text: phrase }, { dueOn: farDay });
  const more = { conditions: fc.array(condition, { maxLength: 2 }) };
  const decided = { applicationId: given(applicationId), ...reason };
  return fc.oneof(
    fields({ ...decided, outcome: each('granted'), amount: kronor(1, 999) }, more),
    fields({ ...decided, outcome: each('rejected') }),
  );
};

/** By what can be counted, as the measures of scenes.ts are. */
const observedValue = fc.oneof(
  fields({ count: fc.nat(100_000) }),
  fields({ state: each('missing', 'notApplicable', 'suppressed', 'waived'), ...reason }),
);
const year = each({ from: '2023-01-01', to: '2023-12-31' }, { from: '2025-01-01', to: '2025-12-31' });

const measured: Model = {
  rcc: each('sydost'),
  title: name,
  source: name,
  direction: each('higher', 'lower', 'none'),
};
const periods = each('year', 'half-year', 'quarter', 'term', 'month');
const goal = fields({ planId: given('planId'), goalId: given('goalId') });
const operator = each('>', '>=', '<', '<=', '=', 'about');
const measure = fc.oneof(
  fields(
    { ...measured, periods, kind: each('ratio', 'leadTime'), numerator: phrase, denominator: phrase },
    { goal, exclusions: phrase, target: fields({ operator, value: fc.nat(100), unit: each('percent') }) },
  ),
  fields(
    { ...measured, periods, kind: each('count') },
    {
      goal,
      target: fc.oneof(
        fields({ operator, value: fc.nat(50), unit: each('perYear') }),
        fields({ operator: each('about'), value: fc.nat(50), unit: each('perYear'), tolerance: fc.nat(5) }),
      ),
    },
  ),
  fields({ ...measured, periods, kind: each('level', 'yesNo') }, { goal, exclusions: phrase }),
);

const membership = fields(
  { rcc: each('norr', 'sydost', 'vast'), from: each('2019-01-01') },
  { municipalities: fc.uniqueArray(each('Ett', 'Två', 'Tre'), { maxLength: 2 }) },
);
const employers = fc.oneof(
  fc.constant([]),
  fields({ region: each('kalmar', 'jonkoping'), from: each('2020-01-01') }, { to: farDay }).map((one) => [
    one,
  ]),
  fields({ rcc: each('sydost'), from: each('2020-01-01') }).map((one) => [one]),
);
const person: Model = { name, email: fc.option(email), employers, to: fc.option(farDay) };

const role = (roles: readonly string[], place: Model, may: Model = {}): fc.Arbitrary<unknown> =>
  fields(
    { personId: given('personId'), role: each(...roles), ...place, from: each('2026-01-01', '2027-01-01') },
    may,
  );
const region = { region: each('kalmar', 'jonkoping') };
const roleAssignment = fc.oneof(
  role(['regionApplicant', 'regionSigner'], region, { to: farDay, unit: name }),
  role(['regionReader'], region, { to: farDay }),
  role(['rccOfficer', 'assessor', 'decider', 'controller', 'processLeader', 'rccReader'], {
    rcc: each('sydost'),
  }),
  role(['nationalOffice', 'nationalReader', 'auditor'], {}, { to: farDay }),
);

const scopes = fc.uniqueArray(
  each('grants.read', 'grants.write', 'plans.read', 'follow-up.read', 'directory.read'),
  { minLength: 1 },
);
// A new one each time: a client remembers the names of its keys for good.
const kid = fc.stringMatching(/^[a-z0-9]{12}$/);
const jwk = fields(
  {
    kty: each('OKP'),
    crv: each('Ed25519'),
    kid,
    x: each('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'),
  },
  { alg: each('EdDSA'), use: each('sig') },
);

const thinning = fc.oneof(
  ...(
    [
      ['application', 'decided'],
      ['application', 'ended'],
      ['observation', 'recorded'],
      ['mail', 'settled'],
      ['person', 'ended'],
      ['role-assignment', 'ended'],
      ['api-client', 'ended'],
    ] as const
  ).map(([documentType, event]) =>
    fields(
      {
        title: name,
        documentType: fc.constant(documentType),
        after: fields({ event: fc.constant(event), period: each('P10Y', 'P1M', 'P2W', 'P1Y6M') }),
        decisionReference: each('RA-MS 2026:1', 'Dnr 12/34'),
      },
      { note: phrase },
    ),
  ),
);

const plan = fields({
  rcc: each('sydost'),
  title: name,
  period: each({ from: '2026-01-01', to: '2026-12-31' }, { from: '2025-01-01', to: '2027-12-31' }),
  source: fields(
    {
      rows: fc.uniqueArray(
        fields(
          {
            id: fc.stringMatching(/^r[a-z0-9]{1,6}$/),
            goalArea: fc.integer({ min: 0, max: 12 }),
            what: phrase,
            how: fc.array(phrase, { minLength: 1, maxLength: 2 }),
            when: fc.array(fc.oneof(each('Q1-Q2 2026', 'Hösten', '3-4 ggr/termin', 'Årligen'), phrase), {
              minLength: 1,
              maxLength: 2,
            }),
            who: fc.array(phrase, { minLength: 1, maxLength: 2 }),
          },
          {
            section: phrase,
            pairing: each([{ how: 0, when: 0, who: 0 }]),
            uncertain: fc.boolean(),
            note: phrase,
          },
        ),
        { selector: (row) => (row as { id: string }).id, minLength: 1, maxLength: 4 },
      ),
    },
    {
      goals: fc.uniqueArray(
        fields(
          { id: fc.stringMatching(/^m[a-z0-9]{1,6}$/), goal: phrase },
          {
            number: fc.nat(50),
            baseline: phrase,
            targetLevel: fc.oneof(each('>90%', 'minst 4 ggr/år'), phrase),
          },
        ),
        { selector: (one) => (one as { id: string }).id, maxLength: 3 },
      ),
    },
  ),
});

/** By operation: bodies that a thing of scenes.ts takes. For the others what the schema says is enough. */
export const fittingBodies: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'POST /api-clients': fc.oneof(
    fields({ name, scopes, ...region }, { email }),
    fields({ name, scopes, rcc: each('sydost') }, { email }),
  ),
  'PATCH /api-clients/{id}': some({ name, scopes, email: fc.option(email) }),
  'POST /api-clients/{id}/ending': fields(reason),
  'POST /api-clients/{id}/keys': fields(
    { jwk },
    { validFrom: each('2026-01-01T00:00:00Z'), validTo: each('2099-01-01T00:00:00Z') },
  ),
  'POST /api-clients/{id}/keys/{kid}/ending': fields(reason),
  'POST /applications': fields({ callId: given('callId'), region: each('kalmar') }, application),
  'PATCH /applications/{id}': some(application),
  'POST /applications/{id}/acceptance': fields({ accepted: fc.boolean() }, { comment: phrase }),
  'POST /applications/{id}/assessments': fields(
    {
      scores: fields({ criterion: each('nytta'), score: fc.integer({ min: 0, max: 5 }) }, reason).map(
        (one) => [one],
      ),
      recommendation: each('grant', 'partial', 'reject'),
    },
    { recommendedAmount: kronor(0, 1e4), comment: phrase },
  ),
  'POST /applications/{id}/conflict-declaration': fields(reason),
  'POST /applications/{id}/withdrawal': fields(reason),
  'POST /applications/{id}/requisitions': fields(
    { amount: kronor(1, 999) },
    { period: each({ from: '2027-01-01', to: '2027-06-30' }), note: phrase },
  ),
  'POST /applications/{id}/requisitions/{requisitionId}/withdrawal': fields(reason),
  'POST /applications/{id}/requisitions/{requisitionId}/rejection': fields(reason),
  'POST /applications/{id}/payments': fields({ requisitionId: given('requisitionId') }, { coding: name }),
  'POST /applications/{id}/payments/{paymentId}/attestation': fc.oneof(
    fields({ outcome: each('attested') }),
    fields({ outcome: each('returned'), ...reason }),
  ),
  'POST /calls': fields({ rcc: each('sydost'), title: name, ...callDays }, call),
  'PATCH /calls/{id}': some({ ...call, ...callDays }),
  'POST /calls/{id}/closing-extension': fields({ closesOn: each('2100-01-01', '2101-02-28'), ...reason }),
  'POST /calls/{id}/closure': fields(reason),
  'POST /calls/{id}/decisions': fields({
    decidedOn: day,
    decidedBy: phrase,
    outcomes: fc
      .tuple(outcome('applicationId'), outcome('otherApplicationId'))
      .chain((both) => fc.subarray(both, { minLength: 1 })),
  }),
  'POST /measures': measure,
  'POST /observations': fields({
    measureId: given('measureId'),
    unit: each('sydost'),
    period: year,
    value: observedValue,
  }),
  'POST /observations/{id}/correction': fields({
    measureId: given('measureId'),
    unit: each('sydost'),
    period: each({ from: '2025-01-01', to: '2025-12-31' }),
    value: observedValue,
    ...reason,
  }),
  'POST /organisations': fields(
    { kind: each('region'), code: given('code'), name },
    { memberships: membership.map((one) => [one]) },
  ),
  'PATCH /organisations/{id}': some({ name, memberships: membership.map((one) => [one]) }),
  'POST /people': fields({ subject: kid, name }, { kind: each('person', 'system'), ...person }),
  'PATCH /people/{id}': some(person),
  'POST /plan-imports': plan,
  'POST /role-assignments': roleAssignment,
  'PATCH /role-assignments/{id}': some({ to: fc.option(farDay), deputyFor: each(null) }),
  'POST /role-assignments/{id}/ending': fields(reason, { on: farDay }),
  'POST /thinning-rules': thinning,
  'PATCH /thinning-rules/{id}': some({ title: name, note: phrase, to: fc.option(farDay) }),
  'POST /thinning-rules/{id}/dry-runs': fields({}, { after: each('applications~') }),
  'POST /when-interpretations': fields({ text: phrase, year: fc.integer({ min: 1900, max: 2200 }) }),
};

/** By operation: all that its query holds. Others have what the schema says, but for positions in a list of parts. */
export const fittingQueries: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'GET /assessments': fields({ measureId: fc.nat(999).map((n) => placeholder('measureId', n)) }),
  'GET /audit': fields({ resource: given('resource'), id: given('id') }, { limit: each('1', '20', '200') }),
  'GET /audit/consistency-proofs': fields({ from: given('from'), to: given('to') }),
  'GET /audit/inclusion-proofs': fields({
    service: given('service'),
    aggregate: given('aggregate'),
    seq: given('seq'),
  }),
  'GET /me/personal-data': nothing,
  'GET /people/{id}/personal-data': nothing,
};
