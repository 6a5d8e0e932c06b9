import { describe, expect, test } from '@jest/globals';
import { type Application } from '../application/application-record.ts';
import { requireImpartial } from './four-eyes.ts';

type Candidate = Parameters<typeof requireImpartial>[1] extends ReadonlyMap<string, infer C> ? C : never;
const decider = { id: 'johan', employers: ['kalmar'] };
const clean: Candidate = {
  region: 'ostergotland',
  submittedBy: 'systemet',
  signedOff: { by: 'anna', at: new Date(0), revision: 1 },
  assessments: [],
  conflicts: [],
};
const assessedBy = (assessor: string) => [{ assessor }] as unknown as Application['assessments'];

function refusal(application: Partial<Candidate>): unknown {
  try {
    requireImpartial(
      decider,
      new Map([
        ['a', clean],
        ['b', { ...clean, ...application }],
      ]),
    );
    return null;
  } catch (error) {
    return error;
  }
}

describe('whoever decides', () => {
  test('may, having had no part in the application', () => {
    expect(refusal({})).toBeNull();
    expect(refusal({ submittedBy: undefined, signedOff: null, assessments: assessedBy('eva') })).toBeNull();
    expect(refusal({ conflicts: [{ assessor: 'eva', at: new Date(0) }] })).toBeNull();
  });

  test.each<[string, Partial<Candidate>, string]>([
    ['works in the applying region', { region: 'kalmar' }, 'conflict-of-interest'],
    [
      'has declared a conflict of interest',
      { conflicts: [{ assessor: 'johan', at: new Date(0) }] },
      'conflict-of-interest',
    ],
    ['submitted it', { submittedBy: 'johan' }, 'four-eyes'],
    ['signed it', { signedOff: { by: 'johan', at: new Date(0), revision: 1 } }, 'four-eyes'],
    ['assessed it', { assessments: assessedBy('johan') }, 'four-eyes'],
  ])('is refused, with the application concerned, when he or she %s', (_why, application, code) => {
    expect(refusal(application)).toMatchObject({ code, extra: { applicationIds: ['b'] } });
  });
});
