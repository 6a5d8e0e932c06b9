import type { Language, Target } from '#libs/contracts';
import { fractionOf, toNumber } from './exact.ts';
import { goodSideOf } from './target.ts';
import type { Assessment, NoValueState } from './assess.ts';

/**
 * An assessment as one plain sentence: what was counted, how sure it is, whether the target is reached and why.
 * The same words go into API, report and chart text, so nobody has to read a colour.
 */
export function sentence(assessment: Assessment, language: Language): string {
  const words = wordsIn[language];
  const { value, target, outcome } = assessment;
  if (value === null) return words.noObservation;
  if ('state' in value) return words.noValue[value.state];
  const subject = subjectOf(assessment, language);
  if (outcome === 'noTarget' || target === null) return `${subject}: ${words.noTarget}.`;
  return `${subject}: ${verdictOf(assessment, words, targetText(target, language))}.`;
}

function subjectOf({ value, target, estimate, interval }: Assessment, language: Language): string {
  const words = wordsIn[language];
  if (value === null || 'state' in value) return '';
  if ('yesNo' in value) return value.yesNo ? words.yes : words.no;
  if ('level' in value) {
    return `${words.value} ${withUnit(plain(value.level, language), target?.unit, language)}`;
  }
  if ('count' in value) {
    const count = `${words.count} ${value.count}`;
    const sameAsCounted = estimate === null || estimate === value.count;
    return sameAsCounted ? count : `${count}, ${words.amountingTo(plain(estimate, language))}`;
  }
  const counted = `${value.numerator} ${words.of} ${value.denominator}`;
  if (estimate === null || interval === null) return counted;
  const share = `${measured(estimate, language)}${words.percent}`;
  const range = `${measured(interval.low, language)}–${measured(interval.high, language)}${words.percent}`;
  return `${counted} (${share}; ${words.interval(100 * interval.level)} ${range})`;
}

function verdictOf({ outcome, reasonCode }: Assessment, words: Words, target: string): string {
  switch (reasonCode) {
    case 'intervalOnGoodSide':
      return words.metWholly(target);
    case 'intervalOnBadSide':
      return words.notMetWholly(target);
    case 'intervalCrossesBound':
      return outcome === 'metUncertain' ? words.metUncertain(target) : words.undetermined(target);
    case 'valueOnGoodSide':
      return words.met(target);
    case 'valueOnBadSide':
      return words.notMet(target);
    case 'nobodyToCount':
      return words.nobodyToCount(target);
    default:
      return words.unitDoesNotFit(target);
  }
}

function targetText(target: Target, language: Language): string {
  const value = withUnit(plain(target.value, language), target.unit, language);
  if (target.operator !== 'about') return `${signs[target.operator]}${value}`;
  const { low, high } = goodSideOf(target);
  // How near is near is said, since the plan's own word does not say it.
  const range = [low, high]
    .map((end) => plain(toNumber(end?.at ?? fractionOf(target.value)), language))
    .join('–');
  return `${wordsIn[language].about} ${value} (${range})`;
}

const signs = { '>': '>', '>=': '≥', '<': '<', '<=': '≤', '=': '=' };

function withUnit(value: string, unit: Target['unit'] | undefined, language: Language): string {
  const words = wordsIn[language];
  if (unit === 'percent') return `${value}${words.percent}`;
  if (unit === 'perYear') return `${value} ${words.perYear}`;
  return unit === 'days' ? `${value} ${words.days}` : value;
}

/** A measured share: one decimal at least, more where `assess` kept more to stand clear of the target. */
function measured(value: number, language: Language): string {
  return shareFormat.format(value).replace('.', wordsIn[language].decimalSign);
}

/** A number as somebody wrote it, with as many decimals. */
function plain(value: number, language: Language): string {
  return plainFormat.format(value).replace('.', wordsIn[language].decimalSign);
}

// Every digit and no power of ten: a number made into text by itself may be "1e-7".
const digits = { maximumFractionDigits: 100, useGrouping: false, signDisplay: 'negative' } as const;
const plainFormat = new Intl.NumberFormat('en', digits);
const shareFormat = new Intl.NumberFormat('en', { ...digits, minimumFractionDigits: 1 });

interface Words {
  decimalSign: string;
  percent: string;
  perYear: string;
  days: string;
  of: string;
  about: string;
  yes: string;
  no: string;
  value: string;
  count: string;
  amountingTo: (perYear: string) => string;
  interval: (percent: number) => string;
  noTarget: string;
  noObservation: string;
  noValue: Record<NoValueState, string>;
  met: (target: string) => string;
  metWholly: (target: string) => string;
  metUncertain: (target: string) => string;
  undetermined: (target: string) => string;
  notMet: (target: string) => string;
  notMetWholly: (target: string) => string;
  nobodyToCount: (target: string) => string;
  unitDoesNotFit: (target: string) => string;
}

const wordsIn: Record<Language, Words> = {
  sv: {
    decimalSign: ',',
    percent: ' %',
    perYear: 'per år',
    days: 'dagar',
    of: 'av',
    about: 'ca',
    yes: 'Ja',
    no: 'Nej',
    value: 'Värde',
    count: 'Antal',
    amountingTo: (perYear) => `vilket motsvarar ${perYear} per år`,
    interval: (percent) => `${percent} % konfidensintervall`,
    noTarget: 'inget målvärde är satt',
    noObservation: 'Inget värde: ingenting har rapporterats.',
    noValue: {
      missing: 'Inget värde: uppgiften saknas.',
      notApplicable: 'Inget värde: måttet är inte tillämpligt här.',
      suppressed: 'Inget värde visas: uppgiften är dold för att skydda enskilda.',
      notDue: 'Inget värde: mätningen ska inte vara gjord än.',
      waived: 'Inget värde: mätningen har efterskänkts genom beslut.',
    },
    met: (target) => `målet ${target} är nått`,
    metWholly: (target) => `målet ${target} är nått – hela intervallet ligger på rätt sida om gränsen`,
    metUncertain: (target) => `målet ${target} är nått, men osäkert – intervallet går över gränsen`,
    undetermined: (target) =>
      `det går inte att avgöra om målet ${target} är nått – värdet ligger på fel sida om gränsen, men intervallet går över den`,
    notMet: (target) => `målet ${target} är inte nått`,
    notMetWholly: (target) => `målet ${target} är inte nått – hela intervallet ligger på fel sida om gränsen`,
    nobodyToCount: (target) =>
      `det går inte att avgöra om målet ${target} är nått – det fanns ingen att räkna`,
    unitDoesNotFit: (target) =>
      `det går inte att avgöra om målet ${target} är nått – värdet och målet mäts inte på samma sätt`,
  },
  en: {
    decimalSign: '.',
    percent: '%',
    perYear: 'per year',
    days: 'days',
    of: 'of',
    about: 'about',
    yes: 'Yes',
    no: 'No',
    value: 'Value',
    count: 'Count',
    amountingTo: (perYear) => `which amounts to ${perYear} per year`,
    interval: (percent) => `${percent}% confidence interval`,
    noTarget: 'no target value is set',
    noObservation: 'No value: nothing has been reported.',
    noValue: {
      missing: 'No value: the figure is missing.',
      notApplicable: 'No value: the measure does not apply here.',
      suppressed: 'No value is shown: the figure is hidden to protect individuals.',
      notDue: 'No value: the measurement is not due yet.',
      waived: 'No value: the measurement has been waived by decision.',
    },
    met: (target) => `the target ${target} is met`,
    metWholly: (target) =>
      `the target ${target} is met – the whole interval is on the right side of the bound`,
    metUncertain: (target) => `the target ${target} is met, but uncertain – the interval crosses the bound`,
    undetermined: (target) =>
      `whether the target ${target} is met cannot be determined – the value is on the wrong side of the bound, but the interval crosses it`,
    notMet: (target) => `the target ${target} is not met`,
    notMetWholly: (target) =>
      `the target ${target} is not met – the whole interval is on the wrong side of the bound`,
    nobodyToCount: (target) =>
      `whether the target ${target} is met cannot be determined – there was nobody to count`,
    unitDoesNotFit: (target) =>
      `whether the target ${target} is met cannot be determined – the value and the target are not measured in the same way`,
  },
};
