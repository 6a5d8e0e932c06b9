import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blanked, blankEmail, blankText } from './blanking.ts';

const paths = ['contact.name', 'contact.email', 'signedOff.by', 'submittedBy', 'assessments.*.assessor'];
const application = {
  reference: 'SYDOST-2026-0001',
  requested: 100_000,
  submittedBy: 'kalmar-1',
  submittedAt: new Date('2026-11-24T08:00:00Z'),
  contact: { name: 'Åsa Öst', email: 'asa@kalmar.example' },
  signedOff: { by: 'chef', at: new Date('2026-11-23T08:00:00Z'), revision: 3 },
  assessments: [
    { assessor: 'b1', scores: [{ criterion: 'nytta', score: 4 }] },
    { assessor: 'b2', scores: [] },
  ],
};

describe('blanking', () => {
  test('takes names, addresses and identities, and leaves amounts, days and references', () => {
    expect(blanked(application, paths)).toEqual({
      state: {
        ...application,
        submittedBy: blankText,
        contact: { name: blankText, email: blankEmail },
        signedOff: { ...application.signedOff, by: blankText },
        assessments: application.assessments.map((each) => ({ ...each, assessor: blankText })),
      },
      fields: paths,
      removed: ['Åsa Öst', 'asa@kalmar.example', 'chef', 'kalmar-1', 'b1', 'b2'],
    });
  });

  test('done a second time changes nothing, and says so by the same object', () => {
    const { state } = blanked(application, paths);
    const again = blanked(state, paths);
    expect(again).toEqual({ state, fields: [], removed: [] });
    expect(again.state).toBe(state);
  });

  test('keeps the objects that it has nothing to do with, so that only what changed is written', () => {
    const { state } = blanked(application, ['assessments.*.assessor']);
    expect(state.contact).toBe(application.contact);
    expect(state.assessments[0]?.scores).toBe(application.assessments[0]?.scores);
  });

  test('finds nothing where nothing is', () => {
    const draft = { contact: null, assessments: [], signedOff: undefined, submittedBy: null };
    expect(blanked(draft, paths)).toEqual({ state: draft, fields: [], removed: [] });
  });

  test('uses a given blank where the usual one will not do', () => {
    const person = { subject: 'anna', email: 'a@b.example', name: 'Anna' };
    const blanks = { subject: 'gallrad-p1', email: null };
    const { state, fields } = blanked(person, ['subject', 'email', 'name'], blanks);
    expect(state).toEqual({ subject: 'gallrad-p1', email: null, name: blankText });
    expect(fields).toEqual(['subject', 'email', 'name']);
    expect(blanked(state, ['subject', 'email', 'name'], blanks).state).toBe(state);
  });

  test('takes everything of an object that is personal as a whole', () => {
    const state = {
      person: { name: 'Anna', year: 1970, since: new Date(), likes: ['te'], mail: { email: 'x@y.example' } },
    };
    expect(blanked(state, ['person']).state).toEqual({
      person: { name: blankText, year: null, since: null, likes: [blankText], mail: { email: blankEmail } },
    });
  });

  test('removes every personal value and nothing else, whatever the document looks like', () => {
    const secret = fc.uuid();
    const plain = fc.oneof(fc.integer(), fc.constant(null), fc.boolean(), fc.stringMatching(/^[a-z]{0,9}$/));
    const item = fc.record({
      who: fc.oneof(secret, fc.constant(null)),
      rest: fc.dictionary(fc.constantFrom('a', 'b', 'c'), plain),
    });
    const document = fc.record(
      {
        owner: secret,
        item,
        items: fc.array(item, { maxLength: 5 }),
        deep: fc.record({ list: fc.array(item) }),
        rest: plain,
      },
      { requiredKeys: ['rest'] },
    );
    const where = ['owner', 'item.who', 'items.*.who', 'deep.list.*.who'];
    fc.assert(
      fc.property(document, (state) => {
        const before = JSON.stringify(state);
        const { state: after, removed } = blanked(state, where);
        const text = JSON.stringify(after);
        const secrets: string[] = before.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
        expect(secrets.filter((value) => text.includes(value))).toEqual([]);
        expect(new Set(removed)).toEqual(new Set(secrets));
        // Put back in order, the secrets make it the same text: nothing else was touched.
        let restored = text;
        for (const value of secrets) restored = restored.replace(`"${blankText}"`, `"${value}"`);
        expect(restored).toBe(before);
        expect(JSON.stringify(state)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});
