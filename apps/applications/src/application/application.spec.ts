import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DomainError,
  type ApplicationState,
  type ChangeApplication,
  type CreateApplication,
  type NewEvent,
} from '#libs/contracts';
import { unitDigest } from '#libs/unit-digest';
import { createCall, decideRound, publishCall, voidDecision, type Call } from '../call/call.ts';
import { grantedOf, type LedgerEntry } from '../call/ledger.ts';
import { type Application, type Decided } from './application-record.ts';
import {
  answerGrant,
  changeApplication,
  createApplication,
  followExtension,
  register,
  signOff,
  submit,
  takeOver,
  withdraw,
} from './application.ts';
import { assess, declareConflict } from './assessing.ts';
import { applicationCommands, applicationTransitions } from './application.states.ts';

const money = (amount: string) => ({ amount, currency: 'SEK' as const });
const now = new Date('2027-01-15T10:00:00Z');
const today = '2027-01-15';

function publishedCall(rest: Partial<Parameters<typeof createCall>[1]> = {}): Call {
  const draft = createCall('c1', {
    rcc: 'sydost',
    title: 'Utlysning',
    purpose: '',
    opensOn: '2026-12-01',
    closesOn: '2027-01-31',
    frame: money('1000.00'),
    themes: [{ id: 'hem', title: 'Hem' }],
    criteria: [{ id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 }, weight: 1 }],
    rollingIntake: false,
    reporting: [{ kind: 'final', dueOn: '2028-02-01' }],
    requiresSignOff: true,
    acceptanceDays: 21,
    ...rest,
  });
  return publishCall('c1', draft.state, ['kalmar', 'jonkoping', 'ostergotland'], now).state;
}

const whole: CreateApplication = {
  callId: 'c1',
  region: 'kalmar',
  themeId: 'hem',
  unit: 'Barnkliniken',
  title: 'Provtagning hemma',
  contact: { name: 'Vera Ek', email: 'vera.ek@kalmar.example' },
  summary: 'Kort.',
  need: 'Långa resor.',
  aims: [{ text: 'Färre resor' }],
  method: 'Mobilt team.',
  period: { from: '2027-03-01', to: '2027-12-31' },
  budget: [
    { line: 'salary', year: 2027, amount: money('300.10') },
    { line: 'travel', year: 2027, amount: money('0.05') },
  ],
  coFunding: [],
  patientInvolvement: 'Två föräldrar deltar.',
  spreading: 'Seminarium.',
  afterFunding: 'Kliniken betalar.',
};

function created(input: Partial<CreateApplication> = {}, call = publishedCall()): Application {
  return createApplication('a1', { ...whole, ...input }, call, today).state;
}

function submitted(): Application {
  const signed = signOff('a1', created(), 'chef-kalmar', now, 1).state;
  return submit('a1', signed, publishedCall(), 'systemet', now, today).state;
}

function granting(amount: number, rest: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    applicationId: 'a1',
    reference: null,
    region: 'kalmar',
    themeId: 'hem',
    outcome: amount > 0 ? 'granted' : 'rejected',
    amount,
    conditions: [{ text: 'Redovisa resorna', dueOn: '2027-06-01' }],
    reason: 'God nytta.',
    roundId: 'r1',
    decidedOn: '2027-02-15',
    decidedBy: 'Styrgruppen',
    recordedBy: 'beslut-sydost',
    ...rest,
  };
}

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const types = (events: readonly NewEvent[]): string[] => events.map((event) => event.type);
const keysOf = (events: readonly NewEvent[], type: string): unknown[] =>
  events.filter((event) => event.type === type).map((event) => (event.data as { key: string }).key);

describe('an application', () => {
  it('asks for the sum of its budget, to the öre', () => {
    expect(created().requested).toBe(30_015);
  });

  it('may be incomplete as a draft, and names all that stands in the way of submission at once', () => {
    const bare = createApplication(
      'a1',
      { callId: 'c1', region: 'kalmar', title: ' ' },
      publishedCall(),
      today,
    ).state;
    const error = refusal(() => submit('a1', bare, publishedCall(), 'systemet', now, today));
    expect(error.code).toBe('not-ready-for-submission');
    expect(error.faults.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/unit required',
      '/title blank',
      '/summary required',
      '/need required',
      '/method required',
      '/patientInvolvement required',
      '/spreading required',
      '/afterFunding required',
      '/contact required',
      '/period required',
      '/aims required',
      '/budget required',
      '/themeId theme-required',
      '/signedOff sign-off-missing',
    ]);
  });

  it.each([
    ['below the smallest grant', { smallestGrant: money('300.16') }, 'amount-below-smallest'],
    ['above the largest grant', { largestGrant: money('300.14') }, 'amount-above-largest'],
  ])('is not ready when its sum is %s', (_name, bound, code) => {
    const call = publishedCall(bound);
    const signed = signOff('a1', created({}, call), 'chef', now, 1).state;
    expect(refusal(() => submit('a1', signed, call, 'systemet', now, today)).faults).toEqual([
      expect.objectContaining({ pointer: '/budget', code }),
    ]);
  });

  it('has no budget year outside its period', () => {
    const late = created({ budget: [{ line: 'other', year: 2029, amount: money('1') }] });
    const signed = signOff('a1', late, 'chef', now, 1).state;
    expect(refusal(() => submit('a1', signed, publishedCall(), 'systemet', now, today)).faults).toEqual([
      { pointer: '/budget/0/year', code: 'year-outside-period' },
    ]);
  });

  it.each([
    ['2027-01-31', null],
    ['2027-02-01', 'call-closed'],
    ['2026-11-30', 'call-not-open'],
  ])('handed in on %s: %s', (day, code) => {
    const signed = signOff('a1', created(), 'chef', now, 1).state;
    const work = (): unknown => submit('a1', signed, publishedCall(), 'systemet', now, day);
    if (code === null) expect(work()).toMatchObject({ state: { state: 'submitted', submittedAt: now } });
    else expect(refusal(work).code).toBe(code);
  });

  it('loses its sign-off with any later edit', () => {
    const signed = signOff('a1', created(), 'chef', now, 1).state;
    const { state, events } = changeApplication('a1', signed, { title: 'Annat' }, publishedCall());
    expect(state.signedOff).toBeNull();
    expect(events[0]).toMatchObject({
      data: { fields: ['title'], signOffVoided: true },
      private: { before: { title: 'Provtagning hemma' }, after: { title: 'Annat' } },
    });
  });

  it('empties a field that is sent as null and leaves the others', () => {
    const { state } = changeApplication('a1', created(), { need: null }, publishedCall());
    expect([state.need, state.summary]).toEqual([undefined, 'Kort.']);
  });

  it('belongs to a region and a theme of the call', () => {
    const wrong = { ...whole, region: 'vasterbotten' as const, themeId: 'okant' };
    expect(refusal(() => createApplication('a1', wrong, publishedCall(), today)).faults).toEqual([
      { pointer: '/region', code: 'unknown-region', params: { value: 'vasterbotten' } },
      { pointer: '/themeId', code: 'unknown-theme', params: { value: 'okant' } },
    ]);
  });

  it('has the region reminded of the draft instead of the call, until it is submitted', () => {
    const draft = createApplication('a1', whole, publishedCall(), today);
    expect(keysOf(draft.events, 'deadline.set')).toEqual(['application/a1/submission']);
    expect(keysOf(draft.events, 'deadline.met')).toEqual(['call/c1/closing/kalmar']);
    const signed = signOff('a1', draft.state, 'chef', now, 1).state;
    const handedIn = submit('a1', signed, publishedCall(), 'systemet', now, today);
    expect(keysOf(handedIn.events, 'deadline.met')).toEqual(['application/a1/submission']);
    expect(handedIn.state.deadlines).toEqual([]);
  });

  it('tells of its clinic by the digest alone, and anew when a draft changes hands', () => {
    const call = publishedCall();
    const told = ({ events }: Decided) =>
      events.flatMap(({ type, data }) => (type === 'deadline.set' ? [data] : [])) as Record<
        string,
        unknown
      >[];
    const { unit: _unit, ...unnamed } = whole;
    const begun = createApplication('a1', unnamed, call, today);
    expect(told(begun)).toEqual([expect.not.objectContaining({ unitDigest: expect.anything() })]);
    const change = (from: Decided, input: ChangeApplication) =>
      changeApplication('a1', from.state, input, call);
    const named = change(begun, { unit: 'Barnkliniken' });
    const version = { key: 'application/a1/submission', dueOn: '2027-01-31' };
    const digest = unitDigest('kalmar', 'Barnkliniken');
    expect(told(named)).toMatchObject([{ ...version, deadlineVersion: 2, unitDigest: digest }]);
    expect(JSON.stringify(told(named))).not.toContain('Barnkliniken');
    expect(told(change(named, { unit: 'Barnkliniken', title: 'Ny titel' }))).toEqual([]);
    const handed = change(named, { unit: 'Akuten' });
    expect(told(handed)).toMatchObject([
      { ...version, deadlineVersion: 3, unitDigest: unitDigest('kalmar', 'Akuten') },
    ]);
    expect(handed.state.deadlines).toMatchObject([{ version: 3 }]);
    const extended = followExtension('a1', handed.state, { ...call, closesOn: '2027-02-15' });
    expect(told(extended)).toMatchObject([
      { deadlineVersion: 4, unitDigest: unitDigest('kalmar', 'Akuten') },
    ]);
    const granted = takeOver('a1', submitted(), call, granting(100)) as Decided;
    expect(told(granted).map((each) => each['unitDigest'])).toEqual([digest, digest, digest]);
  });

  it('names its RCC when something due is done or no longer needed', () => {
    const ends = (events: Decided['events']) =>
      events.filter(({ type }) => type === 'deadline.met' || type === 'deadline.withdrawn');
    const granted = takeOver('a1', submitted(), publishedCall(), granting(100)) as Decided;
    const told = [
      ...ends(createApplication('a1', whole, publishedCall(), today).events),
      ...ends(
        withdraw('a1', createApplication('a1', whole, publishedCall(), today).state, 'Ändrat', now).events,
      ),
      ...ends(answerGrant('a1', granted.state, { accepted: false }, now).events),
    ];
    expect(told.map(({ data }) => (data as { rcc?: string }).rcc)).toEqual(told.map(() => 'sydost'));
    expect(told.length).toBe(5);
  });

  it('takes its reference once', () => {
    const { state } = register('a1', submitted(), 42, 2027);
    expect(state.reference).toBe('SYDOST-2027-0042');
    expect(register('a1', state, 43, 2027)).toEqual({ state, events: [] });
  });

  it('is assessed once per assessor, revisable, never by the own region or after declared conflict', () => {
    const call = publishedCall();
    const input = {
      scores: [{ criterion: 'nytta', score: 4, reason: '' }],
      recommendation: 'grant' as const,
    };
    const assessor = { id: 'b1', employers: [] };
    const first = assess('a1', submitted(), call, assessor, input, 's1', now).state;
    const second = assess(
      'a1',
      first,
      call,
      assessor,
      { ...input, recommendation: 'reject' },
      's2',
      now,
    ).state;
    expect(second.assessments).toEqual([
      expect.objectContaining({ id: 's1', version: 2, recommendation: 'reject' }),
    ]);
    const own = { id: 'b2', employers: ['kalmar'] };
    expect(refusal(() => assess('a1', second, call, own, input, 's', now)).code).toBe('conflict-of-interest');
    const stepped = declareConflict('a1', second, 'b1', 'släkt', now).state;
    expect(stepped.assessments).toEqual([]);
    expect(refusal(() => assess('a1', stepped, call, assessor, input, 's', now)).code).toBe(
      'conflict-of-interest',
    );
  });

  it('is scored on every criterion of the call, within its scale', () => {
    const input = {
      scores: [
        { criterion: 'nytta', score: 6, reason: '' },
        { criterion: 'okand', score: 1, reason: '' },
      ],
      recommendation: 'grant' as const,
    };
    const work = (scores: typeof input.scores): DomainError =>
      refusal(() =>
        assess(
          'a1',
          submitted(),
          publishedCall(),
          { id: 'b', employers: [] },
          { ...input, scores },
          's',
          now,
        ),
      );
    expect(work(input.scores).faults).toEqual([
      { pointer: '/scores/0/score', code: 'score-outside-scale', params: { minimum: 1, maximum: 5 } },
      { pointer: '/scores/1/criterion', code: 'unknown-criterion', params: { value: 'okand' } },
    ]);
    expect(work([]).faults).toEqual([
      { pointer: '/scores', code: 'criterion-missing', params: { value: 'nytta' } },
    ]);
  });

  it('gets deadlines for answer, reports and conditions with a grant, and none with a rejection', () => {
    const granted = takeOver('a1', submitted(), publishedCall(), granting(100)) as Decided;
    expect(
      granted.events.filter((event) => event.type === 'deadline.set').map((event) => event.data),
    ).toEqual([
      expect.objectContaining({ kind: 'decision-acceptance', dueOn: '2027-03-08' }),
      expect.objectContaining({ kind: 'final-report', dueOn: '2028-02-01' }),
      expect.objectContaining({ kind: 'condition', dueOn: '2027-06-01' }),
    ]);
    const rejected = takeOver('a1', submitted(), publishedCall(), granting(0)) as Decided;
    expect(types(rejected.events)).toEqual(['application.rejected']);
    expect(rejected.state.granted).toBeNull();
  });

  it('knows who decided, beside what the letter says', () => {
    const { state } = takeOver('a1', submitted(), publishedCall(), granting(100)) as Decided;
    expect(state.decision).toMatchObject({ decidedBy: 'Styrgruppen', recordedBy: 'beslut-sydost' });
  });

  it('takes an outcome over once, however often it is told', () => {
    const granted = takeOver('a1', submitted(), publishedCall(), granting(100)) as Decided;
    expect(takeOver('a1', granted.state, publishedCall(), granting(100))).toEqual({
      state: granted.state,
      events: [],
    });
  });

  it('that was withdrawn takes no outcome', () => {
    const withdrawn = withdraw('a1', submitted(), 'ändrade planer', now).state;
    expect(takeOver('a1', withdrawn, publishedCall(), granting(100))).toBe('withdrawn');
  });

  it('that declines owes no reports; one that accepts still does', () => {
    const granted = (takeOver('a1', submitted(), publishedCall(), granting(100)) as Decided).state;
    const declined = answerGrant('a1', granted, { accepted: false }, now);
    expect(keysOf(declined.events, 'deadline.met')).toEqual(['application/a1/acceptance']);
    expect(keysOf(declined.events, 'deadline.withdrawn')).toEqual([
      'application/a1/report/0',
      'application/a1/condition/0',
    ]);
    const accepted = answerGrant('a1', granted, { accepted: true }, now);
    expect(accepted.state.deadlines.map((deadline) => deadline.kind)).toEqual(['final-report', 'condition']);
  });

  it('refuses what the state does not permit and says what is possible', () => {
    const error = refusal(() => changeApplication('a1', submitted(), { title: 'x' }, publishedCall()));
    expect(error.code).toBe('state-conflict');
    expect(error.extra['allowed']).toEqual(['withdrawal', 'conflict-declaration', 'assessments']);
  });
});

type World = { call: Call; applications: Map<string, Application>; decisions: Map<string, string> };
type Step = { command: (typeof commands)[number]; id: string; amount: number; number: number };
const commands = [
  'edit',
  'sign-off',
  'submission',
  'registration',
  'withdrawal',
  'conflict-declaration',
  'assessments',
  'decision',
  'take-over',
  'acceptance',
  'declination',
] as const;

/** One command against the world, as the use cases combine the domain functions. */
function play(world: World, step: Step): void {
  const application = world.applications.get(step.id);
  if (!application) return;
  const { call } = world;
  const set = (decided: Decided): void => void world.applications.set(step.id, decided.state);
  switch (step.command) {
    case 'edit':
      return set(changeApplication(step.id, application, { summary: `v${step.number}` }, call));
    case 'sign-off':
      return set(signOff(step.id, application, 'chef', now, 1));
    case 'submission':
      return set(submit(step.id, application, call, 'systemet', now, today));
    case 'registration':
      return set(register(step.id, application, step.number, 2027));
    case 'withdrawal':
      return set(withdraw(step.id, application, 'r', now));
    case 'conflict-declaration':
      return set(declareConflict(step.id, application, 'b1', 'r', now));
    case 'assessments': {
      const input = {
        scores: [{ criterion: 'nytta', score: 3, reason: '' }],
        recommendation: 'grant' as const,
      };
      return set(assess(step.id, application, call, { id: 'b1', employers: [] }, input, 's', now));
    }
    case 'decision': {
      if (application.state !== 'submitted') return;
      const entry = granting(step.amount, {
        applicationId: step.id,
        roundId: `r${step.number}`,
        region: application.region,
      });
      world.call = decideRound('c1', call, entry.roundId, [entry]).state;
      return;
    }
    case 'take-over': {
      const entry = call.ledger.find((each) => each.applicationId === step.id && each.outcome !== 'voided');
      if (!entry) return;
      const taken = takeOver(step.id, application, call, entry);
      if (taken === 'withdrawn') world.call = voidDecision('c1', call, step.id).state;
      else set(taken);
      return;
    }
    case 'acceptance':
    case 'declination':
      return set(answerGrant(step.id, application, { accepted: step.command === 'acceptance' }, now));
  }
}

const edges = new Set(
  applicationCommands.flatMap((command) =>
    Object.entries(applicationTransitions[command]).map(([from, to]) => `${from} → ${to}`),
  ),
);

describe('any sequence of commands', () => {
  const ids = ['a1', 'a2', 'a3', 'a4'];
  const steps = fc.array(
    fc.record({
      command: fc.constantFrom(...commands),
      id: fc.constantFrom(...ids),
      amount: fc.integer({ min: 0, max: 60_000 }),
      number: fc.integer({ min: 1, max: 1_000_000 }),
    }),
    { maxLength: 120 },
  );

  it('never leaves the state table, never exceeds the frame, never decides twice, and the money adds up', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const call = publishedCall();
        const world: World = {
          call,
          applications: new Map(
            ids.map((id) => {
              const draft = createApplication(id, whole, call, today).state;
              return [id, signOff(id, draft, 'chef', now, 1).state];
            }),
          ),
          decisions: new Map(),
        };
        for (const step of sequence) {
          const before = world.applications.get(step.id)?.state;
          try {
            play(world, step);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
          const application = world.applications.get(step.id);
          const after: ApplicationState | undefined = application?.state;
          if (after !== before) expect(edges.has(`${before} → ${after}`)).toBe(true);
          if (application?.decision) {
            const decided = world.decisions.get(step.id);
            if (decided !== undefined) expect(application.decision.roundId).toBe(decided);
            world.decisions.set(step.id, application.decision.roundId);
          }
          expect(grantedOf(world.call.ledger)).toBeLessThanOrEqual(world.call.frame);
        }
        // What the applications hold is what the ledger granted to those that have taken it over.
        for (const [id, application] of world.applications) {
          const entry = world.call.ledger.find(
            (each) => each.applicationId === id && each.outcome !== 'voided',
          );
          if (application.decision) {
            expect(entry).toBeDefined();
            expect(application.granted ?? 0).toBe(entry?.amount);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
