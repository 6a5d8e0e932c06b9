import { isCivilDay, isPeriod } from '#libs/calendar';
import { type When, type WhenPart } from '#libs/contracts';

const months = [
  'januari',
  'februari',
  'mars',
  'april',
  'maj',
  'juni',
  'juli',
  'augusti',
  'september',
  'oktober',
  'november',
  'december',
];

/**
 * What a text in the column NÄR means. Years ("2025"), spans of years ("2024-2025", with any dash) and days
 * ("2025-03-21", "21 mars 2025") are understood; of every other text nothing is guessed, its words stand as
 * one unknown part. The text itself is always kept as it was written.
 */
export function readWhen(text: string): When {
  const words = text.trim();
  const part = readYears(words) ?? readDay(words);
  if (part) return { text, understood: 'fully', parts: [part], sentence: sentenceOf(part) };
  return {
    text,
    understood: 'no',
    parts: [{ kind: 'unknown', words: text }],
    sentence:
      words === '' ? 'Ingen tid är angiven.' : 'Tidsangivelsen är inte tolkad: orden gäller som de står.',
  };
}

type Window = Extract<WhenPart, { kind: 'window' }>;
type Day = Extract<WhenPart, { kind: 'date' }>;

function readYears(words: string): Window | undefined {
  // Hyphen, the typographic dashes and the minus sign: people write what their keyboard gives.
  const match = /^(\d{4})(?:\s*[-‐‑‒–—−]\s*(\d{4}))?$/u.exec(words);
  if (!match) return undefined;
  const period = { from: `${match[1]}-01-01`, to: `${match[2] ?? match[1]}-12-31` };
  return isPeriod(period) ? { kind: 'window', ...period } : undefined;
}

function readDay(words: string): Day | undefined {
  const written = /^(\d{1,2})\s+(\p{L}+)\s+(\d{4})$/u.exec(words);
  const month = written ? months.indexOf((written[2] ?? '').toLowerCase()) + 1 : 0;
  const day =
    written && month > 0 ? `${written[3]}-${twoDigits(month)}-${twoDigits(Number(written[1]))}` : words;
  return isCivilDay(day) ? { kind: 'date', on: day } : undefined;
}

function sentenceOf(part: Window | Day): string {
  if (part.kind === 'date') {
    const [year, month, day] = part.on.split('-').map(Number);
    return `Den ${day} ${months[(month ?? 1) - 1]} ${year}.`;
  }
  const first = part.from.slice(0, 4);
  const last = part.to.slice(0, 4);
  return first === last ? `Under ${first}.` : `Från och med ${first} till och med ${last}.`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
