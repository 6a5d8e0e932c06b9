import { z } from 'zod';
import { actor, assignment, role } from './actor.ts';
import { endpoint, rpc } from './endpoint.ts';
import { civilDay, email, identifier, pageOf, paging, rccCode, regionCode } from './primitives.ts';

const membership = z.strictObject({
  rcc: rccCode,
  from: civilDay,
  to: civilDay.nullable(),
  /** Empty: the whole region. Halland is split between two RCC by municipality. */
  municipalities: z.array(z.string()),
});

export const organisationView = z
  .strictObject({
    id: identifier,
    kind: z.enum(['rcc', 'region', 'national']),
    code: z.string(),
    name: z.string(),
    memberships: z.array(membership),
    decisionRoute: z.array(z.string()),
  })
  .meta({ id: 'Organisation' });
export type OrganisationView = z.input<typeof organisationView>;

export const meView = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['person', 'system']),
    name: z.string(),
    roles: z.array(assignment),
    units: z.array(
      z.strictObject({ kind: z.enum(['rcc', 'region', 'national']), code: z.string(), name: z.string() }),
    ),
    employers: z.array(regionCode),
  })
  .meta({ id: 'Me' });
export type MeView = z.input<typeof meView>;

const service = 'directory' as const;

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

export const listOrganisations = endpoint({
  service,
  name: 'organisations.list',
  right: { resource: 'organisation', command: 'read' },
  method: 'GET',
  path: '/organisations',
  tag: 'organisations',
  summary: 'RCC, regioner och den nationella nivån',
  query: z.strictObject({
    ...paging,
    kind: z.enum(['rcc', 'region', 'national']).optional(),
    rcc: rccCode.optional(),
    sort: z.enum(['name', '-name']).default('name'),
  }),
  reply: pageOf(organisationView).meta({ id: 'OrganisationPage' }),
});

/** Who the identity provider's subject is here. Null: known to the provider, unknown to us. */
export const resolveActor = rpc({
  service,
  name: 'actors.resolve',
  callers: ['gateway'],
  request: z.strictObject({ subject: z.string().max(200) }),
  reply: z.strictObject({ actor: actor.nullable() }),
});

/** Regions that belong to an RCC on a day. */
export const regionsOfRcc = rpc({
  service,
  name: 'organisations.regionsOfRcc',
  callers: ['applications'],
  request: z.strictObject({ rcc: rccCode, on: civilDay }),
  reply: z.strictObject({ regions: z.array(regionCode) }),
});

const recipient = z.strictObject({ id: z.string(), name: z.string(), email });

/** Work contacts of those who hold a role in a unit (a region or RCC code) on a day. */
export const recipientsOf = rpc({
  service,
  name: 'people.recipients',
  callers: ['notifications'],
  request: z.strictObject({ role, unit: z.string(), on: civilDay }),
  reply: z.strictObject({ recipients: z.array(recipient) }),
});

/** Work contacts of named actors; those unknown or without an address are left out. */
export const contactsOf = rpc({
  service,
  name: 'people.contacts',
  callers: ['notifications'],
  request: z.strictObject({ ids: z.array(z.string()).max(100) }),
  reply: z.strictObject({ recipients: z.array(recipient) }),
});
