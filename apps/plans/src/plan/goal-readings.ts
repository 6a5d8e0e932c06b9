import { type GoalView } from '#libs/contracts';
import { readWhen } from '../when/when.ts';

type TargetLevel = NonNullable<GoalView['targetLevel']>;
type Bound = Required<Pick<TargetLevel, 'operator' | 'value' | 'unit'>>;

const operators: Readonly<Record<string, Bound['operator']>> = {
  '>': '>',
  över: '>',
  'mer än': '>',
  '>=': '>=',
  '≥': '>=',
  minst: '>=',
  '<': '<',
  under: '<',
  'mindre än': '<',
  '<=': '<=',
  '≤': '<=',
  högst: '<=',
  inom: '<=',
  '=': '=',
  ca: 'about',
  'ca.': 'about',
  cirka: 'about',
  ungefär: 'about',
  '≈': 'about',
};
const operator = String.raw`(?<operator>>=|<=|[<>=≥≤≈]|över|under|minst|högst|inom|mer än|mindre än|ca\.?|cirka|ungefär)`;
const value = String.raw`\s*(?<value>\d{1,6}(?:[.,]\d{1,4})?)\s*`;
// A remark without figures ("vissa undantas") leaves the bound as it is; one with figures may be another bound.
const remark = String.raw`(?:\s*\([^()\d]*\))?\s*\.?`;
// Words that only name the doing. "Öka", "minska" and "inte" would turn the figure into something else.
const doing = String.raw`(?:(?:registrera|genomföra?|hålla?|anordna|ha|utföra?)\s+)?`;

const forms: readonly { readonly pattern: RegExp; readonly unit: Bound['unit'] }[] = [
  { pattern: new RegExp(`^${operator}${value}(?:%|procent)${remark}$`, 'iu'), unit: 'percent' },
  {
    pattern: new RegExp(
      `^${doing}${operator}${value}(?:(?:st|ggr|gånger)\\.?\\s*)?(?:/|per\\s+)\\s*år${remark}$`,
      'iu',
    ),
    unit: 'perYear',
  },
  { pattern: new RegExp(`^${operator}${value}(?:dagar|dygn)${remark}$`, 'iu'), unit: 'days' },
];

/**
 * The bound that a target level states, when the text is nothing but such a bound: ">90%", "minst 80 %",
 * "Registrera ca 5/år", "inom 17 dagar". Undefined for every other text: a figure read out of a sentence
 * whose meaning is not certain would be compared with measurements as if it were the target.
 */
export function readTargetLevel(text: string): Bound | undefined {
  for (const { pattern, unit } of forms) {
    const found = pattern.exec(text.trim())?.groups;
    if (!found) continue;
    const sign = operators[(found['operator'] ?? '').toLowerCase()];
    const number = Number((found['value'] ?? '').replace(',', '.'));
    if (sign === undefined || (unit === 'percent' && number > 100)) return undefined;
    return { operator: sign, value: number, unit };
  }
  return undefined;
}

/** The last day that a due text names, when it is a plain year, span of years or day; else null. */
export function readDueDay(text: string): string | null {
  const [part] = readWhen(text).parts;
  if (part?.kind === 'window') return part.to;
  return part?.kind === 'date' ? part.on : null;
}
