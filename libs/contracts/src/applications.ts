import { z } from 'zod';
import { endpoint, rpc } from './endpoint.ts';
import { historyPage } from './history.ts';
import { paymentView, requisitionView } from './payments.ts';
import {
  civilDay,
  email,
  filledText,
  idParams,
  identifier,
  instant,
  money,
  pageOf,
  paging,
  period,
  rccCode,
  regionCode,
  slug,
  text,
} from './primitives.ts';
import { type Command } from './rights.ts';

export const budgetLines = [
  'salary',
  'travel',
  'equipment',
  'services',
  'training',
  'premises',
  'other',
] as const;

const contact = z.strictObject({ name: filledText(200).meta({ personal: true }), email });

const aim = z.strictObject({
  text: filledText(2000),
  indicator: text(1000).optional(),
  baseline: text(1000).optional(),
  target: text(1000).optional(),
  goalRef: text(200).optional(),
});

const budgetRow = z.strictObject({
  line: z.enum(budgetLines),
  year: z.int().min(2000).max(2100),
  amount: money,
  note: text(1000).optional(),
});

const coFunding = z.strictObject({ source: filledText(200), amount: money });

/** A draft may be incomplete; what is there must be well formed. Long texts: about ten printed pages. */
const applicationFields = {
  themeId: slug,
  unit: filledText(200),
  title: filledText(200),
  contact,
  summary: text(5000),
  need: text(30_000),
  aims: z.array(aim).max(50),
  method: text(30_000),
  period,
  budget: z.array(budgetRow).max(200),
  coFunding: z.array(coFunding).max(50),
  patientInvolvement: text(10_000),
  spreading: text(10_000),
  afterFunding: text(10_000),
};

export const createApplication = z
  .strictObject({
    callId: identifier,
    region: regionCode,
    ...z.strictObject(applicationFields).partial().shape,
  })
  .meta({ id: 'CreateApplication' });
export type CreateApplication = z.output<typeof createApplication>;

/** `null` empties a field. */
export const changeApplication = z
  .strictObject(
    Object.fromEntries(
      Object.entries(applicationFields).map(([name, schema]) => [name, schema.nullable().optional()]),
    ) as {
      [K in keyof typeof applicationFields]: z.ZodOptional<z.ZodNullable<(typeof applicationFields)[K]>>;
    },
  )
  .meta({ id: 'ChangeApplication' });
export type ChangeApplication = z.output<typeof changeApplication>;

export const applicationStates = [
  'draft',
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
export type ApplicationState = (typeof applicationStates)[number];

export const applicationView = z
  .strictObject({
    id: identifier,
    reference: z.string().nullable(),
    state: z.enum(applicationStates),
    callId: identifier,
    region: regionCode,
    rcc: rccCode,
    ...z.strictObject(applicationFields).partial().shape,
    themeId: slug.nullable(),
    unit: z.string().nullable(),
    title: z.string().nullable(),
    requested: money,
    granted: money.nullable(),
    submittedAt: instant.nullable(),
    signedOff: z.strictObject({ by: z.string().meta({ personal: true }), at: instant }).nullable(),
    decision: z
      .strictObject({
        outcome: z.enum(['granted', 'rejected']),
        amount: money.nullable(),
        reason: z.string(),
        conditions: z.array(z.strictObject({ text: z.string(), dueOn: civilDay.optional() })),
        decidedOn: civilDay,
        decidedBy: z.string().meta({ personal: true }),
      })
      .nullable(),
    acceptance: z.strictObject({ accepted: z.boolean(), at: instant }).nullable(),
    withdrawal: z.strictObject({ reason: z.string(), at: instant }).nullable(),
    requisitions: z.array(requisitionView),
    payments: z.array(paymentView),
    /** Sum of the requisitions that were neither withdrawn nor rejected: at most what was granted. */
    requisitioned: money,
    /** Sum of the attested payments. */
    paid: money,
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Application' });
export type ApplicationView = z.input<typeof applicationView>;

const faultView = z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() });

export const submissionCheckView = z
  .strictObject({ ready: z.boolean(), errors: z.array(faultView) })
  .meta({ id: 'SubmissionCheck' });

export const recommendations = ['grant', 'partial', 'reject'] as const;

export const assess = z
  .strictObject({
    scores: z
      .array(
        z.strictObject({ criterion: slug, score: z.int().min(0).max(100), reason: text(5000).default('') }),
      )
      .max(50),
    recommendation: z.enum(recommendations),
    recommendedAmount: money.optional(),
    comment: text(10_000).optional(),
  })
  .meta({ id: 'Assess' });
export type Assess = z.output<typeof assess>;

export const assessmentView = z
  .strictObject({
    id: identifier,
    applicationId: identifier,
    assessor: z.string().meta({ personal: true }),
    scores: z.array(z.strictObject({ criterion: slug, score: z.int(), reason: z.string() })),
    recommendation: z.enum(recommendations),
    recommendedAmount: money.nullable(),
    comment: z.string().nullable(),
    assessedAt: instant,
    version: z.int(),
  })
  .meta({ id: 'Assessment' });
export type AssessmentView = z.input<typeof assessmentView>;

const tag = 'applications';
const service = 'applications' as const;

const command = <B extends z.ZodType>(definition: {
  name: string;
  noun: Command;
  summary: string;
  body: B;
  problems?: Parameters<typeof endpoint>[0]['problems'];
}) =>
  endpoint({
    service,
    name: `applications.${definition.name}`,
    right: { resource: 'application', command: definition.noun },
    method: 'POST',
    path: `/applications/:id/${definition.noun}`,
    tag,
    summary: definition.summary,
    params: idParams,
    body: definition.body,
    reply: applicationView,
    status: 200,
    precondition: 'optional',
    problems: ['forbidden', 'not-found', 'state-conflict', ...(definition.problems ?? [])],
  });

export const listApplications = endpoint({
  service,
  name: 'applications.list',
  right: { resource: 'application', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/applications',
  tag,
  summary: 'Ansökningar som jag får se',
  query: z.strictObject({
    ...paging,
    callId: identifier.optional(),
    themeId: slug.optional(),
    region: regionCode.optional(),
    rcc: rccCode.optional(),
    state: z.enum(applicationStates).optional(),
    reference: z.string().max(40).optional(),
    sort: z
      .enum([
        'createdAt',
        '-createdAt',
        'submittedAt',
        '-submittedAt',
        'reference',
        '-reference',
        'title',
        '-title',
      ])
      .default('-createdAt'),
  }),
  reply: pageOf(applicationView).meta({ id: 'ApplicationPage' }),
});

export const getApplication = endpoint({
  service,
  name: 'applications.get',
  right: { resource: 'application', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/applications/:id',
  tag,
  summary: 'En ansökan',
  params: idParams,
  reply: applicationView,
  problems: ['not-found'],
});

export const createApplicationEndpoint = endpoint({
  service,
  name: 'applications.create',
  right: { resource: 'application', command: 'create' },
  method: 'POST',
  path: '/applications',
  tag,
  location: '/applications/:id',
  summary: 'Skapa en ansökan som utkast',
  body: createApplication,
  reply: applicationView,
  problems: ['forbidden', 'state-conflict', 'call-closed'],
});

export const changeApplicationEndpoint = endpoint({
  service,
  name: 'applications.change',
  right: { resource: 'application', command: 'edit' },
  method: 'PATCH',
  path: '/applications/:id',
  tag,
  summary: 'Ändra ett utkast; en signering faller',
  params: idParams,
  body: changeApplication,
  reply: applicationView,
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const checkSubmission = endpoint({
  service,
  name: 'applications.check',
  right: { resource: 'application', command: 'read' },
  method: 'GET',
  path: '/applications/:id/submission-check',
  tag,
  summary: 'Allt som ännu hindrar inlämning',
  params: idParams,
  reply: submissionCheckView,
  problems: ['not-found'],
});

export const signOffApplication = command({
  name: 'signOff',
  noun: 'sign-off',
  summary: 'Verksamhetschefen signerar',
  body: z.strictObject({}),
});

export const submitApplication = command({
  name: 'submit',
  noun: 'submission',
  summary: 'Lämna in ansökan',
  body: z.strictObject({}),
  problems: ['call-closed', 'call-not-open', 'not-ready-for-submission'],
});

export const withdrawApplication = command({
  name: 'withdraw',
  noun: 'withdrawal',
  summary: 'Återkalla ansökan',
  body: z.strictObject({ reason: filledText(2000) }).meta({ id: 'WithdrawApplication' }),
  problems: ['already-decided'],
});

export const declareConflict = command({
  name: 'declareConflict',
  noun: 'conflict-declaration',
  summary: 'Anmäl jäv',
  body: z.strictObject({ reason: filledText(2000) }).meta({ id: 'DeclareConflict' }),
});

export const acceptGrant = command({
  name: 'accept',
  noun: 'acceptance',
  summary: 'Tacka ja eller nej till beviljade medel',
  body: z.strictObject({ accepted: z.boolean(), comment: text(2000).optional() }).meta({ id: 'AcceptGrant' }),
});

export const assessApplication = endpoint({
  service,
  name: 'applications.assess',
  right: { resource: 'application', command: 'assessments' },
  method: 'POST',
  path: '/applications/:id/assessments',
  tag,
  summary: 'Lämna eller ändra min bedömning',
  params: idParams,
  body: assess,
  reply: assessmentView,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict', 'conflict-of-interest'],
});

export const listAssessments = endpoint({
  service,
  name: 'applications.assessments',
  right: { resource: 'assessment', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/applications/:id/assessments',
  tag,
  summary: 'Bedömningar av ansökan',
  params: idParams,
  query: z.strictObject(paging),
  reply: pageOf(assessmentView).meta({ id: 'AssessmentPage' }),
  problems: ['forbidden', 'not-found'],
});

export const getApplicationHistory = endpoint({
  service,
  name: 'applications.history',
  right: { resource: 'application', command: 'history' },
  readsPersonalData: true,
  method: 'GET',
  path: '/applications/:id/history',
  tag,
  summary: 'Allt som hänt med ansökan: vem, när, i vilken roll, vad',
  params: idParams,
  query: z.strictObject(paging),
  reply: historyPage,
  problems: ['forbidden', 'not-found'],
});

/** What a mail about an application must say and to whom. */
export const applicationNotice = z.strictObject({
  id: identifier,
  reference: z.string().nullable(),
  state: z.enum(applicationStates),
  title: z.string().nullable(),
  region: regionCode,
  rcc: rccCode,
  unit: z.string().nullable(),
  contact: contact.nullable(),
  /** Actor id of who signed last. */
  signedBy: z.string().meta({ personal: true }).nullable(),
  submittedAt: instant.nullable(),
  requested: money,
  callId: identifier,
  callTitle: z.string(),
  decision: applicationView.shape.decision,
  acceptBy: civilDay.nullable(),
  /** Reports that a grant brings with it. */
  reporting: z
    .array(z.strictObject({ kind: z.enum(['interim', 'final', 'financial']), dueOn: civilDay }))
    .optional(),
});

/** Applications that one question may be about. */
export const noticesAtOnce = 25;

/**
 * Notices of applications, in no order; those unknown are left out. Asked by `notifications` right before
 * sending, since events on the bus carry no names or addresses.
 */
export const applicationNotices = rpc({
  service,
  name: 'applications.notices',
  callers: ['notifications'],
  request: z.strictObject({ ids: z.array(identifier).min(1).max(noticesAtOnce) }),
  reply: z.strictObject({ notices: z.array(applicationNotice) }),
});

/** What a mail about a call must say. */
export const noticeOfCall = rpc({
  service,
  name: 'calls.notice',
  callers: ['notifications'],
  request: z.strictObject({ id: identifier }),
  reply: z.strictObject({
    id: identifier,
    title: z.string(),
    rcc: rccCode,
    closesOn: civilDay,
    state: z.string(),
  }),
});
