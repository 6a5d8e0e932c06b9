import { type DeadlineKind } from '#libs/contracts';

/** When reminders go out, in days from the due day, in order. Names are stable: they lie in the ledger. */
const steps = [
  { name: '30-days-before', offset: -30, nextInLine: false },
  { name: '14-days-before', offset: -14, nextInLine: false },
  { name: '7-days-before', offset: -7, nextInLine: false },
  { name: '2-days-before', offset: -2, nextInLine: false },
  { name: '1-day-after', offset: 1, nextInLine: false },
  // A week late: the RCC office, which is the next in line, is told as well.
  { name: '7-days-after', offset: 7, nextInLine: true },
] as const;

export type StepName = (typeof steps)[number]['name'];

export interface Step {
  readonly name: StepName;
  readonly offset: number;
  readonly nextInLine: boolean;
}

export function stepNamed(name: string): Step | undefined {
  return steps.find((step) => step.name === name);
}

/** What cannot be done late: an application that was not submitted by the closing day has not arrived. */
const neverLate: readonly DeadlineKind[] = ['call-closing', 'application-submission'];

/** Steps of a kind of deadline. Nobody is reminded of what can no longer be done. */
export function stepsOf(kind: DeadlineKind): readonly Step[] {
  return neverLate.includes(kind) ? steps.filter(({ offset }) => offset < 0) : steps;
}
