import { civilDayAt, timeZone } from '#libs/calendar';
import { deadlineTasks, toOre, type DeadlineKind, type Money, type RccCode } from '#libs/contracts';

const dayWords = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const clockWords = new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' });
const grouped = new Intl.NumberFormat('sv-SE', { maximumFractionDigits: 0 });

/** `2027-01-31` → `söndag 31 januari 2027`. */
export function dayInWords(day: string): string {
  return dayWords.format(new Date(`${day}T00:00:00Z`));
}

/** An instant as the clocks of Sweden showed it: `tisdag 24 november 2026 klockan 19.02`. */
export function timeInWords(instant: string): string {
  const time = new Date(instant);
  return `${dayInWords(civilDayAt(time))} klockan ${clockWords.format(time).replace(':', '.')}`;
}

/** `125 000 kr`, with öre only where there are any. Ordinary spaces: a mail is also read aloud and searched. */
export function amountInWords(money: Money): string {
  const ore = toOre(money);
  const kronor = grouped.format(Math.trunc(ore / 100)).replaceAll(/\s/g, ' ');
  const rest = ore % 100;
  return rest === 0 ? `${kronor} kr` : `${kronor},${String(rest).padStart(2, '0')} kr`;
}

/** Text that a person wrote, on one line. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const rccNames: Record<RccCode, string> = {
  norr: 'RCC Norr',
  mellansverige: 'RCC Mellansverige',
  'stockholm-gotland': 'RCC Stockholm Gotland',
  sydost: 'RCC Sydöst',
  vast: 'RCC Väst',
  syd: 'RCC Syd',
};

export function rccName(rcc: RccCode): string {
  return rccNames[rcc];
}

const todos: Record<DeadlineKind, string> = {
  'call-closing': 'Lämna in ansökan senast den dagen. Det som inte är inlämnat har inte kommit in.',
  'application-submission': 'Gör klart ansökan, låt verksamhetschefen signera den och lämna in den.',
  'decision-acceptance': 'Tacka ja eller nej till de beviljade medlen.',
  'interim-report': 'Lämna delrapporten om hur projektet går.',
  'final-report': 'Lämna slutrapporten om vad projektet gav.',
  'financial-report': 'Lämna den ekonomiska redovisningen av hur medlen har använts.',
  condition: 'Visa att villkoret i beslutet är uppfyllt.',
};

/** What is to be done: as a heading (which "senast" and a day can follow), and as what the reader is asked to do. */
export function taskOf(kind: DeadlineKind): { readonly what: string; readonly todo: string } {
  return { what: deadlineTasks[kind].sv, todo: todos[kind] };
}
