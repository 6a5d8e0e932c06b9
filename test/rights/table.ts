import { roles, type Role } from '#libs/contracts';
import { type Kind } from './world.ts';

// What each role may, written down a second time and by hand: whatever of libs/access it does not agree with is a
// fault of one of the two. Places are those of world.ts, as somebody of Kalmar in RCC Sydöst sees them.

/** Who asks in each role: of Kalmar, of RCC Sydöst, or national. */
export const holders: Readonly<Record<Role, string>> = {
  regionApplicant: 'sokande-kalmar',
  regionSigner: 'chef-kalmar',
  regionReader: 'lasare-kalmar',
  regionSystem: 'region-kalmar-system',
  rccOfficer: 'kansli-sydost',
  assessor: 'bedomare-sydost-1',
  decider: 'beslut-sydost',
  controller: 'ekonom-sydost',
  processLeader: 'process-sydost',
  rccReader: 'lasare-sydost',
  nationalOffice: 'nationell',
  nationalReader: 'lasare-nationell',
  auditor: 'revisor',
  administrator: 'administrator',
};

type ByRole<T> = Readonly<Record<Role, T>>;

/** `{ 'a b': x, c: y }` as one entry for each role; those not named have `rest`. */
function byRole<T>(rest: T, named: Readonly<Record<string, T>>): ByRole<T> {
  const found = new Map(Object.entries(named).flatMap(([names, it]) => names.split(' ').map((n) => [n, it])));
  const unknown = [...found.keys()].filter((name) => !(roles as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`no roles: ${unknown.join()}`);
  return Object.fromEntries(roles.map((role) => [role, found.get(role) ?? rest])) as unknown as ByRole<T>;
}

const offices = 'assessor decider controller rccReader';
const sent = 'own.sent unit.sent region.sent';
const drafts = 'own.draft unit.draft region.draft rcc.draft';
const ownCalls = 'own.call region.call';
const both = 'own rcc';

/** Which things of a kind a role may know of, by name. */
export const visible: Readonly<Record<Kind, ByRole<string>>> = {
  call: byRole('', {
    'regionApplicant regionSigner regionReader regionSystem': 'own.published',
    rccOfficer: 'own.draft own.published',
    [`${offices} processLeader`]: 'own.published',
    'nationalOffice nationalReader': 'own.published rcc.published',
    auditor: 'own.draft own.published rcc.draft rcc.published',
  }),
  application: byRole('', {
    regionApplicant: 'own.draft own.sent',
    'regionSigner regionReader regionSystem': 'own.draft own.sent unit.draft unit.sent',
    [`rccOfficer ${offices}`]: sent,
    auditor: `${drafts} ${sent} rcc.sent`,
  }),
  // What is due about a draft is known to those who may read the draft; a call's closing day to the whole region.
  deadline: byRole('', {
    regionApplicant: 'own.call own.draft own.sent',
    'regionSigner regionReader regionSystem': 'own.call own.draft own.sent unit.draft unit.sent',
    [`rccOfficer ${offices} processLeader`]: `${ownCalls} ${sent}`,
    nationalOffice: `${ownCalls} rcc.call ${sent} rcc.sent`,
    auditor: `${ownCalls} rcc.call ${drafts} ${sent} rcc.sent`,
  }),
  notification: byRole('', {
    regionApplicant: 'own.sent',
    'regionSigner regionSystem': 'own.sent unit.sent',
    rccOfficer: sent,
    auditor: `${sent} rcc.sent`,
  }),
  plan: byRole('', {
    'rccOfficer processLeader rccReader': 'own',
    'nationalOffice nationalReader auditor': both,
  }),
  measure: byRole('', {
    'rccOfficer processLeader rccReader': 'own',
    'nationalOffice nationalReader auditor': both,
  }),
  observation: byRole('', {
    'rccOfficer processLeader rccReader': 'own',
    'nationalOffice nationalReader auditor': both,
  }),
  organisation: byRole('own region rcc', {}),
  person: byRole('', { rccOfficer: 'own region', 'auditor administrator': 'own region rcc' }),
  'role-assignment': byRole('', { rccOfficer: 'own region', 'auditor administrator': 'own region rcc' }),
  'api-client': byRole('', { rccOfficer: 'own region', 'auditor administrator': 'own region rcc' }),
  'thinning-rule': byRole('', { 'auditor administrator': 'any' }),
  'thinning-run': byRole('', { 'auditor administrator': 'any' }),
  // Of what cannot be read nobody knows whose it is: `unknown`.
  'dead-letter': byRole('', { rccOfficer: 'own', 'auditor administrator': 'own rcc unknown' }),
};
export type PlacedKind = keyof typeof visible;

/** An answer: carried out or refused for another reason than rights; forbidden; not to be known of. */
export type Answer = 'granted' | 403 | 404;

/** One route: what is asked for and who gets it. */
export type Row =
  /** A thing by its id. Who sees it and is not named is told so: 403. `where` narrows a role further. */
  | { readonly thing: PlacedKind; readonly to: string; readonly where?: Readonly<Record<string, string>> }
  /** A list of what the role may know of; for some roles nothing, but that politely. */
  | { readonly list: PlacedKind }
  /** The same list as a calendar, without pages. */
  | { readonly calendar: PlacedKind }
  /** Something new in a place: for the named, in these places. Everybody else, and everywhere else: 403. */
  | { readonly make: Readonly<Record<string, string>> }
  /** The installation's own: for those who are named, as far as they may know of it; 403 for the others, always. */
  | { readonly only: string; readonly of?: Kind; readonly listed?: PlacedKind }
  /** Everybody who is somebody. */
  | 'everybody';

const everyone = roles.join(' ');
const people = 'rccOfficer administrator';
const toRead = (thing: PlacedKind): Row => ({ thing, to: everyone });
const verifiers = 'nationalOffice auditor administrator';
const claimants = 'regionApplicant regionSigner regionSystem';
const payers = 'rccOfficer controller';
const letters = 'rccOfficer administrator';

/** Every route of the API. */
export const table: Readonly<Record<string, Row>> = {
  'GET /calls': { list: 'call' },
  'POST /calls': { make: { rccOfficer: 'own' } },
  'GET /calls/:id': toRead('call'),
  'PATCH /calls/:id': { thing: 'call', to: 'rccOfficer' },
  'POST /calls/:id/publication': { thing: 'call', to: 'rccOfficer' },
  'POST /calls/:id/closing-extension': { thing: 'call', to: 'rccOfficer' },
  'POST /calls/:id/closure': { thing: 'call', to: 'rccOfficer' },
  'POST /calls/:id/decisions': { thing: 'call', to: 'decider' },
  'GET /calls/:id/frame': {
    thing: 'call',
    to: 'rccOfficer decider controller rccReader nationalOffice nationalReader auditor',
  },
  'GET /calls/:id/ranking': { thing: 'call', to: 'rccOfficer assessor decider auditor' },
  'GET /calls/:id/history': { thing: 'call', to: 'rccOfficer decider auditor' },

  'GET /applications': { list: 'application' },
  'POST /applications': { make: { regionApplicant: 'own', regionSystem: 'own unit' } },
  'GET /applications/:id': toRead('application'),
  'GET /applications/:id/submission-check': toRead('application'),
  'GET /applications/:id/history': {
    thing: 'application',
    to: everyone.replace('rccReader', ''),
  },
  // The assessor's list is empty until the assessor's own assessment is in it.
  'GET /applications/:id/assessments': { thing: 'application', to: 'rccOfficer assessor decider auditor' },
  'PATCH /applications/:id': { thing: 'application', to: 'regionApplicant regionSystem' },
  'POST /applications/:id/submission': { thing: 'application', to: 'regionApplicant regionSystem' },
  'POST /applications/:id/withdrawal': {
    thing: 'application',
    to: 'regionApplicant regionSigner regionSystem',
  },
  'POST /applications/:id/sign-off': { thing: 'application', to: 'regionSigner' },
  'POST /applications/:id/acceptance': { thing: 'application', to: 'regionSigner' },
  'POST /applications/:id/assessments': { thing: 'application', to: 'assessor' },
  'POST /applications/:id/conflict-declaration': { thing: 'application', to: 'assessor' },
  'POST /applications/:id/requisitions': { thing: 'application', to: claimants },
  'POST /applications/:id/requisitions/:requisitionId/withdrawal': { thing: 'application', to: claimants },
  'POST /applications/:id/requisitions/:requisitionId/rejection': { thing: 'application', to: payers },
  'POST /applications/:id/payments': { thing: 'application', to: payers },
  'POST /applications/:id/payments/:paymentId/attestation': { thing: 'application', to: 'controller' },

  'GET /deadlines': { list: 'deadline' },
  'GET /deadlines/calendar': { calendar: 'deadline' },
  'GET /deadlines/:id/reminders': toRead('deadline'),
  'GET /notifications': { list: 'notification' },

  'GET /plans': { list: 'plan' },
  'POST /plan-imports': { make: { processLeader: 'own' } },
  'GET /plans/:id': toRead('plan'),
  'GET /plans/:id/goals': toRead('plan'),
  'GET /plans/:id/activities': toRead('plan'),
  'POST /when-interpretations': 'everybody',

  'GET /measures': { list: 'measure' },
  'POST /measures': { make: { processLeader: 'own' } },
  'GET /measures/:id': toRead('measure'),
  'GET /assessments': toRead('measure'),
  'GET /observations': { list: 'observation' },
  'POST /observations': { make: { processLeader: 'own' } },
  'GET /observations/:id': toRead('observation'),
  'POST /observations/:id/correction': { thing: 'observation', to: 'processLeader' },

  'GET /organisations': { list: 'organisation' },
  'POST /organisations': { make: { administrator: 'own region rcc' } },
  'GET /organisations/:id': toRead('organisation'),
  'PATCH /organisations/:id': { thing: 'organisation', to: people, where: { rccOfficer: 'own region' } },
  'GET /people': { list: 'person' },
  'POST /people': { make: { rccOfficer: 'own region', administrator: 'own region rcc' } },
  'GET /people/:id': toRead('person'),
  'PATCH /people/:id': { thing: 'person', to: people },
  'GET /people/:id/personal-data': toRead('person'),
  'GET /role-assignments': { list: 'role-assignment' },
  'POST /role-assignments': { make: { rccOfficer: 'own region', administrator: 'own region rcc' } },
  'GET /role-assignments/:id': toRead('role-assignment'),
  'PATCH /role-assignments/:id': { thing: 'role-assignment', to: people },
  'POST /role-assignments/:id/ending': { thing: 'role-assignment', to: people },
  'GET /api-clients': { list: 'api-client' },
  'POST /api-clients': { make: { rccOfficer: 'own region', administrator: 'own region rcc' } },
  'GET /api-clients/:id': toRead('api-client'),
  'PATCH /api-clients/:id': { thing: 'api-client', to: people },
  'POST /api-clients/:id/ending': { thing: 'api-client', to: people },
  'POST /api-clients/:id/keys': { thing: 'api-client', to: people },
  'POST /api-clients/:id/keys/:kid/ending': { thing: 'api-client', to: people },

  'GET /me': 'everybody',
  'GET /me/personal-data': 'everybody',
  'GET /thinning-rules': { only: 'auditor administrator' },
  'POST /thinning-rules': { only: 'administrator' },
  'GET /thinning-rules/:id': { only: 'auditor administrator', of: 'thinning-rule' },
  'PATCH /thinning-rules/:id': { only: 'administrator', of: 'thinning-rule' },
  'POST /thinning-rules/:id/dry-runs': { only: 'administrator', of: 'thinning-rule' },
  'POST /thinning-rules/:id/runs': { only: 'administrator', of: 'thinning-rule' },
  'GET /thinning-runs': { only: 'auditor administrator' },
  'GET /thinning-runs/:id': { only: 'auditor administrator', of: 'thinning-run' },
  'GET /thinning-runs/:id/things': { only: 'auditor administrator', of: 'thinning-run' },

  'GET /dead-letters/applications': { only: `${letters} auditor`, listed: 'dead-letter' },
  'POST /dead-letters/applications/:id/replay': { only: letters, of: 'dead-letter' },
  'GET /dead-letters/notifications': { only: `${letters} auditor`, listed: 'dead-letter' },
  'POST /dead-letters/notifications/:id/replay': { only: letters, of: 'dead-letter' },

  // Which history may be read is another question for each kind of thing: see `histories`.
  'GET /audit': 'everybody',
  'GET /audit/verification': { only: verifiers },
  'GET /audit/inclusion-proofs': { only: verifiers },
  'GET /audit/roots': 'everybody',
  'GET /audit/roots/:treeSize': 'everybody',
  'GET /audit/consistency-proofs': 'everybody',
  'GET /audit/keys': 'everybody',
  'GET /audit/accesses': { only: 'rccOfficer auditor' },
  'GET /audit/export': { only: 'rccOfficer auditor' },
};

/** Whose history `GET /audit?resource=…&id=…` tells to whom. */
export const histories: Readonly<Record<string, Extract<Row, { thing: PlacedKind }>>> = {
  call: { thing: 'call', to: 'rccOfficer decider auditor' },
  application: { thing: 'application', to: everyone.replace('rccReader', '') },
  plan: { thing: 'plan', to: 'rccOfficer processLeader nationalOffice auditor' },
  measure: { thing: 'measure', to: 'rccOfficer processLeader nationalOffice auditor' },
  observation: { thing: 'observation', to: 'rccOfficer processLeader nationalOffice auditor' },
  deadline: { thing: 'deadline', to: '' },
  organisation: {
    thing: 'organisation',
    to: 'rccOfficer nationalOffice auditor administrator',
    where: { rccOfficer: 'own region' },
  },
  person: { thing: 'person', to: 'rccOfficer auditor administrator' },
  'role-assignment': { thing: 'role-assignment', to: 'rccOfficer auditor administrator' },
  'api-client': { thing: 'api-client', to: 'rccOfficer auditor administrator' },
  'thinning-rule': { thing: 'thinning-rule', to: 'auditor administrator' },
  'thinning-run': { thing: 'thinning-run', to: 'auditor administrator' },
};

/** What a role is answered when it asks for a thing by its name in the world; null: it does not exist. */
export function answerFor(row: Extract<Row, { thing: PlacedKind }>, role: Role, name: string | null): Answer {
  if (name === null || !visible[row.thing][role].split(' ').includes(name)) return 404;
  const reach = row.where?.[role];
  const isThere = reach === undefined || reach.split(' ').includes(name);
  return row.to.split(' ').includes(role) && isThere ? 'granted' : 403;
}
