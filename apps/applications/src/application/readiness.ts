import { decimalKronor, type Fault } from '#libs/contracts';
import { type CallTerms } from '../call/call.ts';
import { type Application } from './application-record.ts';
import { requestedOf } from './content.ts';

const filled = [
  'unit',
  'title',
  'summary',
  'need',
  'method',
  'patientInvolvement',
  'spreading',
  'afterFunding',
] as const;
const present = ['contact', 'period'] as const;
const listed = ['aims', 'budget'] as const;

/** Everything that stands in the way of submission, all at once, as faults of the application's fields. */
export function readinessFaults(application: Application, call: CallTerms): Fault[] {
  const faults: Fault[] = [];
  for (const field of filled) {
    const value = application[field];
    if (value === undefined) faults.push({ pointer: `/${field}`, code: 'required' });
    else if (value.trim() === '') faults.push({ pointer: `/${field}`, code: 'blank' });
  }
  for (const field of present) {
    if (application[field] === undefined) faults.push({ pointer: `/${field}`, code: 'required' });
  }
  for (const field of listed) {
    const value = application[field];
    if (value === undefined) faults.push({ pointer: `/${field}`, code: 'required' });
    else if (value.length === 0)
      faults.push({ pointer: `/${field}`, code: 'too-few', params: { minimum: 1 } });
  }
  return [
    ...faults,
    ...themeFaults(application, call),
    ...moneyFaults(application, call),
    ...(call.requiresSignOff && !application.signedOff
      ? [{ pointer: '/signedOff', code: 'sign-off-missing' } as const]
      : []),
  ];
}

function themeFaults(application: Application, call: CallTerms): Fault[] {
  if (call.themes.length === 0) return [];
  if (application.themeId === undefined) return [{ pointer: '/themeId', code: 'theme-required' }];
  if (call.themes.some((theme) => theme.id === application.themeId)) return [];
  return [{ pointer: '/themeId', code: 'unknown-theme', params: { value: application.themeId } }];
}

function moneyFaults(application: Application, call: CallTerms): Fault[] {
  const faults: Fault[] = [];
  const budget = application.budget ?? [];
  const sum = requestedOf(application);
  if (budget.length > 0 && sum === 0) faults.push({ pointer: '/budget', code: 'amount-zero' });
  if (sum > 0 && call.smallestGrant !== undefined && sum < call.smallestGrant) {
    faults.push({
      pointer: '/budget',
      code: 'amount-below-smallest',
      params: { minimum: decimalKronor(call.smallestGrant) },
    });
  }
  if (call.largestGrant !== undefined && sum > call.largestGrant) {
    faults.push({
      pointer: '/budget',
      code: 'amount-above-largest',
      params: { maximum: decimalKronor(call.largestGrant) },
    });
  }
  const { period } = application;
  if (period) {
    const [first, last] = [Number(period.from.slice(0, 4)), Number(period.to.slice(0, 4))];
    for (const [index, row] of budget.entries()) {
      if (row.year < first || row.year > last) {
        faults.push({ pointer: `/budget/${index}/year`, code: 'year-outside-period' });
      }
    }
  }
  return faults;
}
