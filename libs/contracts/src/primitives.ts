import { z } from 'zod';
import { type FaultCode } from './faults.ts';
import { holdsPersonalIdentityNumber } from './personal-identity-number.ts';

/** Marks a failed check with a code from the fault catalogue, see zod-faults.ts. */
export function fault(code: FaultCode): { params: { fault: FaultCode } } {
  return { params: { fault: code } };
}

// Tab, line feed and carriage return are how people write; other controls are how injections look.
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Free text as people write it, kept to the letter. At most `maximum` UTF-16 units. */
export function text(maximum: number) {
  return z
    .string()
    .max(maximum)
    .refine((value) => value.isWellFormed() && !controls.test(value), fault('invalid-text'))
    .refine((value) => !holdsPersonalIdentityNumber(value), fault('personal-identity-number'));
}

/** Free text that says something. */
export function filledText(maximum: number) {
  return text(maximum).refine((value) => value.trim() !== '', fault('blank'));
}

export const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
  .meta({ id: 'Identifier', description: 'Opaque identifier' });

/** Slug chosen by a caller for something inside a document: a theme, a criterion. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
  .refine((value) => !holdsPersonalIdentityNumber(value), fault('personal-identity-number'));

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isRealDay(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (daysOfMonth[month - 1] ?? 0) + (leap ? 1 : 0);
}

/** A civil day in Europe/Stockholm, `YYYY-MM-DD`. */
export const civilDay = z
  .string()
  .refine(isRealDay, fault('invalid-day'))
  .meta({ id: 'CivilDay', format: 'date', description: 'Civil day in Europe/Stockholm' });

/** A time in UTC, RFC 3339 with `Z`. */
export const instant = z.iso.datetime().meta({ id: 'Instant', description: 'RFC 3339 time in UTC' });

/** First and last day, both included. */
export const period = z
  .strictObject({ from: civilDay, to: civilDay })
  .refine((value) => value.from <= value.to, { ...fault('period-reversed'), path: ['to'] })
  .meta({ id: 'Period', description: 'First and last day, both included' });
export type Period = z.output<typeof period>;

const amountPattern = /^(0|[1-9]\d{0,10})(\.\d{1,2})?$/;

export const money = z
  .strictObject({
    amount: z
      .string()
      .refine((value) => amountPattern.test(value), fault('invalid-amount'))
      .meta({ pattern: amountPattern.source }),
    currency: z
      .string()
      .refine((value) => value === 'SEK', fault('invalid-currency'))
      .meta({ const: 'SEK' }),
  })
  .meta({
    id: 'Money',
    description: 'Belopp i svenska kronor: decimaltal som text, punkt och högst två decimaler',
    examples: [{ amount: '125000.00', currency: 'SEK' }],
  });
export type Money = z.output<typeof money>;

export const email = z
  .string()
  .max(254)
  .refine(
    (value) =>
      /^[^\s\p{C}@<>(),;:"\\[\]]+@[^\s\p{C}@<>(),;:"\\[\]]+\.[^\s\p{C}@<>(),;:"\\[\].]+$/u.test(value),
    fault('invalid-email'),
  )
  .refine((value) => !holdsPersonalIdentityNumber(value), fault('personal-identity-number'))
  .meta({ personal: true });

export const rccCodes = ['norr', 'mellansverige', 'stockholm-gotland', 'sydost', 'vast', 'syd'] as const;
export const rccCode = z.enum(rccCodes).meta({ id: 'RccCode', description: 'Regional cancer centre' });
export type RccCode = z.output<typeof rccCode>;

export const regionCodes = [
  'blekinge',
  'dalarna',
  'gavleborg',
  'gotland',
  'halland',
  'jamtland-harjedalen',
  'jonkoping',
  'kalmar',
  'kronoberg',
  'norrbotten',
  'orebro',
  'ostergotland',
  'skane',
  'sormland',
  'stockholm',
  'uppsala',
  'varmland',
  'vasterbotten',
  'vasternorrland',
  'vastmanland',
  'vastra-gotaland',
] as const;
export const regionCode = z
  .enum(regionCodes)
  .meta({ id: 'RegionCode', description: 'One of the 21 regions' });
export type RegionCode = z.output<typeof regionCode>;

const positiveWhole = (maximum: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(maximum));

/** `limit` and `page` of every list (DIGG's REST API profile). */
export const paging = {
  limit: positiveWhole(200).default(20).meta({ description: 'Antal per sida: 1–200, annars 20' }),
  page: positiveWhole(100_000_000).default(1).meta({ description: 'Sida, räknat från 1' }),
};

export interface Paging {
  readonly limit: number;
  readonly page: number;
}

/** The body of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    page: z.strictObject({ number: z.int(), limit: z.int(), total: z.int() }),
  });
}

export interface Page<T> {
  readonly items: T[];
  readonly page: { number: number; limit: number; total: number };
}

export const idParams = z.strictObject({ id: identifier });
export const nothing = z.strictObject({});
