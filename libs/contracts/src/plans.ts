import { z } from 'zod';
import { endpoint, rpc, subjectOf } from './endpoint.ts';
import { holdsPersonalIdentityNumber } from './personal-identity-number.ts';
import {
  civilDay,
  fault,
  filledText,
  idParams,
  identifier,
  instant,
  pageOf,
  paging,
  period,
  rccCode,
  text,
} from './primitives.ts';

/** One reading of what people write about when. */
export const whenPart = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('window'), from: civilDay, to: civilDay }),
  z.strictObject({ kind: z.literal('date'), on: civilDay }),
  z.strictObject({
    kind: z.literal('recurrence'),
    least: z.int(),
    most: z.int().nullable(),
    per: z.enum(['week', 'month', 'quarter', 'term', 'half-year', 'year']),
    every: z.int().optional(),
    window: period.optional(),
    onDemand: z.literal(true).optional(),
  }),
  z.strictObject({ kind: z.literal('continuous') }),
  z.strictObject({ kind: z.literal('event'), events: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('relative'), duration: z.string() }),
  z.strictObject({ kind: z.literal('age'), ages: z.array(z.int()) }),
  z.strictObject({ kind: z.literal('unknown'), words: z.string() }),
]);
export type WhenPart = z.output<typeof whenPart>;

export const when = z
  .strictObject({
    text: z.string(),
    understood: z.enum(['fully', 'partly', 'no']),
    parts: z.array(whenPart),
    sentence: z.string(),
  })
  .meta({ id: 'When' });
export type When = z.output<typeof when>;

/** Parts of a source file that are kept word for word beside what is read out of them. */
const kept = z
  .json()
  .refine((value) => !holdsPersonalIdentityNumber(JSON.stringify(value)), fault('personal-identity-number'));
const sourceId = filledText(64);

const sourceGoal = z.strictObject({
  id: sourceId,
  number: z.int().min(0).max(9999).optional(),
  goal: filledText(10_000),
  baseline: text(10_000).nullable().optional(),
  targetLevel: text(10_000).nullable().optional(),
  due: z
    .strictObject({
      raw: text(1000),
      year: z.int().min(1900).max(2200).nullable().optional(),
      end: civilDay.nullable().optional(),
      checkInterval: text(100).optional(),
    })
    .nullable()
    .optional(),
  followUp: text(10_000).nullable().optional(),
  comment: text(20_000).nullable().optional(),
  classification: kept.optional(),
  parts: kept.optional(),
  statusReading: kept.optional(),
  source: kept.optional(),
  uncertain: z.boolean().optional(),
  note: text(10_000).optional(),
});
export type SourceGoal = z.output<typeof sourceGoal>;

const sourceRow = z.strictObject({
  id: sourceId,
  goalArea: z.int().min(0).max(999),
  section: text(1000).nullable().optional(),
  what: filledText(10_000),
  how: z.array(text(10_000)).max(200),
  when: z.array(text(2000)).max(200),
  who: z.array(text(2000)).max(200),
  pairing: z
    .array(
      z.strictObject({
        how: z.int().min(0).nullable(),
        when: z.int().min(0).nullable().optional(),
        who: z
          .union([z.int().min(0), z.array(z.int().min(0)).max(200)])
          .nullable()
          .optional(),
      }),
    )
    .max(400)
    .optional(),
  source: kept.optional(),
  uncertain: z.boolean().optional(),
  note: text(10_000).optional(),
});
export type SourceRow = z.output<typeof sourceRow>;

/** A chapter that stands beside the tables of a plan. */
const sourceChapter = z.strictObject({
  heading: text(1000),
  text: text(50_000),
  source: kept.optional(),
  note: text(10_000).optional(),
});

export const planSource = z.strictObject({
  meta: kept.optional(),
  levelStructuring: sourceChapter.optional(),
  patientCollaboration: sourceChapter.optional(),
  goals: z.array(sourceGoal).max(2000).optional(),
  rows: z.array(sourceRow).max(2000).optional(),
});
export type PlanSource = z.output<typeof planSource>;

export const importPlan = z
  .strictObject({ rcc: rccCode, title: filledText(500), period, source: planSource })
  .meta({ id: 'ImportPlan' });
export type ImportPlan = z.output<typeof importPlan>;

export const planImportView = z
  .strictObject({
    /** Null in a preview, which stores nothing. */
    planId: identifier.nullable(),
    imported: z.strictObject({ goals: z.int(), activities: z.int(), hows: z.int(), whens: z.int() }),
    doubtful: z.array(z.strictObject({ sourceId: z.string(), field: z.string(), reason: z.string() })),
  })
  .meta({ id: 'PlanImport' });
export type PlanImportView = z.input<typeof planImportView>;

export const planView = z
  .strictObject({
    id: identifier,
    rcc: rccCode,
    title: z.string(),
    period,
    state: z.enum(['draft']),
    goalAreas: z.array(z.strictObject({ number: z.int(), name: z.string(), sections: z.array(z.string()) })),
    counts: z.strictObject({ goals: z.int(), activities: z.int(), hows: z.int(), whens: z.int() }),
    /** What the source holds beside goals and rows; null in lists, which do not carry it. */
    source: kept.nullable(),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Plan' });
export type PlanView = z.input<typeof planView>;

export const goalView = z
  .strictObject({
    id: identifier,
    sourceId: z.string(),
    number: z.int().nullable(),
    text: z.string(),
    baseline: z.strictObject({ text: z.string() }).nullable(),
    targetLevel: z
      .strictObject({
        text: z.string(),
        operator: z.enum(['>', '>=', '<', '<=', '=', 'about']).optional(),
        value: z.number().optional(),
        unit: z.enum(['percent', 'perYear', 'days']).optional(),
      })
      .nullable(),
    due: z.strictObject({ text: z.string(), on: civilDay.nullable() }).nullable(),
    followUp: z.strictObject({ text: z.string() }).nullable(),
    comments: z.array(z.strictObject({ year: z.int(), text: z.string() })),
    /** The whole entry as the source has it. */
    source: kept,
  })
  .meta({ id: 'Goal' });
export type GoalView = z.input<typeof goalView>;

const index = z.int();

export const activityView = z
  .strictObject({
    id: identifier,
    sourceId: z.string(),
    goalArea: z.int(),
    section: z.string().nullable(),
    what: z.string(),
    how: z.array(z.strictObject({ text: z.string() })),
    when: z.array(when),
    who: z.array(z.strictObject({ text: z.string() })),
    pairing: z.array(
      z.strictObject({
        how: index.nullable(),
        when: index.nullable().optional(),
        who: z
          .union([index, z.array(index)])
          .nullable()
          .optional(),
      }),
    ),
    note: z.string().nullable(),
    /** The whole entry as the source has it. */
    source: kept,
  })
  .meta({ id: 'Activity' });
export type ActivityView = z.input<typeof activityView>;

const service = 'plans' as const;
const tag = 'plans';

export const importPlanEndpoint = endpoint({
  service,
  name: 'plans.import',
  right: { resource: 'plan', command: 'create' },
  method: 'POST',
  path: '/plan-imports',
  tag,
  location: '/plans/:planId',
  summary: 'Läs in en plan med varje ord bevarat; preview=true sparar inget',
  query: z.strictObject({ preview: z.enum(['true', 'false']).default('false') }),
  body: importPlan,
  reply: planImportView,
  // A preview, which creates nothing.
  otherStatus: 200,
  problems: ['forbidden', 'body-too-large'],
});

export const listPlans = endpoint({
  service,
  name: 'plans.list',
  right: { resource: 'plan', command: 'read' },
  method: 'GET',
  path: '/plans',
  tag,
  summary: 'Planer som jag får se',
  query: z.strictObject({
    ...paging,
    rcc: rccCode.optional(),
    sort: z.enum(['createdAt', '-createdAt', 'title', '-title']).default('-createdAt'),
  }),
  reply: pageOf(planView).meta({ id: 'PlanPage' }),
});

export const getPlan = endpoint({
  service,
  name: 'plans.get',
  right: { resource: 'plan', command: 'read' },
  method: 'GET',
  path: '/plans/:id',
  tag,
  summary: 'En plan',
  params: idParams,
  reply: planView,
  problems: ['not-found'],
});

export const listGoals = endpoint({
  service,
  name: 'plans.goals',
  right: { resource: 'plan', command: 'read' },
  method: 'GET',
  path: '/plans/:id/goals',
  tag,
  summary: 'Planens mål, i källans ordning',
  params: idParams,
  query: z.strictObject(paging),
  reply: pageOf(goalView).meta({ id: 'GoalPage' }),
  problems: ['not-found'],
});

export const listActivities = endpoint({
  service,
  name: 'plans.activities',
  right: { resource: 'plan', command: 'read' },
  method: 'GET',
  path: '/plans/:id/activities',
  tag,
  summary: 'Planens aktiviteter, i källans ordning',
  params: idParams,
  query: z.strictObject({
    ...paging,
    goalArea: z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .optional(),
  }),
  reply: pageOf(activityView).meta({ id: 'ActivityPage' }),
  problems: ['not-found'],
});

export const interpretWhen = endpoint({
  service,
  name: 'whenInterpretations.interpret',
  right: 'everybody',
  method: 'POST',
  path: '/when-interpretations',
  tag,
  summary: 'Tolka en tidsangivelse i NÄR-kolumnen',
  body: z.strictObject({ text: text(2000), year: z.int().min(1900).max(2200) }).meta({ id: 'InterpretWhen' }),
  reply: when,
  status: 200,
});

/** What follow-ups must know of a goal before a measure is tied to it. */
export const goalExists = rpc({
  service,
  name: 'plans.goal',
  callers: ['follow-ups'],
  onBehalfOf: [subjectOf('follow-ups', 'measures.create')],
  request: z.strictObject({ planId: identifier, goalId: identifier }),
  reply: z.strictObject({ plan: z.boolean(), goal: z.boolean(), rcc: rccCode.nullable() }),
});
