import { z } from 'zod';
import { endpoint, rpc } from './endpoint.ts';
import {
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
import { publicJwk, registeredJwk } from './public-jwk.ts';
import { scopes } from './rights.ts';

const scope = z.enum(scopes);
const scopeList = z
  .array(scope)
  .min(1)
  .max(scopes.length)
  .refine((values) => new Set(values).size === values.length, fault('repeated-value'));

const clientFields = {
  name: filledText(200),
  /** Functional mailbox of those who run the system. */
  email: email.nullable(),
  scopes: scopeList,
};

/** A system of one region, or of one RCC. */
export const createApiClient = z
  .strictObject({
    ...clientFields,
    email: clientFields.email.default(null),
    region: regionCode.optional(),
    rcc: rccCode.optional(),
  })
  .refine((value) => value.region !== undefined || value.rcc !== undefined, {
    ...fault('one-place-required'),
    path: ['region'],
  })
  .refine((value) => value.region === undefined || value.rcc === undefined, {
    ...fault('one-place-required'),
    path: ['rcc'],
  })
  .meta({ id: 'CreateApiClient' });
export type CreateApiClient = z.output<typeof createApiClient>;

export const changeApiClient = z.strictObject(clientFields).partial().meta({ id: 'ChangeApiClient' });
export type ChangeApiClient = z.output<typeof changeApiClient>;

/** At most this many keys of a client are alive at once: the old one and the new one while keys are changed. */
export const keysAtOnce = 2;

export const addClientKey = z
  .strictObject({
    jwk: publicJwk,
    validFrom: instant.optional(),
    validTo: instant.optional(),
  })
  .refine(
    ({ validFrom, validTo }) =>
      validFrom === undefined || validTo === undefined || Date.parse(validFrom) < Date.parse(validTo),
    { ...fault('period-reversed'), path: ['validTo'] },
  )
  .meta({ id: 'AddClientKey' });
export type AddClientKey = z.output<typeof addClientKey>;

export const keyStates = ['upcoming', 'active', 'ended'] as const;

const keyView = z.strictObject({
  jwk: registeredJwk,
  validFrom: instant.nullable(),
  validTo: instant.nullable(),
  addedAt: instant,
  endedAt: instant.nullable(),
  state: z.enum(keyStates),
});

export const apiClientView = z
  .strictObject({
    id: identifier,
    /** `client_id` at the token endpoint (RFC 6749, 2.2). */
    clientId: identifier,
    /** What the system is called as an actor: in tokens, in `/me` and in every journal. */
    subject: z.string(),
    name: z.string(),
    email: email.nullable(),
    region: regionCode.nullable(),
    rcc: rccCode.nullable(),
    scopes: z.array(scope),
    keys: z.array(keyView),
    state: z.enum(['active', 'ended']),
    ending: z
      .strictObject({
        reason: z.string().meta({ personal: true }),
        at: instant,
        by: z.string().meta({ personal: true }),
      })
      .nullable(),
    rccs: z.array(rccCode),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ApiClient' });
export type ApiClientView = z.input<typeof apiClientView>;

const reason = z.strictObject({ reason: filledText(2000) });

const service = 'directory' as const;
const tag = 'api-clients';

export const listApiClients = endpoint({
  service,
  name: 'apiClients.list',
  right: { resource: 'api-client', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/api-clients',
  tag,
  summary: 'API-klienter som jag får se',
  query: z.strictObject({
    ...paging,
    rcc: rccCode.optional(),
    region: regionCode.optional(),
    state: z.enum(['active', 'ended']).optional(),
    sort: z.enum(['name', '-name', 'createdAt', '-createdAt']).default('name'),
  }),
  reply: pageOf(apiClientView).meta({ id: 'ApiClientPage' }),
});

export const getApiClient = endpoint({
  service,
  name: 'apiClients.get',
  right: { resource: 'api-client', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/api-clients/:id',
  tag,
  summary: 'En API-klient med sina öppna nycklar',
  params: idParams,
  reply: apiClientView,
  problems: ['not-found'],
});

export const createApiClientEndpoint = endpoint({
  service,
  name: 'apiClients.create',
  right: { resource: 'api-client', command: 'create' },
  method: 'POST',
  path: '/api-clients',
  tag,
  location: '/api-clients/:id',
  summary: 'Lägg upp en regions eller ett RCC:s system som API-klient',
  body: createApiClient,
  reply: apiClientView,
  problems: ['forbidden'],
});

export const changeApiClientEndpoint = endpoint({
  service,
  name: 'apiClients.change',
  right: { resource: 'api-client', command: 'edit' },
  method: 'PATCH',
  path: '/api-clients/:id',
  tag,
  summary: 'Ändra namn, kontakt eller behörighetsomfång',
  params: idParams,
  body: changeApiClient,
  reply: apiClientView,
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const endApiClient = endpoint({
  service,
  name: 'apiClients.end',
  right: { resource: 'api-client', command: 'ending' },
  method: 'POST',
  path: '/api-clients/:id/ending',
  tag,
  summary: 'Avsluta klienten genast, med alla dess nycklar',
  params: idParams,
  body: reason.meta({ id: 'EndApiClient' }),
  reply: apiClientView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

export const addClientKeyEndpoint = endpoint({
  service,
  name: 'apiClients.addKey',
  right: { resource: 'api-client', command: 'edit' },
  method: 'POST',
  path: '/api-clients/:id/keys',
  tag,
  summary: 'Lägg till en öppen nyckel; högst två gäller samtidigt',
  params: idParams,
  body: addClientKey,
  reply: apiClientView,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict', 'too-many-keys'],
});

export const endClientKey = endpoint({
  service,
  name: 'apiClients.endKey',
  right: { resource: 'api-client', command: 'edit' },
  method: 'POST',
  path: '/api-clients/:id/keys/:kid/ending',
  tag,
  summary: 'Avsluta en nyckel genast',
  params: z.strictObject({ id: identifier, kid: publicJwk.shape.kid }),
  body: reason.meta({ id: 'EndClientKey' }),
  reply: apiClientView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'not-found', 'state-conflict'],
});

/** What the token endpoint checks a client's assertion against (RFC 7523). Null: unknown or ended. */
export const apiClientKeys = rpc({
  service,
  name: 'apiClients.keys',
  callers: ['gateway'],
  request: z.strictObject({ clientId: z.string().max(255) }),
  reply: z.strictObject({
    client: z
      .strictObject({ subject: z.string(), scopes: z.array(scope), keys: z.array(registeredJwk) })
      .nullable(),
  }),
});

/** Marks an assertion as used, for all replicas. `fresh`: it had not been used before. */
export const useAssertion = rpc({
  service,
  name: 'apiClients.useAssertion',
  callers: ['gateway'],
  writes: true,
  request: z.strictObject({
    clientId: z.string().max(255),
    jti: z.string().min(1).max(255),
    /** Until when the assertion could be used again, were it not remembered. */
    expiresAt: instant,
  }),
  reply: z.strictObject({ fresh: z.boolean() }),
});
