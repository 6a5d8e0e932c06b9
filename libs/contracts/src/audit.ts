import { z } from 'zod';
import { accessOutcomes, accessRecord } from './accesses.ts';
import { actorStamp } from './actor.ts';
import { endpoint, rpc, serviceNames, type ServiceName } from './endpoint.ts';
import { identifier, instant, pageOf, paging, rccCode } from './primitives.ts';
import { resources, type Resource } from './rights.ts';

/** Where the journal of a thing lies. What is not here has no journal. */
export const recordedIn = {
  call: 'applications',
  application: 'applications',
  plan: 'plans',
  measure: 'follow-ups',
  observation: 'follow-ups',
  deadline: 'notifications',
  organisation: 'directory',
  person: 'directory',
  'role-assignment': 'directory',
  'api-client': 'directory',
  'thinning-rule': 'directory',
  'thinning-run': 'directory',
} as const satisfies Partial<Record<Resource, ServiceName>>;
export type RecordedResource = keyof typeof recordedIn;
export const recordedResources = Object.keys(recordedIn) as [RecordedResource, ...RecordedResource[]];

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const positive = (maximum: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(maximum));
const mostLinks = 1_000_000_000;

/** A place in something and what it changed from and to; null: nothing. */
export const auditChange = z.strictObject({
  /** JSON Pointer (RFC 6901). */
  path: z.string(),
  from: z.unknown().meta({ personal: true }),
  to: z.unknown().meta({ personal: true }),
});

/** One link of a journal: who did what, when and in which role. */
export const auditEntry = z
  .strictObject({
    seq: z.int().min(1),
    type: z.string(),
    time: instant,
    actor: actorStamp,
    revision: z.int(),
    changes: z.array(auditChange),
    /** Texts and names have been thinned: only what the event itself holds is left. */
    thinned: z.boolean(),
    hash: digest,
    prevHash: digest.nullable(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.input<typeof auditEntry>;
export const auditPage = pageOf(auditEntry).meta({ id: 'AuditPage' });
export type AuditPage = z.input<typeof auditPage>;

/** The first broken place, by name. */
export const brokenPlace = z
  .strictObject({
    code: z.string(),
    service: z.enum(serviceNames).optional(),
    aggregate: z.strictObject({ type: z.string(), id: z.string() }).optional(),
    seq: count.optional(),
    eventId: z.string().optional(),
    leaf: count.optional(),
    treeSize: count.optional(),
    /** One sentence. */
    sv: z.string(),
    en: z.string(),
  })
  .meta({ id: 'BrokenPlace' });
export type BrokenPlace = z.output<typeof brokenPlace>;

/** A statement of the log that its signer cannot take back. */
export const rootView = z
  .strictObject({
    /** One more than that of the root before; left out in roots from before there were numbers. */
    number: z.int().min(1).optional(),
    treeSize: z.int().min(1),
    rootHash: digest,
    at: instant,
    /** Root hash of the root before; left out in the first. */
    previous: digest.optional(),
    keyId: z.string(),
    /** Compact JWS (EdDSA) over the canonical JSON of the rest. */
    signature: z.string(),
  })
  .meta({ id: 'AuditRoot' });
export type RootView = z.input<typeof rootView>;

export const alarmView = z
  .strictObject({
    id: identifier,
    service: z.enum(serviceNames),
    aggregate: z.strictObject({ type: z.string(), id: z.string() }),
    seq: z.int().min(1),
    expected: digest,
    found: digest.nullable(),
    at: instant,
  })
  .meta({ id: 'AuditAlarm' });
export type AlarmView = z.input<typeof alarmView>;

const checked = { complete: z.boolean(), fault: brokenPlace.nullable() };

export const verificationView = z
  .strictObject({
    startedAt: instant,
    finishedAt: instant.nullable(),
    /** False: it goes on by itself; ask again. */
    complete: z.boolean(),
    /** Whether everything looked at so far is whole. */
    whole: z.boolean(),
    /** The verification before this one: whether it found chains and log whole; null: there was none. */
    previous: z.strictObject({ startedAt: instant, finishedAt: instant, whole: z.boolean() }).nullable(),
    services: z.array(
      z.strictObject({
        service: z.enum(serviceNames),
        events: count,
        chains: count,
        /** Things whose document says what their last change left. */
        documents: count,
        /** Things of whose document no event says what it holds: changed past the service, they would not show. */
        uncovered: count,
        ...checked,
      }),
    ),
    log: z.strictObject({ leaves: count, roots: count, ...checked }),
    /** The newest root, and whether log and signature fit it; null: not yet known. */
    newestRoot: rootView.extend({ fits: z.boolean().nullable() }).meta({ id: 'CheckedAuditRoot' }).nullable(),
    /** Chains that were found broken when the log grew. The latest; `alarmCount` tells how many there are. */
    alarms: z.array(alarmView),
    alarmCount: count,
  })
  .meta({ id: 'AuditVerification' });
export type VerificationView = z.input<typeof verificationView>;

const leaf = z.strictObject({
  service: z.enum(serviceNames),
  aggregateType: z.string(),
  aggregateId: z.string(),
  seq: z.int().min(1),
  hash: digest,
  at: instant,
});

export const inclusionProof = z
  .strictObject({
    index: count,
    /** The entry of the log that holds the link, or the first of its chain behind it. */
    leaf,
    leafHash: digest,
    root: rootView,
    proof: z.array(digest),
  })
  .meta({ id: 'InclusionProof' });
export type InclusionProof = z.input<typeof inclusionProof>;

export const consistencyProof = z
  .strictObject({
    from: z.strictObject({ treeSize: count, rootHash: digest }),
    to: z.strictObject({ treeSize: count, rootHash: digest }),
    proof: z.array(digest),
  })
  .meta({ id: 'ConsistencyProof' });
export type ConsistencyProof = z.input<typeof consistencyProof>;

export const auditKeys = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    ),
  })
  .meta({ id: 'AuditKeys' });
export type AuditKeys = z.input<typeof auditKeys>;

export const accessView = accessRecord
  .extend({ id: identifier.nullable(), actor: z.string().nullable().meta({ personal: true }) })
  .meta({ id: 'Access' });
export type AccessView = z.input<typeof accessView>;

const service = 'audit' as const;
const tag = 'audit';

export const getAudit = endpoint({
  service,
  name: 'audit.history',
  // Whoever may read the history of the thing: the service that owns it asks the table.
  right: 'everybody',
  scope: 'administration.read',
  readsPersonalData: true,
  method: 'GET',
  path: '/audit',
  tag,
  summary: 'Vem som gjort vad med något, när, i vilken roll, och vad som ändrades från vad till vad',
  query: z.strictObject({ ...paging, resource: z.enum(recordedResources), id: identifier }),
  reply: auditPage,
  problems: ['forbidden', 'not-found'],
});

export const getVerification = endpoint({
  service,
  name: 'audit.verification',
  right: { resource: 'audit', command: 'verification' },
  method: 'GET',
  path: '/audit/verification',
  tag,
  summary: 'Är alla kedjor, granskningsloggen och dess rötter hela?',
  reply: verificationView,
  problems: ['forbidden'],
});

export const listRoots = endpoint({
  service,
  name: 'roots.list',
  right: 'everybody',
  method: 'GET',
  path: '/audit/roots',
  tag,
  summary: 'Underskrivna rötter, den nyaste först',
  query: z.strictObject(paging),
  reply: pageOf(rootView).meta({ id: 'AuditRootPage' }),
});

export const getRoot = endpoint({
  service,
  name: 'roots.get',
  right: 'everybody',
  method: 'GET',
  path: '/audit/roots/:treeSize',
  tag,
  summary: 'Den första underskrivna roten över ett antal löv',
  params: z.strictObject({ treeSize: z.string().regex(/^[1-9]\d{0,14}$/) }),
  reply: rootView,
  problems: ['not-found'],
});

export const getInclusionProof = endpoint({
  service,
  name: 'proofs.inclusion',
  right: { resource: 'audit', command: 'verification' },
  method: 'GET',
  path: '/audit/inclusion-proofs',
  tag,
  summary: 'Bevis för att en länk finns i loggen som den nyaste roten omfattar (RFC 9162)',
  query: z.strictObject({
    service: z.enum(serviceNames),
    /** Id of the thing whose journal it is. */
    aggregate: identifier,
    seq: positive(mostLinks),
  }),
  reply: inclusionProof,
  problems: ['forbidden', 'not-found'],
});

export const getConsistencyProof = endpoint({
  service,
  name: 'proofs.consistency',
  right: 'everybody',
  method: 'GET',
  path: '/audit/consistency-proofs',
  tag,
  summary: 'Bevis för att en äldre logg är början på en nyare (RFC 9162)',
  query: z.strictObject({ from: positive(mostLinks), to: positive(mostLinks) }),
  reply: consistencyProof,
  problems: ['not-found'],
});

export const getAuditKeys = endpoint({
  service,
  name: 'keys.list',
  right: 'everybody',
  method: 'GET',
  path: '/audit/keys',
  tag,
  summary: 'De öppna nycklar som rötterna är underskrivna med',
  reply: auditKeys,
});

export const listAccesses = endpoint({
  service,
  name: 'accesses.list',
  right: { resource: 'audit', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/audit/accesses',
  tag,
  summary: 'Åtkomstloggen: vem som läst personuppgifter, och vad som nekats',
  query: z.strictObject({
    ...paging,
    actor: z.string().min(1).max(255).optional(),
    resource: z.enum(resources).optional(),
    id: identifier.optional(),
    outcome: z.enum(accessOutcomes).optional(),
    /** The first moment, and the last. */
    from: instant.optional(),
    to: instant.optional(),
  }),
  reply: pageOf(accessView).meta({ id: 'AccessPage' }),
  problems: ['forbidden'],
});

export const exportAudit = endpoint({
  service,
  name: 'audit.export',
  right: { resource: 'audit', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/audit/export',
  tag,
  summary: 'Journaler, kedjeslut, logg och rötter som NDJSON, att kontrollera med npm run audit:verify',
  query: z.strictObject({ rcc: rccCode.optional(), resource: z.enum(recordedResources).optional() }),
  reply: z.string().meta({ personal: true }),
  file: 'application/x-ndjson',
  problems: ['forbidden'],
});

/** One piece of an export; the gateway asks for the next until there is none. */
export const exportPage = rpc({
  service,
  name: 'audit.exportPage',
  callers: ['gateway'],
  request: z.strictObject({
    filter: exportAudit.query,
    /** Null for the first. */
    after: z.string().nullable(),
  }),
  reply: z.strictObject({ lines: z.array(z.string()), next: z.string().nullable() }),
});
