import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import {
  deadlineKinds,
  deadlineStates,
  deadlineTasks,
  regionCodes,
  type CalendarEntry,
  type Language,
} from '#libs/contracts';
import { deadlineCalendar } from './deadline-calendar.ts';

const entry: CalendarEntry = {
  id: '0b7c1a52-6f1e-8f0a-9c55-3f2f6a1d4e11',
  kind: 'final-report',
  dueOn: '2027-03-31',
  state: 'open',
  reference: 'SYDOST-2026-0042',
  region: 'ostergotland',
  sequence: 2,
  changedAt: '2026-11-24T09:30:05.000Z',
};

/** Read by another's parser (ical.js), so that the writer is not its own witness. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((event) => ({
    uid: event.getFirstPropertyValue('uid'),
    summary: event.getFirstPropertyValue('summary'),
    start: event.getFirstPropertyValue('dtstart') as ICAL.Time,
    lasts: new ICAL.Event(event).duration.toString(),
    stamp: String(event.getFirstPropertyValue('dtstamp')),
    sequence: event.getFirstPropertyValue('sequence'),
    status: event.getFirstPropertyValue('status'),
    transparency: event.getFirstPropertyValue('transp'),
    categories: event.getFirstPropertyValue('categories'),
    alarms: event.getAllSubcomponents('valarm').length,
  }));
  return { calendar, events };
}

const source = fileURLToPath(new URL('deadline-calendar.ts', import.meta.url));
const linesOf = (text: string): string[] => text.split('\r\n');
const summaryIn = (more: Partial<CalendarEntry>, language: Language = 'sv') =>
  read(deadlineCalendar([{ ...entry, ...more }], language)).events[0]?.summary;

describe('a calendar of deadlines', () => {
  test('is read by others as it was meant: a whole civil day, no alarm, no time taken', () => {
    const { calendar, events } = read(deadlineCalendar([entry], 'sv'));
    expect(calendar.getFirstPropertyValue('version')).toBe('2.0');
    expect(calendar.getFirstPropertyValue('x-wr-calname')).toBe('Insats: tidsfrister');
    expect(events).toEqual([
      {
        uid: '0b7c1a52-6f1e-8f0a-9c55-3f2f6a1d4e11@insats',
        summary: 'Lämna slutrapport (SYDOST-2026-0042, ostergotland)',
        start: expect.objectContaining({ isDate: true, year: 2027, month: 3, day: 31 }),
        lasts: 'P1D',
        stamp: '2026-11-24T09:30:05Z',
        sequence: 2,
        status: 'CONFIRMED',
        transparency: 'TRANSPARENT',
        categories: 'final-report',
        alarms: 0,
      },
    ]);
  });

  // Each in a process of its own: a time zone is taken in when a process starts.
  test.each(['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles'])(
    'is of the day that was set, also where the clocks show %s',
    (TZ) => {
      const program = `
        const { deadlineCalendar } = await import(${JSON.stringify(source)});
        console.log(deadlineCalendar([${JSON.stringify(entry)}], 'sv'), new Date(0).getTimezoneOffset());`;
      const args = ['--conditions=source', '--input-type=module', '--eval', program];
      const written = execFileSync(process.execPath, args, { env: { TZ }, encoding: 'utf8' });
      expect(written).toContain('\r\nDTSTART;VALUE=DATE:20270331\r\n');
      expect(written.trimEnd().endsWith(' 0')).toBe(TZ === 'UTC');
    },
  );

  test('says how the deadline stands, in the language that was asked for', () => {
    expect(summaryIn({ state: 'overdue' })).toMatch(/^Försenat: Lämna slutrapport /);
    expect(summaryIn({ state: 'met' }, 'en')).toMatch(/^Done: Hand in the final report /);
    const call = read(deadlineCalendar([{ ...entry, kind: 'call-closing' }], 'en'));
    expect(call.calendar.getFirstPropertyValue('x-wr-calname')).toBe('Insats: deadlines');
    const { reference: _reference, region: _region, ...bare } = entry;
    expect(read(deadlineCalendar([bare], 'sv')).events[0]?.summary).toBe('Lämna slutrapport');
  });

  test('calls off what is no longer needed', () => {
    const states = deadlineStates.map(
      (state) => read(deadlineCalendar([{ ...entry, state }], 'sv')).events[0],
    );
    expect(Object.fromEntries(deadlineStates.map((state, at) => [state, states[at]?.status]))).toEqual({
      open: 'CONFIRMED',
      met: 'CONFIRMED',
      overdue: 'CONFIRMED',
      withdrawn: 'CANCELLED',
      waived: 'CANCELLED',
    });
    expect(new Set(states.map((state) => state?.summary)).size).toBe(deadlineStates.length);
  });

  test('without entries is a calendar', () => {
    expect(read(deadlineCalendar([], 'sv')).events).toEqual([]);
  });

  test('is in lines of at most 75 octets that end as they must, and loses no letter to that', () => {
    const entries = fc.array(
      fc.record({
        id: fc.uuid(),
        kind: fc.constantFrom(...deadlineKinds),
        dueOn: fc.constantFrom('2026-12-31', '2028-02-29', '2027-10-31'),
        state: fc.constantFrom(...deadlineStates),
        reference: fc.stringMatching(/^[A-Za-zÅÄÖåäö0-9 ,;\\"😀-]{1,120}$/u),
        region: fc.constantFrom(...regionCodes),
        sequence: fc.nat(1000),
        changedAt: fc.constant(entry.changedAt),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(entries, fc.constantFrom<Language>('sv', 'en'), (some, language) => {
        const text = deadlineCalendar(some, language);
        expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        for (const line of linesOf(text)) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        const { events } = read(text);
        expect(events).toHaveLength(some.length);
        for (const [at, { kind, reference, region }] of some.entries()) {
          const summary = String(events[at]?.summary);
          expect(summary.endsWith(`(${reference}, ${region})`)).toBe(true);
          expect(summary.toLowerCase()).toContain(deadlineTasks[kind][language].toLowerCase());
        }
      }),
    );
  });
});
