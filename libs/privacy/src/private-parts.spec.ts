import { expect, test } from '@jest/globals';
import { concernsPeople } from './private-parts.ts';

const concern = {
  paths: ['contact.name', 'contact.email', 'assessments.*.assessor'],
  removed: ['Åsa Öst', 'b1'],
  types: new Set(['application.conflict-declared']),
};
const concerns = (data: Record<string, unknown> | null, type = 'application.changed') =>
  concernsPeople({ type, private: data && { data } }, concern);

test.each([
  [
    'a contact in the first text',
    { content: { title: 'Prov', contact: { name: 'Bo', email: 'bo@x.example' } } },
  ],
  [
    'the contact of before, who is another than now',
    { before: { contact: { name: 'Bo' } }, after: { title: 'x' } },
  ],
  ['an identity that is taken out of the document', { before: null, after: { assessor: 'b1', score: 3 } }],
  ['a name in a list', { list: [{ a: 1 }, { who: 'Åsa Öst' }] }],
])('a private part with %s concerns people', (_what, data) => expect(concerns(data)).toBe(true));

test.each([
  ['old and new texts', { before: { title: 'A' }, after: { title: 'B' } }],
  ['a contact that was taken away', { before: { contact: null }, after: { contact: null } }],
  ['a text that merely begins like a name', { reason: 'Åsa Östs ansökan' }],
  ['nothing', {}],
])('a private part with %s does not', (_what, data) => expect(concerns(data)).toBe(false));

test('an event of a type that is about people does, whatever it holds', () => {
  expect(concerns({ reason: 'släkt' }, 'application.conflict-declared')).toBe(true);
});

test('what is blank already does not, of whatever type', () => {
  expect(concerns(null, 'application.conflict-declared')).toBe(false);
});
