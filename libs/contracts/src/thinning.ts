import { z } from 'zod';
import { actorStamp } from './actor.ts';
import { endpoint, type ServiceName } from './endpoint.ts';
import {
  civilDay,
  fault,
  filledText,
  idParams,
  identifier,
  instant,
  pageOf,
  paging,
  text,
} from './primitives.ts';
import { partPosition, partQuery } from './privacy.ts';

// Thinning (gallring) demands a decision (arkivlagen 10 §): a rule names it.

/**
 * Kinds of documents that can be thinned, who owns them, and what the period can run from. What an owner
 * declares in its records is the same, see the test in test/personal-marks.test.ts.
 */
export const thinnable = {
  application: { service: 'applications', events: ['decided', 'ended', 'call-closed'] },
  observation: { service: 'follow-ups', events: ['recorded'] },
  mail: { service: 'notifications', events: ['settled'] },
  person: { service: 'directory', events: ['ended'] },
  'role-assignment': { service: 'directory', events: ['ended'] },
  'api-client': { service: 'directory', events: ['ended'] },
  access: { service: 'audit', events: ['recorded'] },
} as const satisfies Record<string, { service: ServiceName; events: readonly string[] }>;
export type DocumentType = keyof typeof thinnable;
export const documentTypes = Object.keys(thinnable) as [DocumentType, ...DocumentType[]];

/** Why something that is due by its day is left for now. */
export const waitingReasons = [
  /** Not decided, or granted and not answered: it is still being dealt with. */
  'under-way',
  /** A deadline of it is open. */
  'open-deadline',
  /** The decision can still be appealed against (förvaltningslagen 44 §: three weeks). */
  'appealable',
  /** Somebody changed it while it was being thinned. */
  'changed-meanwhile',
] as const;
export type WaitingReason = (typeof waitingReasons)[number];

const retentionForm = /^P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?$/;

/** What a period runs from, and how long it is. */
export const retention = z
  .strictObject({
    event: z.enum([...new Set(documentTypes.flatMap((type) => thinnable[type].events))]),
    /** ISO 8601 duration in whole years, months, weeks and days, longer than nothing. */
    period: z
      .string()
      .refine((value) => retentionForm.test(value) && /[1-9]/.test(value), fault('invalid-format'))
      .meta({ pattern: retentionForm.source, examples: ['P10Y'] }),
  })
  .meta({ id: 'RetentionTime' });

/** What the decision is filed under. It goes into the chain of everything that is thinned by it, and over the bus: no free text. */
const decisionReference = filledText(100).refine(
  (value) => /^[\p{L}\p{N}][\p{L}\p{N} .,:;/()§_-]*$/u.test(value),
  fault('invalid-format'),
);

export const createThinningRule = z
  .strictObject({
    title: filledText(200),
    documentType: z.enum(documentTypes),
    after: retention,
    decisionReference,
    note: text(2000).default(''),
  })
  .superRefine(({ documentType, after }, context) => {
    const allowed: readonly string[] = thinnable[documentType].events;
    if (allowed.includes(after.event)) return;
    const params = { fault: 'not-allowed-value', values: { allowed: allowed.join(', ') } };
    context.addIssue({ code: 'custom', path: ['after', 'event'], params });
  })
  .meta({ id: 'CreateThinningRule' });
export type CreateThinningRule = z.output<typeof createThinningRule>;

/** What is thinned and when stays as it was decided: another decision is another rule. */
export const changeThinningRule = z
  .strictObject({
    title: filledText(200),
    note: text(2000),
    /** Last day of the rule; a day that has passed ends it at once, null: until further notice. */
    to: civilDay.nullable(),
  })
  .partial()
  .meta({ id: 'ChangeThinningRule' });
export type ChangeThinningRule = z.output<typeof changeThinningRule>;

export const thinningRuleView = z
  .strictObject({
    id: identifier,
    title: z.string(),
    documentType: z.enum(documentTypes),
    after: retention,
    decisionReference: z.string(),
    note: z.string(),
    to: civilDay.nullable(),
    state: z.enum(['active', 'ended']),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ThinningRule' });
export type ThinningRuleView = z.input<typeof thinningRuleView>;

/** One thing that a rule reaches: what of it is thinned, or why it waits. */
export const thinnedThing = z
  .strictObject({
    type: z.enum(documentTypes),
    id: identifier,
    outcome: z.enum(['thinned', 'waiting']),
    reason: z.enum(waitingReasons).nullable(),
    /** Day of the event that the period runs from, and the first day on which it may be thinned. */
    happenedOn: civilDay,
    dueOn: civilDay,
    /** Paths, never values. */
    fields: z.array(z.string()),
    /** Entries of its journal whose private part is blank. */
    journalEntries: z.int(),
  })
  .meta({ id: 'ThinnedThing' });
export type ThinnedThing = z.output<typeof thinnedThing>;

const counts = z.strictObject({ thinned: z.int(), journalEntries: z.int(), waiting: z.int() });

export const thinningPreview = z
  .strictObject({
    ruleId: identifier,
    on: civilDay,
    /** Of this part. */
    counts,
    things: z.array(thinnedThing),
    next: partPosition.nullable(),
  })
  .meta({ id: 'ThinningPreview' });
export type ThinningPreview = z.input<typeof thinningPreview>;

/** The protocol of a run: by which decision, by whom, when, and what; never the values. */
export const thinningRunView = z
  .strictObject({
    id: identifier,
    ruleId: identifier,
    title: z.string(),
    documentType: z.enum(documentTypes),
    after: retention,
    decisionReference: z.string(),
    /** Things are looked at as on this day. */
    on: civilDay,
    by: actorStamp,
    /** `stopped`: the rule has ended meanwhile. */
    state: z.enum(['running', 'finished', 'stopped']),
    startedAt: instant,
    finishedAt: instant.nullable(),
    counts,
    /** More than one protocol holds was due: another run goes on. */
    more: z.boolean(),
  })
  .meta({ id: 'ThinningRun' });
export type ThinningRunView = z.input<typeof thinningRunView>;

const service = 'directory' as const;
const tag = 'thinning';

export const listThinningRules = endpoint({
  service,
  name: 'thinningRules.list',
  right: { resource: 'thinning-rule', command: 'read' },
  method: 'GET',
  path: '/thinning-rules',
  tag,
  summary: 'Gallringsregler',
  query: z.strictObject({
    ...paging,
    documentType: z.enum(documentTypes).optional(),
    sort: z.enum(['createdAt', '-createdAt', 'title', '-title']).default('-createdAt'),
  }),
  reply: pageOf(thinningRuleView).meta({ id: 'ThinningRulePage' }),
  problems: ['forbidden'],
});

export const getThinningRule = endpoint({
  service,
  name: 'thinningRules.get',
  right: { resource: 'thinning-rule', command: 'read' },
  method: 'GET',
  path: '/thinning-rules/:id',
  tag,
  summary: 'En gallringsregel',
  params: idParams,
  reply: thinningRuleView,
  problems: ['forbidden', 'not-found'],
});

export const createThinningRuleEndpoint = endpoint({
  service,
  name: 'thinningRules.create',
  right: { resource: 'thinning-rule', command: 'create' },
  method: 'POST',
  path: '/thinning-rules',
  tag,
  location: '/thinning-rules/:id',
  summary: 'Lägg upp en gallringsregel enligt ett gallringsbeslut',
  body: createThinningRule,
  reply: thinningRuleView,
  problems: ['forbidden'],
});

export const changeThinningRuleEndpoint = endpoint({
  service,
  name: 'thinningRules.change',
  right: { resource: 'thinning-rule', command: 'edit' },
  method: 'PATCH',
  path: '/thinning-rules/:id',
  tag,
  summary: 'Ändra benämning eller avsluta regeln',
  params: idParams,
  body: changeThinningRule,
  reply: thinningRuleView,
  problems: ['forbidden', 'not-found'],
});

export const previewThinning = endpoint({
  service,
  name: 'thinningRules.preview',
  right: { resource: 'thinning-rule', command: 'thinning' },
  method: 'POST',
  path: '/thinning-rules/:id/dry-runs',
  tag,
  summary: 'Vad som skulle gallras, del för del; inget sparas',
  params: idParams,
  body: partQuery.meta({ id: 'PreviewThinning' }),
  reply: thinningPreview,
  status: 200,
  problems: ['forbidden', 'not-found', 'state-conflict', 'unavailable'],
});

export const runThinning = endpoint({
  service,
  name: 'thinningRules.run',
  right: { resource: 'thinning-rule', command: 'thinning' },
  method: 'POST',
  path: '/thinning-rules/:id/runs',
  tag,
  location: '/thinning-runs/:id',
  summary: 'Gallra enligt regeln; körningen är ett protokoll',
  params: idParams,
  reply: thinningRunView,
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const listThinningRuns = endpoint({
  service,
  name: 'thinningRuns.list',
  right: { resource: 'thinning-run', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/thinning-runs',
  tag,
  summary: 'Gallringsprotokoll',
  query: z.strictObject({
    ...paging,
    ruleId: identifier.optional(),
    sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
  }),
  reply: pageOf(thinningRunView).meta({ id: 'ThinningRunPage' }),
  problems: ['forbidden'],
});

export const getThinningRun = endpoint({
  service,
  name: 'thinningRuns.get',
  right: { resource: 'thinning-run', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/thinning-runs/:id',
  tag,
  summary: 'Ett gallringsprotokoll',
  params: idParams,
  reply: thinningRunView,
  problems: ['forbidden', 'not-found'],
});

export const listThinnedThings = endpoint({
  service,
  name: 'thinningRuns.things',
  right: { resource: 'thinning-run', command: 'read' },
  method: 'GET',
  path: '/thinning-runs/:id/things',
  tag,
  summary: 'Vad som gallrades: beteckningar och fält, aldrig värden',
  params: idParams,
  query: z.strictObject(paging),
  reply: pageOf(thinnedThing).meta({ id: 'ThinnedThingPage' }),
  problems: ['forbidden', 'not-found'],
});
