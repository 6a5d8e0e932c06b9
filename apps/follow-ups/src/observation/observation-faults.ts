import { type Fault, type ObservationValue, type Period, type RecordObservation } from '#libs/contracts';
import { type Measure } from '../measure/measure.ts';
import { isPeriodOf } from './measuring-periods.ts';

type Form = 'numerator' | 'count' | 'level' | 'yesNo';

/** Names of the fields of each form of value, as a caller writes them. */
const fieldsOf: Readonly<Record<Form, string>> = {
  numerator: 'numerator, denominator',
  count: 'count',
  level: 'level',
  yesNo: 'yesNo',
};

/**
 * Forms of value that answer a measure. A lead time is reported as its target asks: as a share within some
 * days when that is in percent, as a number of days when it is in days, either way when there is no target.
 */
function formsFor({ kind, target }: Measure): readonly Form[] {
  switch (kind) {
    case 'ratio':
      return ['numerator'];
    case 'leadTime':
      if (!target) return ['numerator', 'level'];
      return target.unit === 'percent' ? ['numerator'] : ['level'];
    default:
      return [kind];
  }
}

/** A state (missing, not applicable, …) fits every measure: it says that there is no value. */
export function faultsOfValue(measure: Measure, value: ObservationValue): Fault[] {
  if ('state' in value) return [];
  const forms = formsFor(measure);
  if (!forms.some((form) => form in value)) {
    const expected = forms.map((form) => fieldsOf[form]).join('; ');
    return [{ pointer: '/value', code: 'value-mismatch', params: { expected } }];
  }
  const isNegativeTime = measure.kind === 'leadTime' && 'level' in value && value.level < 0;
  return isNegativeTime ? [{ pointer: '/value/level', code: 'too-small', params: { minimum: 0 } }] : [];
}

/** States that can be known before a period begins; a figure, or that one is lacking, cannot. */
const foreseeable = new Set(['notDue', 'notApplicable', 'waived']);

function isForeseeable(value: ObservationValue): boolean {
  return 'state' in value && foreseeable.has(value.state);
}

/** A period that has not begun has no figure. `today` is the civil day in Sweden; one under way may be reported. */
export function faultsOfTime({ from }: Period, value: ObservationValue, today: string): Fault[] {
  if (from <= today || isForeseeable(value)) return [];
  return [{ pointer: '/period/from', code: 'in-the-future' }];
}

function faultsOfPeriod({ periods }: Measure, period: Period): Fault[] {
  if (isPeriodOf(periods, period)) return [];
  return [{ pointer: '/period', code: 'period-mismatch', params: { expected: periods } }];
}

/** Everything that keeps a report from being an observation of the measure. */
export function faultsOfReport(measure: Measure, input: RecordObservation, today: string): Fault[] {
  return [
    ...(input.unit === measure.rcc ? [] : [{ pointer: '/unit', code: 'unknown-unit' } as const]),
    ...faultsOfPeriod(measure, input.period),
    ...faultsOfTime(input.period, input.value, today),
    ...faultsOfValue(measure, input.value),
  ];
}
