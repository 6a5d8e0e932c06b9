import { describe, expect, test } from '@jest/globals';
import { DomainError, type Assess } from '#libs/contracts';
import { type CallTerms } from '../call/call.ts';
import { type Application, type Assessment } from './application-record.ts';
import { assess, declareConflict } from './assessing.ts';

const now = new Date('2027-01-15T10:00:00Z');
const call = {
  criteria: [
    { id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 }, weight: 1 },
    { id: 'metod', title: 'Metod', scale: { min: 0, max: 3 }, weight: 1 },
  ],
} as unknown as CallTerms;
const scores = (nytta: number, metod: number): Assess['scores'] => [
  { criterion: 'nytta', score: nytta, reason: 'Stor' },
  { criterion: 'metod', score: metod, reason: '' },
];
const input: Assess = { scores: scores(4, 2), recommendation: 'grant' };
const eva = { id: 'eva', employers: ['skane'] };
const byBo = { id: 's0', assessor: 'bo', version: 1 } as Assessment;
const where = { applicationId: 'a1', callId: 'c1', rcc: 'sydost', region: 'kalmar' };
// As much of an application as assessing looks at.
const submitted = {
  callId: 'c1',
  rcc: 'sydost',
  region: 'kalmar',
  state: 'submitted',
  conflicts: ['ida', 'per'].map((assessor) => ({ assessor, at: now })),
  assessments: [byBo],
} as unknown as Application;

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const assessedBy = (assessor: typeof eva, application = submitted, change: Partial<Assess> = {}, id = 's1') =>
  assess('a1', application, call, assessor, { ...input, ...change }, id, now);

describe('an assessment', () => {
  const first: Assessment = {
    id: 's1',
    assessor: 'eva',
    scores: input.scores,
    recommendation: 'grant',
    recommendedAmount: null,
    comment: null,
    assessedAt: now,
    version: 1,
  };

  test('stands beside those of others, and is told of without its scores and comment', () => {
    const { state, events } = assessedBy(eva);
    expect(state).toEqual({ ...submitted, assessments: [byBo, first] });
    expect(events).toEqual([
      {
        type: 'application.assessed',
        version: 1,
        data: {
          ...where,
          assessor: 'eva',
          assessmentVersion: 1,
          recommendation: 'grant',
          recommendedAmount: null,
        },
        private: { before: null, after: first },
      },
    ]);
  });

  test('that is revised takes the place of the earlier, which the journal keeps', () => {
    const amount = { amount: '1000.50', currency: 'SEK' as const };
    const change = { recommendation: 'grant' as const, recommendedAmount: amount, comment: 'Bra' };
    const { state, events } = assessedBy(eva, assessedBy(eva).state, change, 's2');
    const second = { ...first, recommendedAmount: 100_050, comment: 'Bra', version: 2 };
    expect(state.assessments).toEqual([byBo, second]);
    expect(events[0]).toMatchObject({
      data: { assessmentVersion: 2, recommendedAmount: 100_050 },
      private: { before: first, after: second },
    });
  });

  test('is refused to whoever works in the applying region or has declared a conflict of interest', () => {
    for (const partial of [
      { id: 'eva', employers: ['skane', 'kalmar'] },
      { id: 'ida', employers: [] },
    ]) {
      expect(refusal(() => assessedBy(partial)).code).toBe('conflict-of-interest');
    }
  });

  test('is refused once it is decided', () => {
    const decided = { ...submitted, state: 'granted' } as Application;
    expect(refusal(() => assessedBy(eva, decided))).toMatchObject({
      code: 'state-conflict',
      params: { command: 'assessments', state: 'granted' },
    });
  });

  test('may use the whole of each scale, and no more', () => {
    const faults = (given: Assess['scores']) =>
      refusal(() => assessedBy(eva, submitted, { scores: given })).faults;
    for (const ends of [scores(1, 0), scores(5, 3)]) {
      expect(assessedBy(eva, submitted, { scores: ends }).state.assessments).toHaveLength(2);
    }
    const params = { minimum: 0, maximum: 3 };
    for (const beyond of [-1, 4]) {
      expect(faults(scores(1, beyond))).toEqual([
        { pointer: '/scores/1/score', code: 'score-outside-scale', params },
      ]);
    }
  });

  test('scores every criterion of the call once, and no other', () => {
    const odd = [...scores(1, 1), { criterion: 'stil', score: 1, reason: '' }, ...scores(2, 2)];
    const faults = (given: Assess['scores']) =>
      refusal(() => assessedBy(eva, submitted, { scores: given })).faults;
    expect(faults(odd)).toEqual([
      { pointer: '/scores/2/criterion', code: 'unknown-criterion', params: { value: 'stil' } },
      { pointer: '/scores/3/criterion', code: 'duplicate', params: { value: 'nytta' } },
      { pointer: '/scores/4/criterion', code: 'duplicate', params: { value: 'metod' } },
    ]);
    expect(faults(scores(1, 1).slice(0, 1))).toEqual([
      { pointer: '/scores', code: 'criterion-missing', params: { value: 'metod' } },
    ]);
  });
});

describe('whoever declares a conflict of interest', () => {
  test('takes the own assessment away and nobody else’s, for a reason that is not told', () => {
    const assessed = assessedBy(eva).state;
    const { state, events } = declareConflict('a1', assessed, 'eva', 'Släkt', now);
    expect(state).toEqual({
      ...submitted,
      conflicts: [...submitted.conflicts, { assessor: 'eva', at: now }],
    });
    expect(events).toEqual([
      {
        type: 'application.conflict-declared',
        version: 1,
        data: { ...where, assessor: 'eva' },
        private: { reason: 'Släkt' },
      },
    ]);
  });

  test('has nothing more to declare a second time', () => {
    const { state } = declareConflict('a1', submitted, 'eva', 'Släkt', now);
    expect(declareConflict('a1', state, 'eva', 'Vän', now)).toEqual({ state, events: [] });
  });

  test('is too late after the decision', () => {
    const decided = { ...submitted, state: 'rejected' } as Application;
    expect(refusal(() => declareConflict('a1', decided, 'eva', 'Släkt', now))).toMatchObject({
      code: 'state-conflict',
      params: { command: 'conflict-declaration' },
    });
  });
});
