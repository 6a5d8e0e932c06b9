/** What can be acted on. */
export const resources = [
  'call',
  'application',
  'assessment',
  'deadline',
  'notification',
  'plan',
  'measure',
  'observation',
  'organisation',
  'person',
  'role-assignment',
  'api-client',
  'dead-letter',
  'audit',
  'personal-data',
  'thinning-rule',
  'thinning-run',
] as const;
export type Resource = (typeof resources)[number];

/** What can be done; `read` decides visibility, in single reads, lists and totals alike. */
export const commands = [
  'read',
  'create',
  'edit',
  'ending',
  'publication',
  'closing-extension',
  'closure',
  'frame',
  'ranking',
  'history',
  'decisions',
  'sign-off',
  'submission',
  'withdrawal',
  'assessments',
  'conflict-declaration',
  'acceptance',
  'requisitions',
  'payments',
  'attestation',
  'correction',
  'replay',
  'verification',
  'thinning',
] as const;
export type Command = (typeof commands)[number];

/** What an operation needs: a line of the access table, or merely an identity. */
export type Right = { readonly resource: Resource; readonly command: Command } | 'everybody';

/**
 * Which commands decide on money or pay it. Whoever adds a command must say so here; what is marked is written
 * down only for somebody whom the four-eyes rule lets (libs/access).
 */
const movesMoney = {
  read: false,
  create: false,
  edit: false,
  ending: false,
  publication: false,
  'closing-extension': false,
  closure: false,
  frame: false,
  ranking: false,
  history: false,
  decisions: true,
  'sign-off': false,
  submission: false,
  withdrawal: false,
  assessments: false,
  'conflict-declaration': false,
  acceptance: false,
  requisitions: false,
  payments: true,
  attestation: true,
  correction: false,
  replay: false,
  verification: false,
  thinning: false,
} as const satisfies Record<Command, boolean>;

/** Commands that no person may carry out alone. */
export type MoneyCommand = {
  [C in Command]: (typeof movesMoney)[C] extends true ? C : never;
}[Command];

export function isMoneyCommand(command: Command): command is MoneyCommand {
  return movesMoney[command];
}

/** Flows of work that a system can be let into, each for reading or for reading and writing. */
const flows = {
  call: 'grants',
  application: 'grants',
  assessment: 'grants',
  deadline: 'grants',
  notification: 'grants',
  plan: 'plans',
  measure: 'follow-up',
  observation: 'follow-up',
  organisation: 'directory',
  person: 'directory',
  'role-assignment': 'directory',
  'api-client': 'directory',
  'dead-letter': 'administration',
  audit: 'administration',
  'personal-data': 'administration',
  'thinning-rule': 'administration',
  'thinning-run': 'administration',
} as const satisfies Record<Resource, string>;

export const scopes = [
  'grants.read',
  'grants.write',
  'plans.read',
  'plans.write',
  'follow-up.read',
  'follow-up.write',
  'directory.read',
  'directory.write',
  'administration.read',
  'administration.write',
] as const;
export type Scope = (typeof scopes)[number];

/** The scope a system's token must hold for an operation (OAuth 2, RFC 6749, 3.3). Null: none. */
export function scopeOf(operation: {
  readonly method: string;
  readonly right: Right;
  readonly scope?: Scope;
}): Scope | null {
  if (operation.scope !== undefined) return operation.scope;
  if (operation.right === 'everybody') return null;
  return `${flows[operation.right.resource]}.${operation.method === 'GET' ? 'read' : 'write'}`;
}
