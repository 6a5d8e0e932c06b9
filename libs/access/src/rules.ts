import { applicationStates, type Command, type Resource, type Role } from '#libs/contracts';

/**
 * Where a role reaches from the place it is held in:
 * `ownUnit`: things of the unit it is held in; of the whole region when it is held in no single unit ·
 * `ownRegion`: things of the region, also for those who are held in one unit of it ·
 * `ownRcc`: things of the RCC · `national`: everything ·
 * `involved`: things of the RCC in which the actor has taken part as assessor.
 */
export type Reach = 'ownUnit' | 'ownRegion' | 'ownRcc' | 'national' | 'involved';

/** One line of the table. */
export interface Rule {
  readonly role: Role;
  readonly resource: Resource;
  readonly commands: readonly Command[];
  readonly reach: Reach;
  /** Only things in one of these states, such as applications that have arrived. */
  readonly states?: readonly string[];
}

/** An application that has arrived: a draft is the region's own working paper. */
const arrived: readonly string[] = applicationStates.filter((state) => state !== 'draft');
/** A call that has been published: a draft is the office's own working paper. */
const announced = ['published', 'closed'];

type Entry = readonly [commands: string, reach: Reach, states?: readonly string[]];

/** What a role may do: by resource, the commands, how far they reach and in which states. */
const table: Readonly<Record<Role, Partial<Record<Resource, readonly Entry[]>>>> = {
  regionApplicant: {
    call: [['read', 'ownRegion', announced]],
    application: [['read create edit submission withdrawal requisitions history', 'ownUnit']],
    deadline: [['read', 'ownUnit']],
    notification: [['read', 'ownUnit']],
    organisation: [['read', 'national']],
  },
  regionSigner: {
    call: [['read', 'ownRegion', announced]],
    application: [['read sign-off acceptance withdrawal requisitions history', 'ownUnit']],
    deadline: [['read', 'ownUnit']],
    notification: [['read', 'ownUnit']],
    organisation: [['read', 'national']],
  },
  regionReader: {
    call: [['read', 'ownRegion', announced]],
    application: [['read history', 'ownRegion']],
    deadline: [['read', 'ownRegion']],
    organisation: [['read', 'national']],
  },
  regionSystem: {
    call: [['read', 'ownRegion', announced]],
    application: [['read create edit submission withdrawal requisitions history', 'ownRegion']],
    deadline: [['read', 'ownRegion']],
    notification: [['read', 'ownRegion']],
    organisation: [['read', 'national']],
  },
  rccOfficer: {
    call: [['read create edit publication closing-extension closure frame ranking history', 'ownRcc']],
    // An RCC with a single controller pays all the same: the office prepares, the controller attests.
    application: [['read history payments', 'ownRcc', arrived]],
    assessment: [['read', 'ownRcc']],
    deadline: [['read', 'ownRcc']],
    notification: [['read', 'ownRcc']],
    plan: [['read history', 'ownRcc']],
    measure: [['read history', 'ownRcc']],
    observation: [['read history', 'ownRcc']],
    organisation: [
      ['read', 'national'],
      ['edit history', 'ownRcc'],
    ],
    person: [['read create edit history', 'ownRcc']],
    'role-assignment': [['read create edit ending history', 'ownRcc']],
    'api-client': [['read create edit ending history', 'ownRcc']],
    'dead-letter': [['read replay', 'ownRcc']],
    audit: [['read', 'ownRcc']],
    'personal-data': [['read', 'ownRcc']],
  },
  assessor: {
    call: [['read ranking', 'ownRcc', announced]],
    application: [['read assessments conflict-declaration history', 'ownRcc', arrived]],
    assessment: [['read', 'involved']],
    deadline: [['read', 'ownRcc']],
    organisation: [['read', 'national']],
  },
  decider: {
    call: [['read frame ranking history decisions', 'ownRcc', announced]],
    application: [['read history', 'ownRcc', arrived]],
    assessment: [['read', 'ownRcc']],
    deadline: [['read', 'ownRcc']],
    organisation: [['read', 'national']],
  },
  controller: {
    call: [['read frame', 'ownRcc', announced]],
    application: [['read history payments attestation', 'ownRcc', arrived]],
    deadline: [['read', 'ownRcc']],
    organisation: [['read', 'national']],
  },
  processLeader: {
    call: [['read', 'ownRcc', announced]],
    plan: [['read create history', 'ownRcc']],
    measure: [['read create history', 'ownRcc']],
    observation: [['read create correction history', 'ownRcc']],
    deadline: [['read', 'ownRcc']],
    organisation: [['read', 'national']],
  },
  rccReader: {
    call: [['read frame', 'ownRcc', announced]],
    application: [['read', 'ownRcc', arrived]],
    deadline: [['read', 'ownRcc']],
    plan: [['read', 'ownRcc']],
    measure: [['read', 'ownRcc']],
    observation: [['read', 'ownRcc']],
    organisation: [['read', 'national']],
  },
  nationalOffice: {
    call: [['read frame', 'national', announced]],
    deadline: [['read', 'national']],
    plan: [['read history', 'national']],
    measure: [['read history', 'national']],
    observation: [['read history', 'national']],
    organisation: [['read history', 'national']],
    audit: [['verification', 'national']],
  },
  nationalReader: {
    call: [['read frame', 'national', announced]],
    plan: [['read', 'national']],
    measure: [['read', 'national']],
    observation: [['read', 'national']],
    organisation: [['read', 'national']],
  },
  auditor: {
    call: [['read frame ranking history', 'national']],
    application: [['read history', 'national']],
    assessment: [['read', 'national']],
    deadline: [['read', 'national']],
    notification: [['read', 'national']],
    plan: [['read history', 'national']],
    measure: [['read history', 'national']],
    observation: [['read history', 'national']],
    organisation: [['read history', 'national']],
    person: [['read history', 'national']],
    'role-assignment': [['read history', 'national']],
    'api-client': [['read history', 'national']],
    'dead-letter': [['read', 'national']],
    audit: [['read verification', 'national']],
    'personal-data': [['read', 'national']],
    'thinning-rule': [['read history', 'national']],
    'thinning-run': [['read history', 'national']],
  },
  // Runs the installation: rights, clients and what got stuck, but nothing of what the work is about.
  administrator: {
    organisation: [['read create edit history', 'national']],
    person: [['read create edit history', 'national']],
    'role-assignment': [['read create edit ending history', 'national']],
    'api-client': [['read create edit ending history', 'national']],
    'dead-letter': [['read replay', 'national']],
    audit: [['verification', 'national']],
    'personal-data': [['read', 'national']],
    'thinning-rule': [['read create edit thinning history', 'national']],
    'thinning-run': [['read history', 'national']],
  },
};

/** The one table of who may do what, line by line. Services ask it for single things and for the filters of lists. */
export const rules: readonly Rule[] = Object.entries(table).flatMap(([role, resources]) =>
  Object.entries(resources).flatMap(([resource, entries]) =>
    entries.map(([commands, reach, states]) => ({
      role: role as Role,
      resource: resource as Resource,
      commands: commands.split(' ') as Command[],
      reach,
      ...(states && { states }),
    })),
  ),
);

/** What of a thing the table looks at. Most have one RCC and one region; some have several. */
export interface Place {
  readonly rcc?: string;
  readonly rccs?: readonly string[];
  readonly region?: string;
  readonly regions?: readonly string[];
  /** The clinic that applies, as the application names it. */
  readonly unit?: string;
  /** Where only its digest is known (libs/unit-digest), or that the thing concerns the whole region. */
  readonly unitDigest?: string;
  readonly state?: string;
  /** Actors who have assessed it. */
  readonly assessors?: readonly string[];
}
