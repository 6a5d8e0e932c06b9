import { describe, expect, test } from '@jest/globals';
import { findingsIn, matchOf, mentionsIn } from './matching.ts';

const matches = matchOf({ ids: ['anna', 'p1'], emails: ['Anna.Lind@Kalmar.example'] });
const paths = [
  'contact.name',
  'contact.email',
  'submittedBy',
  'signedOff.by',
  'assessments.*.assessor',
  'watchers.*',
];

describe('somebody is recognised', () => {
  test.each(['anna', 'p1', 'anna.lind@kalmar.example', 'ANNA.LIND@KALMAR.EXAMPLE'])('as %s', (value) =>
    expect(matches(value)).toBe(true),
  );
  test.each(['Anna', 'ann', 'anna2', 'anna.lind@kalmar.example.org', '', null, undefined, 7, ['anna']])(
    'but not as %p',
    (value) => expect(matches(value)).toBe(false),
  );
});

describe('in a document', () => {
  test('the objects that are about the person are found, those of others are left', () => {
    const state = {
      title: 'Prov',
      submittedBy: 'bo',
      contact: { name: 'Anna Lind', email: 'anna.lind@kalmar.example' },
      signedOff: { by: 'anna', revision: 2 },
      assessments: [
        { assessor: 'bo', score: 1 },
        { assessor: 'anna', score: 5 },
      ],
      watchers: ['bo', 'anna'],
    };
    expect(findingsIn(state, paths, matches)).toEqual([
      { path: 'assessments.1', value: { assessor: 'anna', score: 5 } },
      { path: 'contact', value: { name: 'Anna Lind', email: 'anna.lind@kalmar.example' } },
      { path: 'signedOff', value: { by: 'anna', revision: 2 } },
      { path: 'watchers.1', value: 'anna' },
    ]);
  });

  test('another with the same name is not the person', () => {
    expect(
      findingsIn({ contact: { name: 'Anna Lind', email: 'anna.lind@norr.example' } }, paths, matches),
    ).toEqual([]);
  });

  test('name and address that lie at the top go together', () => {
    const state = { subject: 'anna', name: 'Anna Lind', email: null, rccs: ['sydost'] };
    expect(findingsIn(state, ['subject', 'name', 'email'], matches)).toEqual([
      { path: 'name', value: 'Anna Lind' },
      { path: 'subject', value: 'anna' },
    ]);
  });
});

describe('in a private part', () => {
  test('the object around the person is found, not its neighbours', () => {
    const data = {
      before: { contact: { name: 'Bo', email: 'bo@kalmar.example' } },
      after: { contact: { name: 'Anna Lind', email: 'anna.lind@kalmar.example' }, title: 'B' },
    };
    expect(mentionsIn(data, matches)).toEqual([
      { path: 'after.contact', value: { name: 'Anna Lind', email: 'anna.lind@kalmar.example' } },
    ]);
  });

  test('at the top, only plain texts are the person’s', () => {
    const data = { subject: 'anna', name: 'Anna Lind', colleagues: [{ name: 'Bo' }] };
    expect(mentionsIn(data, matches)).toEqual([
      { path: 'name', value: 'Anna Lind' },
      { path: 'subject', value: 'anna' },
    ]);
  });

  test('of a list, only the person’s own items', () => {
    const data = {
      records: [
        { actor: 'bo', what: 1 },
        { actor: 'anna', what: 2 },
      ],
      ids: ['bo', 'p1'],
    };
    expect(mentionsIn(data, matches)).toEqual([
      { path: 'ids.1', value: 'p1' },
      { path: 'records.1', value: { actor: 'anna', what: 2 } },
    ]);
  });
});
