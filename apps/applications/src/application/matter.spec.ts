import { expect, test } from '@jest/globals';
import { type Application } from './application-record.ts';
import { matterOf } from './matter.ts';

const untouched = {
  region: 'kalmar',
  signedOff: null,
  assessments: [],
  conflicts: [],
  decision: null,
} as unknown as Application;
const nobody = { applied: [], signed: [], assessed: [], decided: [], requisitioned: [], prepared: [] };

test.each<[string, object, object]>([
  ['submitted it', { submittedBy: 'eva' }, { applied: ['eva'] }],
  ['signed it', { signedOff: { by: 'eva' } }, { signed: ['eva'] }],
  ['assessed it', { assessments: [{ assessor: 'per' }, { assessor: 'eva' }] }, { assessed: ['per', 'eva'] }],
  ['decided on it', { decision: { recordedBy: 'eva', decidedBy: 'Chefen' } }, { decided: ['eva'] }],
  [
    'asked for its money',
    { requisitions: [{ requestedBy: 'per', state: 'withdrawn' }, { requestedBy: 'eva' }] },
    { requisitioned: ['per', 'eva'] },
  ],
])('whoever %s has had that part', (_what, more, parts) => {
  const matter = matterOf({ ...untouched, ...more } as Application);
  expect(matter).toStrictEqual({ region: 'kalmar', partial: [], parts: { ...nobody, ...parts } });
});

test('whoever prepared the payment that it is about has had that part', () => {
  const payments = [{ preparedBy: 'per' }, { preparedBy: 'eva' }];
  const { parts } = matterOf({ ...untouched, payments } as unknown as Application, 'eva');
  expect(parts).toStrictEqual({ ...nobody, prepared: ['eva'] });
});

test('whoever has declared a conflict of interest is partial', () => {
  const conflicts = [{ assessor: 'eva' }];
  expect(matterOf({ ...untouched, conflicts } as unknown as Application).partial).toStrictEqual(['eva']);
});
