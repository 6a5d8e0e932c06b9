import { z } from 'zod';
import { problems, type Endpoint, type ProblemCode } from '#libs/contracts';
import { apiInfo } from '../about/api-info.ts';
import { basePath } from '../http/base-path.ts';
import { endpoints } from './endpoints.ts';
import { SchemaCollector } from './schemas.ts';

type Json = Record<string, unknown>;

export interface OpenApiDocument extends Json {
  readonly openapi: string;
  readonly info: Json;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> } & Json;
}

export interface OpenApiOperation extends Json {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

const tagTexts: Readonly<Record<string, string>> = {
  applications: 'Ansökningar om stimulansmedel',
  assessments: 'Mätningar bedömda mot sina mål',
  calls: 'Utlysningar med ramar, rangordning och beslut',
  'dead-letters': 'Händelser som en tjänst inte kunde ta emot',
  deadlines: 'Tidsfrister och deras påminnelser',
  me: 'Den som anropar',
  measures: 'Mått',
  notifications: 'Utskick',
  observations: 'Mätningar',
  organisations: 'RCC, regioner och den nationella nivån',
  plans: 'Planer med mål och aktiviteter',
};

/** Problems that any operation can meet, whatever its contract says. */
const everywhere: readonly ProblemCode[] = [
  'not-authenticated',
  'forbidden',
  'invalid-input',
  'internal-error',
  'unavailable',
];

/** The OpenAPI 3.1 document, made of the contracts alone. */
export function buildOpenApi(contracts: readonly Endpoint[] = endpoints): OpenApiDocument {
  const schemas = new SchemaCollector();
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const contract of contracts) {
    const path = contract.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[contract.method.toLowerCase()] = operationOf(contract, schemas);
  }
  const tags = [...new Set(contracts.map(({ tag }) => tag))].toSorted();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Insats',
      version: apiInfo.apiVersion,
      summary: 'Planer, uppföljning och stimulansmedel för landets regionala cancercentrum',
      description: introduction,
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      contact: { name: 'Förvaltningen av Insats', email: 'insats@insats.example' },
    },
    servers: [{ url: basePath, description: 'Denna installation' }],
    tags: tags.map((name) => ({ name, description: tagTexts[name] ?? name })),
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: { ...sorted(schemas.components), Problem: problemSchema },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Åtkomstbiljett (OAuth 2)',
        },
      },
      headers: responseHeaders,
    },
  };
}

const introduction = `Alla svar är JSON i UTF-8. Dagar är civila dagar i Europe/Stockholm, tider RFC 3339 i UTC, belopp decimaltal som text.
Läsning svarar med ETag; den som ändrar skickar den i If-Match. Skapande och kommandon tar Idempotency-Key: samma nyckel och
samma innehåll ger samma resultat en gång. Fel är application/problem+json (RFC 9457) med fältet code; alla fel i ett innehåll
räknas upp i errors. Okända fält och parametrar tas inte emot. Accept-Language: en ger engelska feltexter.`;

function operationOf(contract: Endpoint, schemas: SchemaCollector): OpenApiOperation {
  return {
    operationId: operationId(contract),
    summary: contract.summary,
    tags: [contract.tag],
    parameters: parametersOf(contract, schemas),
    ...(contract.method !== 'GET' && { requestBody: bodyOf(contract, schemas) }),
    responses: responsesOf(contract, schemas),
  };
}

/** `calls.create` → `callsCreate`; dead letters exist in several services. */
function operationId(contract: Endpoint): string {
  const name = contract.tag === 'dead-letters' ? `${contract.service}.${contract.name}` : contract.name;
  return name.replace(/[.-](\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function parametersOf(contract: Endpoint, schemas: SchemaCollector): Json[] {
  const of = (schema: z.ZodType, place: 'path' | 'query'): Json[] =>
    Object.entries((schema as z.ZodObject).shape).map(([name, inner]) => ({
      name,
      in: place,
      required: place === 'path' || !(inner as z.ZodType).safeParse(undefined).success,
      schema: schemas.schemaOf(inner as z.ZodType, 'input'),
    }));
  const headers: Json[] = [];
  if (contract.precondition !== 'none') {
    headers.push({
      name: 'If-Match',
      in: 'header',
      required: contract.precondition === 'required',
      description: 'ETag från senaste läsningen',
      schema: { type: 'string', examples: ['"3"'] },
    });
  }
  if (contract.method !== 'GET') {
    headers.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Anroparens egen nyckel: ett upprepat anrop utförs en gång',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    });
  }
  headers.push({
    name: 'Accept-Language',
    in: 'header',
    required: false,
    description: 'en ger engelska feltexter, annars svenska',
    schema: { type: 'string', examples: ['en'] },
  });
  return [...of(contract.params, 'path'), ...of(contract.query, 'query'), ...headers];
}

function bodyOf(contract: Endpoint, schemas: SchemaCollector): Json {
  const isEmpty = Object.keys((contract.body as z.ZodObject).shape ?? { content: true }).length === 0;
  return {
    required: !isEmpty,
    content: { 'application/json': { schema: schemas.schemaOf(contract.body, 'input') } },
  };
}

function responsesOf(contract: Endpoint, schemas: SchemaCollector): Record<string, Json> {
  const success: Json = {
    description: contract.summary,
    headers: {
      ETag: { $ref: '#/components/headers/ETag' },
      ...(contract.location !== undefined && { Location: { $ref: '#/components/headers/Location' } }),
      ...(contract.method !== 'GET' && {
        'Idempotent-Replayed': { $ref: '#/components/headers/Idempotent-Replayed' },
      }),
    },
    content: { 'application/json': { schema: schemas.schemaOf(contract.reply, 'output') } },
  };
  const codes = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(contract)) {
    const { status } = problems[code];
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  const refusals = [...codes.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `\`${code}\`: ${problems[code].title.sv}`).join('. '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]);
  return { [String(contract.status)]: success, ...(Object.fromEntries(refusals) as Record<string, Json>) };
}

function problemsOf(contract: Endpoint): Set<ProblemCode> {
  const codes = new Set<ProblemCode>([...contract.problems, ...everywhere]);
  if (contract.method !== 'GET') {
    for (const code of [
      'malformed-json',
      'body-too-large',
      'unsupported-media-type',
      'too-deep',
      'idempotency-key-reused',
    ] as const) {
      codes.add(code);
    }
  }
  if (contract.precondition !== 'none') codes.add('precondition-failed');
  if (contract.precondition === 'required') codes.add('precondition-required');
  return codes;
}

const responseHeaders = {
  ETag: { description: 'Resursens revision, för If-Match', schema: { type: 'string' } },
  Location: { description: 'Var det skapade kan läsas', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: 'true: anropet hade redan utförts under samma Idempotency-Key',
    schema: { type: 'string', enum: ['true'] },
  },
};

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(problems) },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON-pekare (RFC 6901) till stället' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
    allowed: { type: 'array', items: { type: 'string' }, description: 'Kommandon som går nu' },
  },
};

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
