import { type Role } from '#libs/contracts';

/** What can be acted on. */
export type Resource =
  | 'call'
  | 'application'
  | 'assessment'
  | 'deadline'
  | 'notification'
  | 'plan'
  | 'measure'
  | 'observation'
  | 'dead-letter';

/** What can be done; `read` decides visibility, in single reads, lists and totals alike. */
export type Command =
  | 'read'
  | 'create'
  | 'edit'
  | 'publication'
  | 'closing-extension'
  | 'closure'
  | 'frame'
  | 'ranking'
  | 'history'
  | 'decisions'
  | 'sign-off'
  | 'submission'
  | 'withdrawal'
  | 'assessments'
  | 'conflict-declaration'
  | 'acceptance'
  | 'correction'
  | 'replay';

/**
 * Where a role reaches: `region`: things of the region it is held in; `rcc`: things of the RCC it is
 * held in; `everywhere`. `calls of my RCC` lets a region see what its RCC offers.
 */
export type Reach = 'region' | 'rcc' | 'everywhere';

export interface Rule {
  readonly role: Role;
  readonly resource: Resource;
  readonly commands: readonly Command[];
  readonly reach: Reach;
  /** Only things in one of these states, such as applications that have arrived. */
  readonly states?: readonly string[];
}

/** An application that has arrived: a draft is the region's own working paper. */
const arrived = [
  'submitted',
  'completionRequested',
  'granted',
  'rejected',
  'accepted',
  'declined',
  'lapsed',
  'withdrawn',
  'closed',
] as const;
const announced = ['published', 'closed'] as const;

/** The one table of who may do what. Services ask it for single things and for the filters of lists. */
export const rules: readonly Rule[] = [
  { role: 'regionSystem', resource: 'call', commands: ['read'], reach: 'region', states: announced },
  {
    role: 'regionSystem',
    resource: 'application',
    commands: ['read', 'create', 'edit', 'submission', 'withdrawal'],
    reach: 'region',
  },
  { role: 'regionSystem', resource: 'deadline', commands: ['read'], reach: 'region' },
  { role: 'regionSystem', resource: 'notification', commands: ['read'], reach: 'region' },

  { role: 'headOfOperations', resource: 'call', commands: ['read'], reach: 'region', states: announced },
  {
    role: 'headOfOperations',
    resource: 'application',
    commands: ['read', 'sign-off', 'acceptance', 'withdrawal'],
    reach: 'region',
  },
  { role: 'headOfOperations', resource: 'deadline', commands: ['read'], reach: 'region' },
  { role: 'headOfOperations', resource: 'notification', commands: ['read'], reach: 'region' },

  {
    role: 'rccOfficer',
    resource: 'call',
    commands: [
      'read',
      'create',
      'edit',
      'publication',
      'closing-extension',
      'closure',
      'frame',
      'ranking',
      'history',
    ],
    reach: 'rcc',
  },
  { role: 'rccOfficer', resource: 'application', commands: ['read'], reach: 'rcc', states: arrived },
  { role: 'rccOfficer', resource: 'assessment', commands: ['read'], reach: 'rcc' },
  { role: 'rccOfficer', resource: 'deadline', commands: ['read'], reach: 'rcc' },
  { role: 'rccOfficer', resource: 'notification', commands: ['read'], reach: 'rcc' },
  { role: 'rccOfficer', resource: 'plan', commands: ['read'], reach: 'rcc' },
  { role: 'rccOfficer', resource: 'measure', commands: ['read'], reach: 'rcc' },
  { role: 'rccOfficer', resource: 'observation', commands: ['read'], reach: 'rcc' },
  { role: 'rccOfficer', resource: 'dead-letter', commands: ['read', 'replay'], reach: 'everywhere' },

  { role: 'assessor', resource: 'call', commands: ['read', 'ranking'], reach: 'rcc', states: announced },
  {
    role: 'assessor',
    resource: 'application',
    commands: ['read', 'assessments', 'conflict-declaration'],
    reach: 'rcc',
    states: arrived,
  },
  { role: 'assessor', resource: 'assessment', commands: ['read'], reach: 'rcc' },
  { role: 'assessor', resource: 'deadline', commands: ['read'], reach: 'rcc' },

  {
    role: 'decider',
    resource: 'call',
    commands: ['read', 'frame', 'ranking', 'history', 'decisions'],
    reach: 'rcc',
    states: announced,
  },
  { role: 'decider', resource: 'application', commands: ['read'], reach: 'rcc', states: arrived },
  { role: 'decider', resource: 'assessment', commands: ['read'], reach: 'rcc' },
  { role: 'decider', resource: 'deadline', commands: ['read'], reach: 'rcc' },

  { role: 'controller', resource: 'call', commands: ['read', 'frame'], reach: 'rcc', states: announced },
  { role: 'controller', resource: 'application', commands: ['read'], reach: 'rcc', states: arrived },
  { role: 'controller', resource: 'deadline', commands: ['read'], reach: 'rcc' },

  { role: 'processLeader', resource: 'call', commands: ['read'], reach: 'rcc', states: announced },
  { role: 'processLeader', resource: 'plan', commands: ['read', 'create'], reach: 'rcc' },
  { role: 'processLeader', resource: 'measure', commands: ['read', 'create'], reach: 'rcc' },
  {
    role: 'processLeader',
    resource: 'observation',
    commands: ['read', 'create', 'correction'],
    reach: 'rcc',
  },
  { role: 'processLeader', resource: 'deadline', commands: ['read'], reach: 'rcc' },

  {
    role: 'nationalOffice',
    resource: 'call',
    commands: ['read', 'frame'],
    reach: 'everywhere',
    states: announced,
  },
  { role: 'nationalOffice', resource: 'plan', commands: ['read'], reach: 'everywhere' },
  { role: 'nationalOffice', resource: 'measure', commands: ['read'], reach: 'everywhere' },
  { role: 'nationalOffice', resource: 'observation', commands: ['read'], reach: 'everywhere' },
  { role: 'nationalOffice', resource: 'deadline', commands: ['read'], reach: 'everywhere' },

  {
    role: 'auditor',
    resource: 'call',
    commands: ['read', 'frame', 'ranking', 'history'],
    reach: 'everywhere',
  },
  { role: 'auditor', resource: 'application', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'assessment', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'deadline', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'notification', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'plan', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'measure', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'observation', commands: ['read'], reach: 'everywhere' },
  { role: 'auditor', resource: 'dead-letter', commands: ['read'], reach: 'everywhere' },
];

/** What of a thing the table looks at. A call has several regions, an application one. */
export interface Place {
  readonly rcc?: string;
  readonly region?: string;
  readonly regions?: readonly string[];
  readonly state?: string;
}
