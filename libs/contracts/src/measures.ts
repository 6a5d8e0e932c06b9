import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import {
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

export const measureKinds = ['ratio', 'count', 'level', 'yesNo', 'leadTime'] as const;
export const measurePeriods = ['year', 'half-year', 'quarter', 'term', 'month'] as const;

export const target = z
  .strictObject({
    operator: z.enum(['>', '>=', '<', '<=', '=', 'about']),
    value: z.number().min(0).max(1_000_000),
    unit: z.enum(['percent', 'perYear', 'days']),
    tolerance: z.number().min(0).max(1_000_000).optional(),
  })
  .refine((value) => value.unit !== 'percent' || value.value <= 100, {
    params: { ...fault('too-large').params, values: { maximum: 100 } },
    path: ['value'],
  });
export type Target = z.output<typeof target>;

/** What came before this was asked for is still answered as it is. */
const newTarget = target.refine((value) => value.tolerance === undefined || value.operator === 'about', {
  ...fault('tolerance-without-about'),
  path: ['tolerance'],
});

const goalLink = z.strictObject({ planId: identifier, goalId: identifier });

export const createMeasure = z
  .strictObject({
    rcc: rccCode,
    title: filledText(300),
    goal: goalLink.optional(),
    kind: z.enum(measureKinds),
    numerator: text(2000).optional(),
    denominator: text(2000).optional(),
    exclusions: text(2000).optional(),
    source: filledText(500),
    direction: z.enum(['higher', 'lower', 'none']),
    target: newTarget.optional(),
    periods: z.enum(measurePeriods),
  })
  .meta({ id: 'CreateMeasure' });
export type CreateMeasure = z.output<typeof createMeasure>;

export const measureView = z
  .strictObject({
    id: identifier,
    rcc: rccCode,
    title: z.string(),
    goal: goalLink.nullable(),
    kind: z.enum(measureKinds),
    numerator: z.string().nullable(),
    denominator: z.string().nullable(),
    exclusions: z.string().nullable(),
    source: z.string(),
    direction: z.enum(['higher', 'lower', 'none']),
    target: target.nullable(),
    periods: z.enum(measurePeriods),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Measure' });
export type MeasureView = z.input<typeof measureView>;

const count = z.int().min(0).max(100_000_000);

/** Zero, missing, not applicable, suppressed and not due are five different things everywhere. */
export const observationValue = z
  .union([
    z
      .strictObject({ numerator: count, denominator: count })
      .refine((value) => value.numerator <= value.denominator, {
        ...fault('numerator-above-denominator'),
        path: ['numerator'],
      }),
    z.strictObject({ count }),
    z.strictObject({ level: z.number().min(-1_000_000).max(1_000_000) }),
    z.strictObject({ yesNo: z.boolean(), evidence: text(5000).optional() }),
    z.strictObject({
      state: z.enum(['missing', 'notApplicable', 'suppressed', 'notDue', 'waived']),
      reason: filledText(1000),
    }),
  ])
  .meta({ id: 'ObservationValue' });
export type ObservationValue = z.output<typeof observationValue>;

const observed = { measureId: identifier, unit: rccCode, period, value: observationValue };

export const recordObservation = z.strictObject(observed).meta({ id: 'RecordObservation' });
export type RecordObservation = z.output<typeof recordObservation>;

export const correctObservation = z
  .strictObject({ ...observed, reason: filledText(2000) })
  .meta({ id: 'CorrectObservation' });
export type CorrectObservation = z.output<typeof correctObservation>;

const observationVersion = z.strictObject({
  version: z.int(),
  value: observationValue,
  recordedAt: instant,
  recordedBy: z.string().meta({ personal: true }),
  reason: z.string().nullable(),
});

export const observationView = z
  .strictObject({
    id: identifier,
    ...observed,
    version: z.int(),
    /** What was reported then, oldest first; nothing is overwritten. */
    versions: z.array(observationVersion),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Observation' });
export type ObservationView = z.input<typeof observationView>;

export const measureOutcomes = [
  'met',
  'metUncertain',
  'notMet',
  'undetermined',
  'noTarget',
  'noValue',
] as const;
export type MeasureOutcome = (typeof measureOutcomes)[number];

export const measureAssessmentView = z
  .strictObject({
    measureId: identifier,
    unit: rccCode,
    period: period.nullable(),
    value: observationValue.nullable(),
    estimate: z.number().nullable(),
    interval: z
      .strictObject({ level: z.number(), method: z.literal('wilson'), low: z.number(), high: z.number() })
      .nullable(),
    outcome: z.enum(measureOutcomes),
    sentence: z.string(),
  })
  .meta({ id: 'MeasureAssessment' });
export type MeasureAssessmentView = z.input<typeof measureAssessmentView>;

const service = 'follow-ups' as const;

export const listMeasures = endpoint({
  service,
  name: 'measures.list',
  right: { resource: 'measure', command: 'read' },
  method: 'GET',
  path: '/measures',
  tag: 'measures',
  summary: 'Mått som jag får se',
  query: z.strictObject({
    ...paging,
    rcc: rccCode.optional(),
    planId: identifier.optional(),
    goalId: identifier.optional(),
    sort: z.enum(['createdAt', '-createdAt', 'title', '-title']).default('-createdAt'),
  }),
  reply: pageOf(measureView).meta({ id: 'MeasurePage' }),
});

export const getMeasure = endpoint({
  service,
  name: 'measures.get',
  right: { resource: 'measure', command: 'read' },
  method: 'GET',
  path: '/measures/:id',
  tag: 'measures',
  summary: 'Ett mått',
  params: idParams,
  reply: measureView,
  problems: ['not-found'],
});

export const createMeasureEndpoint = endpoint({
  service,
  name: 'measures.create',
  right: { resource: 'measure', command: 'create' },
  method: 'POST',
  path: '/measures',
  tag: 'measures',
  location: '/measures/:id',
  summary: 'Definiera ett mått',
  body: createMeasure,
  reply: measureView,
  problems: ['forbidden'],
});

export const listObservations = endpoint({
  service,
  name: 'observations.list',
  right: { resource: 'observation', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/observations',
  tag: 'observations',
  summary: 'Mätningar som jag får se',
  query: z.strictObject({
    ...paging,
    measureId: identifier.optional(),
    unit: rccCode.optional(),
    sort: z.enum(['periodFrom', '-periodFrom']).default('-periodFrom'),
  }),
  reply: pageOf(observationView).meta({ id: 'ObservationPage' }),
});

export const getObservation = endpoint({
  service,
  name: 'observations.get',
  right: { resource: 'observation', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/observations/:id',
  tag: 'observations',
  summary: 'En mätning med alla sina versioner',
  params: idParams,
  reply: observationView,
  problems: ['not-found'],
});

export const recordObservationEndpoint = endpoint({
  service,
  name: 'observations.record',
  right: { resource: 'observation', command: 'create' },
  method: 'POST',
  path: '/observations',
  tag: 'observations',
  location: '/observations/:id',
  summary: 'Rapportera en mätning',
  body: recordObservation,
  reply: observationView,
  problems: ['forbidden', 'already-exists'],
});

export const correctObservationEndpoint = endpoint({
  service,
  name: 'observations.correct',
  right: { resource: 'observation', command: 'correction' },
  method: 'POST',
  path: '/observations/:id/correction',
  tag: 'observations',
  summary: 'Rätta en mätning; det tidigare värdet finns kvar',
  params: idParams,
  body: correctObservation,
  reply: observationView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'not-found'],
});

export const listMeasureAssessments = endpoint({
  service,
  name: 'assessments.list',
  right: { resource: 'observation', command: 'read' },
  method: 'GET',
  path: '/assessments',
  tag: 'assessments',
  summary: 'Mätningarna mot målet, med osäkerhet',
  query: z.strictObject({ ...paging, measureId: identifier }),
  reply: pageOf(measureAssessmentView).meta({ id: 'MeasureAssessmentPage' }),
  problems: ['not-found'],
});
