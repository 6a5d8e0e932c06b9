import { z } from 'zod';
import { accessBatchSize, accessRecord } from './accesses.ts';
import { actorStamp, role } from './actor.ts';
import { deadlineKinds, deadlineSubject } from './deadlines.ts';
import { serviceNames, type CallerName } from './endpoint.ts';
import { civilDay, identifier, instant, rccCode, regionCode } from './primitives.ts';

/**
 * Events on the bus carry ids, codes, days and amounts in öre; no names, addresses or free text, since
 * a stream cannot be erased the way a document can. What the audit trail needs beyond that is the
 * event's private part, which stays in the owner's journal.
 */
export interface EventType<Data extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly version: number;
  /** Whose event it is: a service's, or the gateway's, which keeps no journal. */
  readonly service: CallerName;
  readonly aggregate: string;
  readonly summary: string;
  readonly data: Data;
}

function event<Data extends z.ZodType>(definition: EventType<Data>): EventType<Data> {
  return definition;
}

const ore = z.int().min(0);
const where = { rcc: rccCode, region: regionCode };

const onApplication = { service: 'applications', aggregate: 'application', version: 1 } as const;
const onCall = { service: 'applications', aggregate: 'call', version: 1 } as const;
const ofApplication = { applicationId: identifier, callId: identifier, ...where };

export const callCreated = event({
  ...onCall,
  type: 'call.created',
  summary: 'En utlysning skapades som utkast.',
  data: z.strictObject({ callId: identifier, rcc: rccCode }),
});
export const callChanged = event({
  ...onCall,
  type: 'call.changed',
  summary: 'Ett utkast till utlysning ändrades.',
  data: z.strictObject({ callId: identifier, rcc: rccCode, fields: z.array(z.string()) }),
});
export const callPublished = event({
  ...onCall,
  type: 'call.published',
  summary: 'En utlysning publicerades.',
  data: z.strictObject({
    callId: identifier,
    rcc: rccCode,
    regions: z.array(regionCode),
    opensOn: civilDay,
    closesOn: civilDay,
    frame: ore,
  }),
});
export const callExtended = event({
  ...onCall,
  type: 'call.extended',
  summary: 'Ansökningstiden förlängdes, för alla teman eller några.',
  data: z.strictObject({
    callId: identifier,
    rcc: rccCode,
    closesOn: civilDay,
    themeIds: z.array(z.string()),
  }),
});
export const callClosed = event({
  ...onCall,
  type: 'call.closed',
  summary: 'En utlysning avslutades.',
  data: z.strictObject({ callId: identifier, rcc: rccCode }),
});
const outcome = z.strictObject({
  applicationId: identifier,
  region: regionCode,
  outcome: z.enum(['granted', 'rejected']),
  amount: ore,
});
export const roundDecided = event({
  ...onCall,
  type: 'call.round-decided',
  summary: 'En beslutsomgång fastställdes inom ramen; ansökningarna tar över sina utfall.',
  data: z.strictObject({
    callId: identifier,
    rcc: rccCode,
    roundId: identifier,
    decidedOn: civilDay,
    outcomes: z.array(outcome),
  }),
});
export const decisionVoided = event({
  ...onCall,
  type: 'call.decision-voided',
  summary: 'Ett utfall föll eftersom ansökan hade återkallats; beloppet gick tillbaka till ramen.',
  data: z.strictObject({
    callId: identifier,
    rcc: rccCode,
    roundId: identifier,
    applicationId: identifier,
    amount: ore,
  }),
});

export const applicationCreated = event({
  ...onApplication,
  type: 'application.created',
  summary: 'Ett utkast till ansökan skapades.',
  data: z.strictObject({ ...ofApplication, requested: ore }),
});
export const applicationChanged = event({
  ...onApplication,
  type: 'application.changed',
  summary: 'Ett utkast ändrades; en signering föll.',
  data: z.strictObject({
    ...ofApplication,
    requested: ore,
    fields: z.array(z.string()),
    signOffVoided: z.boolean(),
  }),
});
export const applicationSignedOff = event({
  ...onApplication,
  type: 'application.signed-off',
  summary: 'Verksamhetschefen signerade ansökan.',
  data: z.strictObject({ ...ofApplication, signedRevision: z.int() }),
});
export const applicationSubmitted = event({
  ...onApplication,
  type: 'application.submitted',
  summary: 'Ansökan kom in. Tiden är ankomsttiden.',
  data: z.strictObject({ ...ofApplication, requested: ore, submittedAt: instant }),
});
export const applicationRegistered = event({
  ...onApplication,
  type: 'application.registered',
  summary: 'Den inkomna ansökan fick sin beteckning ur registret.',
  data: z.strictObject({ ...ofApplication, reference: z.string(), number: z.int(), year: z.int() }),
});
export const applicationWithdrawn = event({
  ...onApplication,
  type: 'application.withdrawn',
  summary: 'Ansökan återkallades.',
  data: z.strictObject(ofApplication),
});
export const conflictDeclared = event({
  ...onApplication,
  type: 'application.conflict-declared',
  summary: 'En bedömare anmälde jäv.',
  data: z.strictObject({ ...ofApplication, assessor: z.string() }),
});
export const applicationAssessed = event({
  ...onApplication,
  type: 'application.assessed',
  summary: 'En bedömning lämnades eller ändrades.',
  data: z.strictObject({
    ...ofApplication,
    assessor: z.string(),
    assessmentVersion: z.int(),
    recommendation: z.string(),
    recommendedAmount: ore.nullable(),
  }),
});
const decided = z.strictObject({
  ...ofApplication,
  roundId: identifier,
  decidedOn: civilDay,
  amount: ore,
});
export const applicationGranted = event({
  ...onApplication,
  type: 'application.granted',
  summary: 'Ansökan beviljades, helt eller delvis.',
  data: decided,
});
export const applicationRejected = event({
  ...onApplication,
  type: 'application.rejected',
  summary: 'Ansökan avslogs.',
  data: decided,
});
export const grantAccepted = event({
  ...onApplication,
  type: 'application.accepted',
  summary: 'Sökanden tackade ja till medlen.',
  data: z.strictObject(ofApplication),
});
export const grantDeclined = event({
  ...onApplication,
  type: 'application.declined',
  summary: 'Sökanden tackade nej till medlen.',
  data: z.strictObject(ofApplication),
});

const ofRequisition = { ...ofApplication, requisitionId: identifier, amount: ore };
export const requisitionMade = event({
  ...onApplication,
  type: 'application.requisitioned',
  summary: 'Regionen rekvirerade beviljade medel.',
  data: z.strictObject({
    ...ofRequisition,
    number: z.int().min(1),
    from: civilDay.nullable(),
    to: civilDay.nullable(),
  }),
});
export const requisitionWithdrawn = event({
  ...onApplication,
  type: 'application.requisition-withdrawn',
  summary: 'Regionen återtog en rekvisition.',
  data: z.strictObject(ofRequisition),
});
export const requisitionRejected = event({
  ...onApplication,
  type: 'application.requisition-rejected',
  summary: 'RCC avvisade en rekvisition.',
  data: z.strictObject(ofRequisition),
});
const ofPayment = { ...ofRequisition, paymentId: identifier };
export const paymentPrepared = event({
  ...onApplication,
  type: 'application.payment-prepared',
  summary: 'En utbetalning förbereddes; den väntar på en annan persons attest.',
  data: z.strictObject(ofPayment),
});
export const paymentAttested = event({
  ...onApplication,
  type: 'application.payment-attested',
  summary: 'En utbetalning attesterades; pengarna går ut den dag som anges.',
  data: z.strictObject({ ...ofPayment, paidOn: civilDay }),
});
export const paymentReturned = event({
  ...onApplication,
  type: 'application.payment-returned',
  summary: 'En utbetalning attesterades inte; rekvisitionen är öppen igen.',
  data: z.strictObject(ofPayment),
});

const deadlineKey = z.string().max(200);
/** A clinic by the digest of its region and name (libs/unit-digest): the name is free text. */
export const unitDigest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const onDeadline = { aggregate: 'call or application', version: 1 } as const;
/** What every service says about what is due; `notifications` alone decides who is reminded, when and how. */
export const deadlineSet = event({
  ...onDeadline,
  service: 'applications',
  type: 'deadline.set',
  summary: 'Något ska vara gjort en dag. En högre version flyttar dagen.',
  data: z.strictObject({
    key: deadlineKey,
    deadlineVersion: z.int().min(1),
    kind: z.enum(deadlineKinds),
    dueOn: civilDay,
    subject: deadlineSubject,
    responsible: z.strictObject({ role, unit: z.string() }),
    rcc: rccCode,
    region: regionCode.optional(),
    /** The clinic that applies; absent where an application names none yet, and where there is no application. */
    unitDigest: unitDigest.optional(),
  }),
});
/** Events from before say nothing of the RCC. */
const ended = z.strictObject({ key: deadlineKey, rcc: rccCode.optional() });
export const deadlineMet = event({
  ...onDeadline,
  service: 'applications',
  type: 'deadline.met',
  summary: 'Det som skulle göras är gjort.',
  data: ended,
});
export const deadlineWithdrawn = event({
  ...onDeadline,
  service: 'applications',
  type: 'deadline.withdrawn',
  summary: 'Det som skulle göras behöver inte längre göras.',
  data: ended,
});

export const planImported = event({
  service: 'plans',
  aggregate: 'plan',
  version: 1,
  type: 'plan.imported',
  summary: 'En plan lästes in.',
  data: z.strictObject({ planId: identifier, rcc: rccCode, goals: z.int(), activities: z.int() }),
});

export const measureCreated = event({
  service: 'follow-ups',
  aggregate: 'measure',
  version: 1,
  type: 'measure.created',
  summary: 'Ett mått definierades.',
  data: z.strictObject({ measureId: identifier, rcc: rccCode, kind: z.string() }),
});
const observed = z.strictObject({
  observationId: identifier,
  measureId: identifier,
  unit: z.string(),
  from: civilDay,
  to: civilDay,
  state: z.string(),
});
export const observationRecorded = event({
  service: 'follow-ups',
  aggregate: 'observation',
  version: 1,
  type: 'observation.recorded',
  summary: 'En mätning rapporterades.',
  data: observed,
});
export const observationCorrected = event({
  service: 'follow-ups',
  aggregate: 'observation',
  version: 1,
  type: 'observation.corrected',
  summary: 'En mätning rättades; det tidigare värdet finns kvar.',
  data: observed.extend({ observationVersion: z.int() }),
});

export const organisationRecorded = event({
  service: 'directory',
  aggregate: 'organisation',
  version: 1,
  type: 'organisation.recorded',
  summary: 'En organisation lades upp.',
  data: z.strictObject({ organisationId: identifier, kind: z.string(), code: z.string() }),
});
export const organisationChanged = event({
  service: 'directory',
  aggregate: 'organisation',
  version: 1,
  type: 'organisation.changed',
  summary: 'En organisations namn, tillhörigheter eller beslutsväg ändrades.',
  data: z.strictObject({
    organisationId: identifier,
    kind: z.string(),
    code: z.string(),
    fields: z.array(z.string()),
  }),
});
export const personRecorded = event({
  service: 'directory',
  aggregate: 'person',
  version: 2,
  type: 'person.recorded',
  summary: 'En person eller ett system lades upp.',
  data: z.strictObject({ personId: identifier, kind: z.string() }),
});
export const personChanged = event({
  service: 'directory',
  aggregate: 'person',
  version: 1,
  type: 'person.changed',
  summary: 'En persons kontaktuppgifter eller arbetsgivare ändrades, eller personen avslutades.',
  data: z.strictObject({ personId: identifier, fields: z.array(z.string()), to: civilDay.nullable() }),
});

const onRole = { service: 'directory', aggregate: 'role-assignment', version: 1 } as const;
const ofRole = {
  assignmentId: identifier,
  personId: identifier,
  role,
  rcc: rccCode.optional(),
  region: regionCode.optional(),
};
export const roleGiven = event({
  ...onRole,
  type: 'role.given',
  summary: 'En roll tilldelades.',
  data: z.strictObject({ ...ofRole, from: civilDay, to: civilDay.nullable(), deputy: z.boolean() }),
});
export const roleChanged = event({
  ...onRole,
  type: 'role.changed',
  summary: 'Tiden för en roll, eller vem den ersätter, ändrades.',
  data: z.strictObject({
    ...ofRole,
    from: civilDay,
    to: civilDay.nullable(),
    deputy: z.boolean(),
    fields: z.array(z.string()),
  }),
});
export const roleEnded = event({
  ...onRole,
  type: 'role.ended',
  summary: 'En roll avslutades: genast, eller efter den dag som anges.',
  data: z.strictObject({ ...ofRole, on: civilDay, atOnce: z.boolean() }),
});

const onClient = { service: 'directory', aggregate: 'api-client', version: 1 } as const;
export const clientRegistered = event({
  ...onClient,
  type: 'client.registered',
  summary: 'Ett system lades upp som API-klient.',
  data: z.strictObject({
    clientId: identifier,
    rcc: rccCode.optional(),
    region: regionCode.optional(),
    scopes: z.array(z.string()),
  }),
});
export const clientChanged = event({
  ...onClient,
  type: 'client.changed',
  summary: 'En API-klients namn, kontakt eller behörighetsomfång ändrades.',
  data: z.strictObject({
    clientId: identifier,
    fields: z.array(z.string()),
    scopes: z.array(z.string()),
  }),
});
export const clientKeyAdded = event({
  ...onClient,
  type: 'client.key-added',
  summary: 'En API-klient fick en öppen nyckel.',
  data: z.strictObject({ clientId: identifier, algorithm: z.string() }),
});
export const clientKeyEnded = event({
  ...onClient,
  type: 'client.key-ended',
  summary: 'En API-klients nyckel slutade gälla.',
  data: z.strictObject({ clientId: identifier }),
});
export const clientEnded = event({
  ...onClient,
  type: 'client.ended',
  summary: 'En API-klient avslutades med alla sina nycklar.',
  data: z.strictObject({ clientId: identifier }),
});

const onAudit = { service: 'audit', version: 1 } as const;
const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const rootSigned = event({
  ...onAudit,
  aggregate: 'audit-root',
  type: 'audit.root-signed',
  summary: 'Granskningsloggen fick en ny underskriven rot: varje timme, även när den inte har växt.',
  data: z.strictObject({
    number: z.int().min(1),
    treeSize: z.int().min(1),
    rootHash: digest,
    at: instant,
    previous: digest.nullable(),
    keyId: z.string(),
    signature: z.string(),
  }),
});
export const chainBroken = event({
  ...onAudit,
  aggregate: 'audit-alarm',
  type: 'audit.chain-broken',
  summary: 'En kedja är inte den som granskningsloggen känner: den är avkapad eller omskriven.',
  data: z.strictObject({
    service: z.enum(serviceNames),
    aggregateType: z.string(),
    aggregateId: identifier,
    /** The link that the log has. */
    seq: z.int().min(1),
    expected: digest,
    /** Null: the chain has no such link. */
    found: digest.nullable(),
  }),
});
export const accessesKept = event({
  ...onAudit,
  aggregate: 'access-batch',
  type: 'audit.accesses-kept',
  summary: 'Åtkomstloggen växte; posterna står i den skyddade delen.',
  data: z.strictObject({ batchId: identifier, records: z.int(), from: instant, to: instant }),
});
export const accessRecorded = event({
  service: 'gateway',
  aggregate: 'access-batch',
  version: 1,
  type: 'access.recorded',
  summary: 'Personuppgifter lästes, eller något nekades: vem, när, i vilken roll, vad.',
  data: z.strictObject({ batchId: identifier, records: z.array(accessRecord).min(1).max(accessBatchSize) }),
});

const thinned = z.strictObject({
  aggregateId: identifier,
  runId: identifier,
  ruleId: identifier,
  /** Of the decision to thin (arkivlagen 10 §). */
  decisionReference: z.string(),
  /** Personal fields of the document that were blanked: paths, never values. */
  fields: z.array(z.string()),
  /** Entries of the journal whose private part is blank. */
  journalEntries: z.int(),
});
const wasThinned = {
  version: 1,
  summary: 'Personuppgifter gallrades enligt ett gallringsbeslut.',
  data: thinned,
};
export const applicationThinned = event({
  ...wasThinned,
  service: 'applications',
  aggregate: 'application',
  type: 'application.thinned',
});
export const observationThinned = event({
  ...wasThinned,
  service: 'follow-ups',
  aggregate: 'observation',
  type: 'observation.thinned',
});
export const personThinned = event({
  ...wasThinned,
  service: 'directory',
  aggregate: 'person',
  type: 'person.thinned',
});
export const roleThinned = event({
  ...wasThinned,
  service: 'directory',
  aggregate: 'role-assignment',
  type: 'role.thinned',
});
export const clientThinned = event({
  ...wasThinned,
  service: 'directory',
  aggregate: 'api-client',
  type: 'client.thinned',
});
export const accessesThinned = event({
  ...wasThinned,
  service: 'audit',
  aggregate: 'access-batch',
  type: 'audit.accesses-thinned',
});
export type ThinnedEvent = EventType<typeof thinned>;

const onThinningRule = { service: 'directory', aggregate: 'thinning-rule', version: 1 } as const;
export const thinningRuleRecorded = event({
  ...onThinningRule,
  type: 'thinning.rule-recorded',
  summary: 'En gallringsregel lades upp enligt ett beslut.',
  data: z.strictObject({
    ruleId: identifier,
    documentType: z.string(),
    event: z.string(),
    period: z.string(),
    decisionReference: z.string(),
  }),
});
export const thinningRuleChanged = event({
  ...onThinningRule,
  type: 'thinning.rule-changed',
  summary: 'En gallringsregel bytte benämning eller avslutades.',
  data: z.strictObject({ ruleId: identifier, fields: z.array(z.string()), to: civilDay.nullable() }),
});

const onThinningRun = { service: 'directory', aggregate: 'thinning-run', version: 1 } as const;
const ofRun = { runId: identifier, ruleId: identifier };
export const thinningStarted = event({
  ...onThinningRun,
  type: 'thinning.run-started',
  summary: 'En gallring började.',
  data: z.strictObject({ ...ofRun, documentType: z.string(), decisionReference: z.string(), on: civilDay }),
});
export const thinningAdvanced = event({
  ...onThinningRun,
  type: 'thinning.run-advanced',
  summary: 'En del av en gallring utfördes: vad som gallrades, aldrig värden.',
  data: z.strictObject({
    ...ofRun,
    things: z.array(z.strictObject({ id: identifier, fields: z.array(z.string()), journalEntries: z.int() })),
  }),
});
export const thinningFinished = event({
  ...onThinningRun,
  type: 'thinning.run-finished',
  summary: 'En gallring blev klar eller avbröts.',
  data: z.strictObject({ ...ofRun, state: z.string(), thinned: z.int(), waiting: z.int() }),
});

/** Every event there is. The event catalogue, streams and checks are made from this list. */
export const eventTypes: readonly EventType[] = [
  callCreated,
  callChanged,
  callPublished,
  callExtended,
  callClosed,
  roundDecided,
  decisionVoided,
  applicationCreated,
  applicationChanged,
  applicationSignedOff,
  applicationSubmitted,
  applicationRegistered,
  applicationWithdrawn,
  conflictDeclared,
  applicationAssessed,
  applicationGranted,
  applicationRejected,
  grantAccepted,
  grantDeclined,
  requisitionMade,
  requisitionWithdrawn,
  requisitionRejected,
  paymentPrepared,
  paymentAttested,
  paymentReturned,
  deadlineSet,
  deadlineMet,
  deadlineWithdrawn,
  planImported,
  measureCreated,
  observationRecorded,
  observationCorrected,
  organisationRecorded,
  organisationChanged,
  personRecorded,
  personChanged,
  roleGiven,
  roleChanged,
  roleEnded,
  clientRegistered,
  clientChanged,
  clientKeyAdded,
  clientKeyEnded,
  clientEnded,
  applicationThinned,
  observationThinned,
  personThinned,
  roleThinned,
  clientThinned,
  accessesThinned,
  thinningRuleRecorded,
  thinningRuleChanged,
  thinningStarted,
  thinningAdvanced,
  thinningFinished,
  rootSigned,
  chainBroken,
  accessesKept,
  accessRecorded,
];

/** An event that domain code wants recorded with its change. */
export interface NewEvent<Data = unknown> {
  readonly type: string;
  readonly version: number;
  readonly data: Data;
  /** Names, old and new texts: stays in the owner's journal, the chain covers its salted hash. */
  readonly private?: Readonly<Record<string, unknown>>;
}

/** Makes an event of a catalogued type; the compiler checks its data. */
export function occurred<Data extends z.ZodType>(
  type: EventType<Data>,
  data: z.input<Data>,
  privatePart?: Readonly<Record<string, unknown>>,
): NewEvent<z.input<Data>> {
  return { type: type.type, version: type.version, data, ...(privatePart && { private: privatePart }) };
}

/** A CloudEvents 1.0 envelope (structured JSON) as it lies on the stream. */
export const eventEnvelope = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: instant,
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
  dataversion: z.int(),
  aggregatetype: z.string(),
  aggregateid: z.string(),
  revision: z.int(),
  sequence: z.int(),
  prevhash: z.string().nullable(),
  hash: z.string(),
  privatehash: z.string().nullable(),
  actor: actorStamp,
  idempotencykey: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type EventEnvelope = z.output<typeof eventEnvelope>;

/** Stream that holds the events of a service, or of the gateway. */
export function streamOf(service: CallerName): string {
  return `events-${service}`;
}

/** `source` in the envelopes of a service's events. */
export function sourceOf(service: CallerName): string {
  return `urn:insats:${service}`;
}

/** Subject of an event type on its owner's stream. */
export function eventSubject(service: CallerName, type: string): string {
  return `events.${service}.${type}`;
}
