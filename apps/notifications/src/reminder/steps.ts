/** When reminders go out, in days from the due day, in order. Names are stable: they lie in the ledger. */
export const steps = [
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
