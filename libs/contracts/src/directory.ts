import { z } from 'zod';
import { assignment } from './actor.ts';
import { endpoint, rpc } from './endpoint.ts';
import {
  civilDay,
  fault,
  filledText,
  idParams,
  identifier,
  instant,
  pageOf,
  paging,
  rccCode,
  rccCodes,
  regionCode,
  regionCodes,
  slug,
} from './primitives.ts';

export const organisationKinds = ['rcc', 'region', 'national'] as const;

/** Code of the one organisation that is held for the whole nation. */
export const nationalCode = 'nationell';

/** The codes that an organisation of a kind may have. */
export const organisationCodes: Readonly<Record<(typeof organisationKinds)[number], readonly string[]>> = {
  rcc: rccCodes,
  region: regionCodes,
  national: [nationalCode],
};

/** First and last day, both included; `to` null: until further notice. */
export const dated = { from: civilDay, to: civilDay.nullable().default(null) };

export function inOrder(value: { readonly from: string; readonly to: string | null }): boolean {
  return value.to === null || value.from <= value.to;
}
export const reversed = { ...fault('period-reversed'), path: ['to'] };

const membership = z
  .strictObject({
    rcc: rccCode,
    ...dated,
    /** Empty: the whole region. Halland is split between two RCC by municipality. */
    municipalities: z.array(filledText(100)).max(50).default([]),
  })
  .refine(inOrder, reversed);
const memberships = z.array(membership).max(100);
const membershipView = z.strictObject({
  rcc: rccCode,
  from: civilDay,
  to: civilDay.nullable(),
  municipalities: z.array(z.string()),
});

const step = z.strictObject({
  kind: z.enum(['consultation', 'preparation', 'decision']),
  by: filledText(200),
  /** Decided together with the other joint steps: none of them alone is enough. */
  jointly: z.literal(true).optional(),
});

/**
 * How an RCC comes to decide on the childhood cancer money, in order: the six differ. Where no applications
 * are taken, money is shared out by a key and no call can be opened.
 */
export const decisionRoute = z
  .strictObject({
    takesApplications: z.boolean(),
    steps: z
      .array(step)
      .min(1)
      .max(20)
      .refine((steps) => steps.at(-1)?.kind === 'decision', fault('route-without-decision')),
  })
  .meta({ id: 'DecisionRoute' });
export type DecisionRoute = z.output<typeof decisionRoute>;

export const createOrganisation = z
  .strictObject({
    kind: z.enum(organisationKinds),
    code: slug,
    name: filledText(200),
    memberships: memberships.default([]),
    decisionRoute: decisionRoute.nullable().default(null),
  })
  .superRefine(({ kind, code }, context) => {
    const allowed = organisationCodes[kind];
    if (allowed.includes(code)) return;
    const params = { fault: 'not-allowed-value', values: { allowed: allowed.join(', ') } };
    context.addIssue({ code: 'custom', path: ['code'], params });
  })
  .meta({ id: 'CreateOrganisation' });
export type CreateOrganisation = z.output<typeof createOrganisation>;

export const changeOrganisation = z
  .strictObject({ name: filledText(200), memberships, decisionRoute })
  .partial()
  .meta({ id: 'ChangeOrganisation' });
export type ChangeOrganisation = z.output<typeof changeOrganisation>;

export const organisationView = z
  .strictObject({
    id: identifier,
    kind: z.enum(organisationKinds),
    code: z.string(),
    name: z.string(),
    memberships: z.array(membershipView),
    decisionRoute: decisionRoute.nullable(),
    /** The RCC to which the organisation, or a part of it, belongs today. */
    rccs: z.array(rccCode),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Organisation' });
export type OrganisationView = z.input<typeof organisationView>;

export const meView = z
  .strictObject({
    id: z.string().meta({ personal: true }),
    kind: z.enum(['person', 'system']),
    name: z.string().meta({ personal: true }),
    roles: z.array(assignment),
    units: z.array(z.strictObject({ kind: z.enum(organisationKinds), code: z.string(), name: z.string() })),
    employers: z.array(regionCode),
  })
  .meta({ id: 'Me' });
export type MeView = z.input<typeof meView>;

const service = 'directory' as const;
const tag = 'organisations';

export const getMe = endpoint({
  service,
  name: 'me.get',
  right: 'everybody',
  method: 'GET',
  path: '/me',
  tag: 'me',
  summary: 'Vem jag är, mina roller, mina enheter',
  reply: meView,
});

/** What applied, or will apply, on a day: the memberships tell all of it, this picks and answers by that day. */
const on = civilDay
  .optional()
  .meta({ description: 'Dag som rcc gäller för, i frågan och i svaret; utan: i dag, och allt som varit' });

export const listOrganisations = endpoint({
  service,
  name: 'organisations.list',
  right: { resource: 'organisation', command: 'read' },
  method: 'GET',
  path: '/organisations',
  tag,
  summary: 'RCC, regioner och den nationella nivån',
  query: z.strictObject({
    ...paging,
    kind: z.enum(organisationKinds).optional(),
    rcc: rccCode.optional(),
    on,
    sort: z.enum(['name', '-name']).default('name'),
  }),
  reply: pageOf(organisationView).meta({ id: 'OrganisationPage' }),
});

export const getOrganisation = endpoint({
  service,
  name: 'organisations.get',
  right: { resource: 'organisation', command: 'read' },
  method: 'GET',
  path: '/organisations/:id',
  tag,
  summary: 'En organisation med sina tillhörigheter och sin beslutsväg',
  params: idParams,
  query: z.strictObject({ on }),
  reply: organisationView,
  problems: ['not-found'],
});

export const createOrganisationEndpoint = endpoint({
  service,
  name: 'organisations.create',
  right: { resource: 'organisation', command: 'create' },
  method: 'POST',
  path: '/organisations',
  tag,
  location: '/organisations/:id',
  summary: 'Lägg upp en organisation',
  body: createOrganisation,
  reply: organisationView,
  problems: ['forbidden', 'already-exists'],
});

export const changeOrganisationEndpoint = endpoint({
  service,
  name: 'organisations.change',
  right: { resource: 'organisation', command: 'edit' },
  method: 'PATCH',
  path: '/organisations/:id',
  tag,
  summary: 'Ändra namn, tillhörigheter eller beslutsväg',
  params: idParams,
  body: changeOrganisation,
  reply: organisationView,
  problems: ['forbidden', 'not-found'],
});

/** Regions that belong to an RCC on a day. */
export const regionsOfRcc = rpc({
  service,
  name: 'organisations.regionsOfRcc',
  callers: ['applications'],
  request: z.strictObject({ rcc: rccCode, on: civilDay }),
  reply: z.strictObject({ regions: z.array(regionCode) }),
});

/** How an RCC decides, and whether it takes applications at all. Errors: `not-found` where no route is recorded. */
export const decisionRouteOf = rpc({
  service,
  name: 'organisations.decisionRoute',
  callers: ['applications'],
  request: z.strictObject({ rcc: rccCode }),
  reply: decisionRoute,
});
