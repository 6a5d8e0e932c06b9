import {
  DomainError,
  occurred,
  thinningRuleChanged,
  thinningRuleRecorded,
  type ChangeThinningRule,
  type CreateThinningRule,
  type NewEvent,
} from '#libs/contracts';

/** What may be thinned when, by a decision (arkivlagen 10 §). Ended, never deleted: protocols refer to it. */
export interface ThinningRule extends CreateThinningRule {
  /** Last day; null: until further notice. */
  readonly to: string | null;
}

interface Change {
  readonly state: ThinningRule;
  readonly events: readonly NewEvent[];
}

export function isInForce({ to }: Pick<ThinningRule, 'to'>, today: string): boolean {
  return to === null || today <= to;
}

/** What can be done with a rule, as its routes call it. */
export type RuleCommand = 'edit' | 'dry-runs' | 'runs';

/** What can be done with the rule today. */
export function ruleCommands(rule: ThinningRule, today: string): RuleCommand[] {
  return isInForce(rule, today) ? ['edit', 'dry-runs', 'runs'] : ['edit'];
}

export function createRule(id: string, input: CreateThinningRule): Change {
  const { documentType, after, decisionReference, title, note } = input;
  const event = occurred(
    thinningRuleRecorded,
    { ruleId: id, documentType, event: after.event, period: after.period, decisionReference },
    { title, note },
  );
  return { state: { ...input, to: null }, events: [event] };
}

export function changeRule(id: string, rule: ThinningRule, input: ChangeThinningRule): Change {
  const names = ['title', 'note', 'to'] as const;
  const fields = names.filter((name) => input[name] !== undefined && input[name] !== rule[name]);
  if (fields.length === 0) return { state: rule, events: [] };
  const pick = (from: Partial<ThinningRule>) =>
    Object.fromEntries(fields.map((name) => [name, from[name] ?? null]));
  const state: ThinningRule = { ...rule, ...(pick(input as Partial<ThinningRule>) as Partial<ThinningRule>) };
  const event = occurred(
    thinningRuleChanged,
    { ruleId: id, fields: [...fields], to: state.to },
    { before: pick(rule), after: pick(state) },
  );
  return { state, events: [event] };
}

/** Errors: `state-conflict` for a rule that has ended: nothing may be thinned by it. */
export function requireInForce(rule: ThinningRule, command: string, today: string): void {
  if (isInForce(rule, today)) return;
  throw new DomainError('state-conflict', {
    params: { command, state: 'ended' },
    extra: { allowed: ruleCommands(rule, today) },
  });
}
