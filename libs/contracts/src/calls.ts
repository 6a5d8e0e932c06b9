import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { historyPage } from './history.ts';
import {
  civilDay,
  fault,
  filledText,
  idParams,
  identifier,
  instant,
  money,
  pageOf,
  paging,
  rccCode,
  regionCode,
  slug,
  text,
} from './primitives.ts';

const theme = z.strictObject({
  id: slug,
  title: filledText(200),
  frame: money.optional(),
  closesOn: civilDay.optional(),
});

const scale = z
  .strictObject({ min: z.int().min(0).max(100), max: z.int().min(1).max(100) })
  .refine((value) => value.min < value.max, { ...fault('range-reversed'), path: ['min'] });

const criterion = z.strictObject({
  id: slug,
  title: filledText(200),
  scale,
  weight: z.number().positive().max(100).default(1),
});

export const reportKinds = ['interim', 'final', 'financial'] as const;
const report = z.strictObject({ kind: z.enum(reportKinds), dueOn: civilDay });

const callFields = {
  title: filledText(200),
  purpose: text(10_000),
  opensOn: civilDay,
  closesOn: civilDay,
  frame: money,
  themes: z.array(theme).max(50),
  perRegionCap: money.optional(),
  smallestGrant: money.optional(),
  largestGrant: money.optional(),
  criteria: z.array(criterion).max(50),
  rollingIntake: z.boolean(),
  reporting: z.array(report).max(20),
  requiresSignOff: z.boolean(),
  /** Days a grantee has to accept, counted from the decision. */
  acceptanceDays: z.int().min(1).max(365),
};

export const createCall = z
  .strictObject({
    rcc: rccCode,
    ...callFields,
    purpose: callFields.purpose.default(''),
    themes: callFields.themes.default([]),
    criteria: callFields.criteria.default([]),
    rollingIntake: callFields.rollingIntake.default(false),
    reporting: callFields.reporting.default([]),
    requiresSignOff: callFields.requiresSignOff.default(true),
    acceptanceDays: callFields.acceptanceDays.default(21),
  })
  .meta({ id: 'CreateCall' });
export type CreateCall = z.output<typeof createCall>;

/** `null` takes an optional field away. */
export const changeCall = z
  .strictObject({
    ...callFields,
    perRegionCap: money.nullable(),
    smallestGrant: money.nullable(),
    largestGrant: money.nullable(),
  })
  .partial()
  .meta({ id: 'ChangeCall' });
export type ChangeCall = z.output<typeof changeCall>;

export const callStates = ['draft', 'published', 'closed'] as const;
export const callPhases = ['upcoming', 'open', 'closed', 'decided'] as const;

export const callView = z
  .strictObject({
    id: identifier,
    rcc: rccCode,
    ...callFields,
    regions: z.array(regionCode),
    state: z.enum(callStates),
    phase: z.enum(callPhases).nullable(),
    publishedAt: instant.nullable(),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Call' });
export type CallView = z.input<typeof callView>;

export const frameView = z
  .strictObject({
    limit: money,
    decided: money,
    left: money,
    themes: z.array(
      z.strictObject({ id: slug, limit: money.nullable(), decided: money, left: money.nullable() }),
    ),
    regions: z.array(
      z.strictObject({ region: regionCode, cap: money.nullable(), decided: money, left: money.nullable() }),
    ),
  })
  .meta({ id: 'Frame' });
export type FrameView = z.input<typeof frameView>;

export const decisionRound = z
  .strictObject({
    decidedOn: civilDay,
    decidedBy: filledText(500).meta({ personal: true }),
    outcomes: z
      .array(
        z.strictObject({
          applicationId: identifier,
          outcome: z.enum(['granted', 'rejected']),
          amount: money.optional(),
          conditions: z
            .array(z.strictObject({ text: filledText(2000), dueOn: civilDay.optional() }))
            .max(20)
            .default([]),
          reason: filledText(5000),
        }),
      )
      .min(1)
      .max(500),
  })
  .meta({ id: 'DecisionRound' });
export type DecisionRound = z.output<typeof decisionRound>;

export const decisionRoundView = z
  .strictObject({
    roundId: identifier,
    callId: identifier,
    decidedOn: civilDay,
    decidedBy: z.string().meta({ personal: true }),
    outcomes: z.array(
      z.strictObject({
        applicationId: identifier,
        reference: z.string().nullable(),
        region: regionCode,
        outcome: z.enum(['granted', 'rejected', 'voided']),
        amount: money.nullable(),
        conditions: z.array(z.strictObject({ text: z.string(), dueOn: civilDay.optional() })),
        reason: z.string(),
      }),
    ),
    frame: frameView,
  })
  .meta({ id: 'Decisions' });
export type DecisionRoundView = z.input<typeof decisionRoundView>;

export const rankingView = z
  .strictObject({
    items: z.array(
      z.strictObject({
        rank: z.int(),
        applicationId: identifier,
        reference: z.string().nullable(),
        title: z.string(),
        region: regionCode,
        themeId: slug.nullable(),
        requested: money,
        assessments: z.int(),
        /** Weighted mean of the assessors' scores as a share of the scale, 0–100; null before anyone assessed. */
        score: z.number().nullable(),
        recommendedAmount: money.nullable(),
      }),
    ),
  })
  .meta({ id: 'Ranking' });
export type RankingView = z.input<typeof rankingView>;

const tag = 'calls';
const service = 'applications' as const;

export const listCalls = endpoint({
  service,
  name: 'calls.list',
  right: { resource: 'call', command: 'read' },
  method: 'GET',
  path: '/calls',
  tag,
  summary: 'Utlysningar som jag får se',
  query: z.strictObject({
    ...paging,
    rcc: rccCode.optional(),
    state: z.enum(callStates).optional(),
    phase: z.enum(callPhases).optional(),
    sort: z
      .enum(['closesOn', '-closesOn', 'title', '-title', 'createdAt', '-createdAt'])
      .default('-createdAt'),
  }),
  reply: pageOf(callView).meta({ id: 'CallPage' }),
});

export const getCall = endpoint({
  service,
  name: 'calls.get',
  right: { resource: 'call', command: 'read' },
  method: 'GET',
  path: '/calls/:id',
  tag,
  summary: 'En utlysning',
  params: idParams,
  reply: callView,
  problems: ['not-found'],
});

export const createCallEndpoint = endpoint({
  service,
  name: 'calls.create',
  right: { resource: 'call', command: 'create' },
  method: 'POST',
  path: '/calls',
  tag,
  location: '/calls/:id',
  summary: 'Skapa en utlysning som utkast',
  body: createCall,
  reply: callView,
  problems: ['forbidden', 'no-applications'],
});

export const changeCallEndpoint = endpoint({
  service,
  name: 'calls.change',
  right: { resource: 'call', command: 'edit' },
  method: 'PATCH',
  path: '/calls/:id',
  tag,
  summary: 'Ändra ett utkast till utlysning',
  params: idParams,
  body: changeCall,
  reply: callView,
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const publishCall = endpoint({
  service,
  name: 'calls.publish',
  right: { resource: 'call', command: 'publication' },
  method: 'POST',
  path: '/calls/:id/publication',
  tag,
  summary: 'Publicera utlysningen',
  params: idParams,
  reply: callView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const extendCall = endpoint({
  service,
  name: 'calls.extend',
  right: { resource: 'call', command: 'closing-extension' },
  method: 'POST',
  path: '/calls/:id/closing-extension',
  tag,
  summary: 'Förläng ansökningstiden, för alla teman eller några',
  params: idParams,
  body: z
    .strictObject({
      closesOn: civilDay,
      themeIds: z.array(slug).min(1).max(50).optional(),
      reason: filledText(2000),
    })
    .meta({ id: 'ExtendCall' }),
  reply: callView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const closeCall = endpoint({
  service,
  name: 'calls.close',
  right: { resource: 'call', command: 'closure' },
  method: 'POST',
  path: '/calls/:id/closure',
  tag,
  summary: 'Avsluta utlysningen',
  params: idParams,
  body: z.strictObject({ reason: filledText(2000) }).meta({ id: 'CloseCall' }),
  reply: callView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const getFrame = endpoint({
  service,
  name: 'calls.frame',
  right: { resource: 'call', command: 'frame' },
  method: 'GET',
  path: '/calls/:id/frame',
  tag,
  summary: 'Ram, beslutat och återstående, per tema och region',
  params: idParams,
  reply: frameView,
  problems: ['forbidden', 'not-found'],
});

export const getCallHistory = endpoint({
  service,
  name: 'calls.history',
  right: { resource: 'call', command: 'history' },
  readsPersonalData: true,
  method: 'GET',
  path: '/calls/:id/history',
  tag,
  summary: 'Allt som hänt med utlysningen: vem, när, i vilken roll, vad',
  params: idParams,
  query: z.strictObject(paging),
  reply: historyPage,
  problems: ['forbidden', 'not-found'],
});

export const getRanking = endpoint({
  service,
  name: 'calls.ranking',
  right: { resource: 'call', command: 'ranking' },
  method: 'GET',
  path: '/calls/:id/ranking',
  tag,
  summary: 'Inlämnade ansökningar i rangordning efter bedömning',
  params: idParams,
  reply: rankingView,
  problems: ['forbidden', 'not-found'],
});

export const decideCall = endpoint({
  service,
  name: 'calls.decide',
  right: { resource: 'call', command: 'decisions' },
  method: 'POST',
  path: '/calls/:id/decisions',
  tag,
  summary: 'Besluta en omgång ansökningar, allt eller inget',
  params: idParams,
  body: decisionRound,
  reply: decisionRoundView,
  precondition: 'optional',
  problems: [
    'forbidden',
    'conflict-of-interest',
    'four-eyes',
    'not-found',
    'state-conflict',
    'frame-exceeded',
    'already-decided',
  ],
});
