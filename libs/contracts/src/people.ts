import { z } from 'zod';
import { actor, role } from './actor.ts';
import { dated, inOrder, reversed } from './directory.ts';
import { endpoint, rpc } from './endpoint.ts';
import { holdsPersonalIdentityNumber } from './personal-identity-number.ts';
import {
  civilDay,
  email,
  fault,
  filledText,
  idParams,
  identifier,
  instant,
  pageOf,
  paging,
  rccCode,
  regionCode,
} from './primitives.ts';

/**
 * Prefixes of what acts here without being a person: a person of that name could be taken for it. The
 * token checks must refuse them from any other issuer than the product itself.
 */
export const reservedSubjects = ['client:', 'service:'] as const;

/** Characters that the name by which an issuer knows somebody may have (OpenID Connect Core 1.0, 2). */
export const longestSubject = 255;

/** The identity provider's `sub`, in ASCII characters. */
const subject = z
  .string()
  .max(longestSubject)
  .regex(/^[\x21-\x7e]+$/)
  .refine((value) => !reservedSubjects.some((prefix) => value.startsWith(prefix)), fault('reserved-subject'))
  // Some identity providers call people by it. Digits in a UUID, which mean nothing, are let through.
  .refine(
    (value) => !(/^[\d+-]+$/.test(value) && holdsPersonalIdentityNumber(value)),
    fault('personal-identity-number'),
  );

export const personKinds = ['person', 'system'] as const;

/** Where somebody works, or which organisation answers for a system. */
const employer = z.union([
  z.strictObject({ region: regionCode, ...dated }).refine(inOrder, reversed),
  z.strictObject({ rcc: rccCode, ...dated }).refine(inOrder, reversed),
]);
const employers = z.array(employer).max(50);
const employerView = z.strictObject({
  region: regionCode.optional(),
  rcc: rccCode.optional(),
  from: civilDay,
  to: civilDay.nullable(),
});

/** Work contact only: no other personal data belongs here. */
export const createPerson = z
  .strictObject({
    subject,
    kind: z.enum(personKinds).default('person'),
    name: filledText(200).meta({ personal: true }),
    email: email.nullable().default(null),
    employers: employers.default([]),
    to: civilDay.nullable().default(null),
  })
  .meta({ id: 'CreatePerson' });
export type CreatePerson = z.output<typeof createPerson>;

export const changePerson = z
  .strictObject({
    name: filledText(200).meta({ personal: true }),
    email: email.nullable(),
    employers,
    /** Last day; yesterday, which is the earliest, takes effect at once. */
    to: civilDay.nullable(),
  })
  .partial()
  .meta({ id: 'ChangePerson' });
export type ChangePerson = z.output<typeof changePerson>;

export const personView = z
  .strictObject({
    id: identifier,
    subject: z.string().meta({ personal: true }),
    kind: z.enum(personKinds),
    name: z.string().meta({ personal: true }),
    email: email.nullable(),
    employers: z.array(employerView),
    to: civilDay.nullable(),
    /** The RCC to which the person belongs today, by employers and roles. */
    rccs: z.array(rccCode),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Person' });
export type PersonView = z.input<typeof personView>;

const service = 'directory' as const;
const tag = 'people';

export const listPeople = endpoint({
  service,
  name: 'people.list',
  right: { resource: 'person', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/people',
  tag,
  summary: 'Personer och system som jag får se',
  query: z.strictObject({
    ...paging,
    kind: z.enum(personKinds).optional(),
    rcc: rccCode.optional(),
    region: regionCode.optional(),
    subject: z.string().max(longestSubject).optional(),
    sort: z.enum(['name', '-name', 'createdAt', '-createdAt']).default('name'),
  }),
  reply: pageOf(personView).meta({ id: 'PersonPage' }),
});

export const getPerson = endpoint({
  service,
  name: 'people.get',
  right: { resource: 'person', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/people/:id',
  tag,
  summary: 'En persons kontaktuppgifter i arbetet',
  params: idParams,
  reply: personView,
  problems: ['not-found'],
});

export const createPersonEndpoint = endpoint({
  service,
  name: 'people.create',
  right: { resource: 'person', command: 'create' },
  method: 'POST',
  path: '/people',
  tag,
  location: '/people/:id',
  summary: 'Lägg upp en person eller ett system',
  body: createPerson,
  reply: personView,
  problems: ['forbidden', 'already-exists'],
});

export const changePersonEndpoint = endpoint({
  service,
  name: 'people.change',
  right: { resource: 'person', command: 'edit' },
  method: 'PATCH',
  path: '/people/:id',
  tag,
  summary: 'Ändra kontaktuppgifter eller arbetsgivare, eller avsluta',
  params: idParams,
  body: changePerson,
  reply: personView,
  problems: ['forbidden', 'own-role', 'not-found'],
});

/** Who the subject of a token is here today. Null: known to its issuer, unknown or ended here. */
export const resolveActor = rpc({
  service,
  name: 'actors.resolve',
  callers: ['gateway'],
  request: z.strictObject({ subject: z.string().max(longestSubject) }),
  reply: z.strictObject({ actor: actor.nullable() }),
});

const recipient = z.strictObject({
  id: z.string().meta({ personal: true }),
  name: z.string().meta({ personal: true }),
  email,
});

/**
 * Work contacts of those who hold a role in a unit (a region or RCC code) on a day. In a region: of those who hold it
 * for the region as a whole, and with `unitDigest` also of those in that clinic, or in any, for `whole-region`
 * (libs/unit-digest).
 */
export const recipientsOf = rpc({
  service,
  name: 'people.recipients',
  callers: ['notifications'],
  request: z.strictObject({
    role,
    unit: z.string(),
    unitDigest: z.string().max(43).optional(),
    on: civilDay,
  }),
  reply: z.strictObject({ recipients: z.array(recipient) }),
});

/** Work contacts of named actors; those unknown, no longer here or without an address are left out. */
export const contactsOf = rpc({
  service,
  name: 'people.contacts',
  callers: ['notifications'],
  request: z.strictObject({ ids: z.array(z.string()).max(100) }),
  reply: z.strictObject({ recipients: z.array(recipient) }),
});
