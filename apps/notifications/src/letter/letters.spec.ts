import { describe, expect, it } from '@jest/globals';
import { decisionLetter, receiptLetter, type ApplicationNotice } from './application-letters.ts';
import { reminderLetter, type ReminderMatter } from './reminder-letter.ts';
import { amountInWords, dayInWords, timeInWords } from './words.ts';

const url = 'https://insats.example';
const sek = (amount: string) => ({ amount, currency: 'SEK' as const });

const notice: ApplicationNotice = {
  id: 'a1',
  reference: 'SYDOST-2026-0042',
  title: 'Hemsjukvård\nför barn',
  rcc: 'sydost',
  unit: 'Barn- och ungdomskliniken',
  submittedAt: '2026-12-15T22:30:00.000Z',
  requested: sek('250000.00'),
  callTitle: 'Stimulansmedel 2027',
  decision: null,
  acceptBy: null,
};

describe('words', () => {
  it('amounts are written as Swedes write them, with ordinary spaces', () => {
    expect(amountInWords(sek('125000.00'))).toBe('125 000 kr');
    expect(amountInWords(sek('1250000'))).toBe('1 250 000 kr');
    expect(amountInWords(sek('999.5'))).toBe('999,50 kr');
    expect(amountInWords(sek('0.05'))).toBe('0,05 kr');
  });

  it('days and times are those of Sweden', () => {
    expect(dayInWords('2027-01-31')).toBe('söndag 31 januari 2027');
    // Half past ten at night in UTC on the 15th is the 16th in Sweden only in summer.
    expect(timeInWords('2026-12-15T22:30:00.000Z')).toBe('tisdag 15 december 2026 klockan 23.30');
    expect(timeInWords('2026-07-15T22:30:00.000Z')).toBe('torsdag 16 juli 2026 klockan 00.30');
  });
});

describe('the receipt', () => {
  const { subject, text } = receiptLetter(notice, url);

  it('says what arrived, when and under which reference', () => {
    expect(subject).toBe('Ansökan SYDOST-2026-0042 har kommit in till RCC Sydöst');
    expect(text).toContain('Beteckning: SYDOST-2026-0042\n');
    expect(text).toContain('Kom in: tisdag 15 december 2026 klockan 23.30, svensk tid\n');
    expect(text).toContain('Utlysning: Stimulansmedel 2027\n');
  });

  it('keeps what people wrote on its line', () => {
    expect(text).toContain('Ansökan: Hemsjukvård för barn\n');
  });

  it('says what to do and where to look', () => {
    expect(text).toContain('Ni behöver inte göra något nu.');
    expect(text).toContain('https://insats.example/applications/a1');
  });
});

describe('the decision letter', () => {
  const decision = {
    outcome: 'granted' as const,
    amount: sek('125000.00'),
    reason: 'Stor nytta för patienterna.',
    conditions: [
      { text: 'Redovisa samarbetet med Kalmar.', dueOn: '2027-09-01' },
      { text: 'Följ upp väntetiderna.' },
    ],
    decidedOn: '2027-02-10',
    decidedBy: 'Chefen för RCC Sydöst',
  };
  const granted = {
    ...notice,
    decision,
    acceptBy: '2027-03-12',
    reporting: [{ kind: 'final' as const, dueOn: '2028-01-31' }],
  };

  it('of a grant in part says what was granted of what was asked for', () => {
    const letter = decisionLetter(granted, url);
    expect(letter?.subject).toBe('Beslut om ansökan SYDOST-2026-0042: 125 000 kr beviljas');
    expect(letter?.text).toContain('beviljats till en del: 125 000 kr av sökta 250 000 kr.');
    expect(letter?.text).toContain('Sökt belopp: 250 000 kr\nBeviljat belopp: 125 000 kr\n');
  });

  it('of a grant in full does not speak of a part', () => {
    const letter = decisionLetter({ ...granted, requested: sek('125000') }, url);
    expect(letter?.text).toContain('beviljats med 125 000 kr.');
    expect(letter?.text).not.toContain('till en del');
  });

  it('names day, decider, reason, conditions, and what to do by when', () => {
    const text = decisionLetter(granted, url)?.text ?? '';
    expect(text).toContain('Beslutsdag: onsdag 10 februari 2027\n');
    expect(text).toContain('Beslutat av: Chefen för RCC Sydöst');
    expect(text).toContain('Motivering:\nStor nytta för patienterna.');
    expect(text).toContain('* Redovisa samarbetet med Kalmar. (senast onsdag 1 september 2027)\n');
    expect(text).toContain('* Följ upp väntetiderna.\n');
    expect(text).toContain('* svara på beslutet: tacka ja eller nej senast fredag 12 mars 2027\n');
    expect(text).toContain('* lämna slutrapport senast måndag 31 januari 2028\n');
  });

  it('of a rejection gives the reason and asks for nothing', () => {
    const rejected = { ...decision, outcome: 'rejected' as const, amount: null, conditions: [] };
    const letter = decisionLetter({ ...granted, decision: rejected, acceptBy: null }, url);
    expect(letter?.subject).toBe('Beslut om ansökan SYDOST-2026-0042: avslag');
    expect(letter?.text).toContain('har avslagits');
    expect(letter?.text).toContain('Stor nytta för patienterna.');
    expect(letter?.text).not.toContain('Beviljat belopp');
    expect(letter?.text).not.toContain('tacka ja');
  });

  it('is not written while there is no decision', () => {
    expect(decisionLetter(notice, url)).toBeUndefined();
  });
});

describe('the reminder', () => {
  const matter: ReminderMatter = {
    kind: 'final-report',
    dueOn: '2027-03-31',
    rcc: 'sydost',
    reference: 'SYDOST-2026-0042',
    title: 'Hemsjukvård för barn',
    callTitle: 'Stimulansmedel 2027',
    link: 'https://insats.example/applications/a1',
    nextInLine: false,
  };

  it.each([
    ['2027-03-17', 'det är 14 dagar kvar, till onsdag 31 mars 2027.'],
    ['2027-03-30', 'sista dagen är i morgon, onsdag 31 mars 2027.'],
    ['2027-03-31', 'sista dagen är i dag, onsdag 31 mars 2027.'],
    ['2027-04-01', 'sista dagen var onsdag 31 mars 2027, för en dag sedan.'],
    ['2027-04-07', 'sista dagen var onsdag 31 mars 2027, för 7 dagar sedan.'],
  ])('on %s says how the time stands', (today, words) => {
    expect(reminderLetter(matter, today).text).toContain(`Lämna slutrapport: ${words}`);
  });

  it('says what to do, about what, and where', () => {
    const { subject, text } = reminderLetter(matter, '2027-03-17');
    expect(subject).toBe('Påminnelse: lämna slutrapport senast onsdag 31 mars 2027 (SYDOST-2026-0042)');
    expect(text).toContain('Beteckning: SYDOST-2026-0042\n');
    expect(text).toContain('Lämna slutrapporten om vad projektet gav.');
    expect(text).toContain('https://insats.example/applications/a1');
  });

  it.each([
    ['call-closing', 'Påminnelse: ansök om medel senast onsdag 31 mars 2027 (SYDOST-2026-0042)'],
    ['application-submission', 'Påminnelse: lämna in ansökan senast onsdag 31 mars 2027 (SYDOST-2026-0042)'],
    ['condition', 'Påminnelse: uppfyll villkoret i beslutet senast onsdag 31 mars 2027 (SYDOST-2026-0042)'],
  ] as const)('about %s has a heading that is a sentence', (kind, heading) => {
    expect(reminderLetter({ ...matter, kind }, '2027-03-17').subject).toBe(heading);
  });

  it('is called late after the day, and names the next in line a week later', () => {
    const { subject, text } = reminderLetter({ ...matter, nextInLine: true }, '2027-04-07');
    expect(subject).toBe('Försenat: lämna slutrapport (SYDOST-2026-0042)');
    expect(text).toContain('går meddelandet också till RCC Sydöst');
  });
});
