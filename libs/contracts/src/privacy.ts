import { z } from 'zod';
import { actorStamp } from './actor.ts';
import { endpoint, serviceNames } from './endpoint.ts';
import { email, idParams, identifier, instant } from './primitives.ts';

/** Something that is held about somebody. */
export const personalItem = z
  .strictObject({
    source: z.strictObject({
      service: z.enum(serviceNames),
      /** Where it lies: the document itself, or its journal. */
      store: z.enum(['document', 'journal']),
      type: z.string(),
      id: identifier,
    }),
    /** Of a journal entry: its place in the chain, what happened, when, and in which role. */
    entry: z
      .strictObject({ seq: z.int(), type: z.string(), time: instant, actor: actorStamp.nullable() })
      .nullable(),
    /** Where in it, as a dotted path (empty: all of it), and what stands there. */
    fields: z.array(z.strictObject({ path: z.string(), value: z.unknown().meta({ personal: true }) })),
  })
  .meta({ id: 'PersonalDataItem' });
export type PersonalItem = z.input<typeof personalItem>;

/** Where an answer that comes in parts goes on. */
export const partPosition = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_.~-]+$/);

export const personalDataView = z
  .strictObject({
    person: z.strictObject({
      id: identifier.nullable(),
      subject: z.string().meta({ personal: true }),
      name: z.string().meta({ personal: true }),
      email: email.nullable(),
    }),
    /**
     * What was looked for. An address that the person no longer has, or that somebody else has too, is not looked
     * for: what is found by it may be another's.
     */
    soughtFor: z.strictObject({
      ids: z.array(z.string().meta({ personal: true })),
      emails: z.array(email),
    }),
    items: z.array(personalItem),
    /** Where to go on (`after`); null: this was the last part. */
    next: partPosition.nullable(),
  })
  .meta({ id: 'PersonalData' });
export type PersonalDataView = z.input<typeof personalDataView>;

const service = 'directory' as const;
const tag = 'personal-data';

/** Which part of an answer is wanted. */
export const partQuery = z.strictObject({
  after: partPosition.optional().meta({ description: '`next` i förra svaret; utan: från början' }),
});

export const getPersonalData = endpoint({
  service,
  name: 'personalData.get',
  right: { resource: 'personal-data', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/people/:id/personal-data',
  tag,
  summary: 'Allt som finns om en person, med källa, del för del',
  params: idParams,
  query: partQuery,
  reply: personalDataView,
  problems: ['forbidden', 'not-found', 'unavailable'],
});

export const getMyPersonalData = endpoint({
  service,
  name: 'personalData.mine',
  right: 'everybody',
  method: 'GET',
  path: '/me/personal-data',
  tag,
  summary: 'Allt som finns om mig, med källa, del för del',
  query: partQuery,
  readsPersonalData: true,
  reply: personalDataView,
  problems: ['unavailable'],
});
