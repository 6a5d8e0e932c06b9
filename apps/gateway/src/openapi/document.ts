import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { apiInfo } from '../about/api-info.ts';
import { ApiModule } from '../api/api.module.ts';
import { basePath } from '../http/base-path.ts';
import { problemSchema, responseHeaders } from './components.ts';
import { schemas } from './schemas.ts';

type Json = Record<string, unknown>;

/** The parts of an OpenAPI 3.1 document that ours always has; @nestjs/swagger's own types are those of 3.0. */
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
  'api-clients': 'Regioners och RCC:s system som API-klienter',
  applications: 'Ansökningar om stimulansmedel',
  assessments: 'Mätningar bedömda mot sina mål',
  audit: 'Vem som gjort vad, bevis för det, och åtkomstloggen',
  calls: 'Utlysningar med ramar, rangordning och beslut',
  'dead-letters': 'Händelser som en tjänst inte kunde ta emot',
  deadlines: 'Tidsfrister och deras påminnelser',
  me: 'Den som anropar',
  measures: 'Mått',
  notifications: 'Utskick',
  observations: 'Mätningar',
  organisations: 'RCC, regioner och den nationella nivån',
  payments: 'Rekvisitioner och utbetalningar av beviljade medel',
  people: 'Personer och deras kontaktuppgifter i arbetet',
  'personal-data': 'Allt som finns om en person',
  plans: 'Planer med mål och aktiviteter',
  'role-assignments': 'Vem som har vilken roll, var och när',
  thinning: 'Gallring: regler, provkörningar och protokoll',
};

const introduction = `Alla svar är JSON i UTF-8, kalendern undantagen. Dagar är civila dagar i Europe/Stockholm, tider RFC 3339 i UTC, belopp decimaltal som text.
Läsning svarar med ETag; den som ändrar skickar den i If-Match. Skapande och kommandon tar Idempotency-Key: samma nyckel och
samma innehåll ger samma resultat en gång. Fel är application/problem+json (RFC 9457) med fältet code; alla fel i ett innehåll
räknas upp i errors. Okända fält och parametrar tas inte emot. Accept-Language: en ger engelska feltexter.`;

/** The OpenAPI 3.1 document of the operations that the application really has (those of {@link ApiModule}). */
export function openApiOf(app: INestApplication): OpenApiDocument {
  const { openapi, info, servers, tags, security, paths, components } = SwaggerModule.createDocument(
    app,
    baseDocument(),
    { include: [ApiModule], autoTagControllers: false },
  );
  // In the order in which one reads it.
  const document = {
    openapi,
    info,
    servers,
    tags,
    security,
    // Relative to the server's address, which holds the base path.
    paths: sorted(
      Object.fromEntries(Object.entries(paths).map(([path, item]) => [path.slice(basePath.length), item])),
    ),
    components: {
      ...components,
      schemas: sorted({ ...schemas.components, Problem: problemSchema }),
    },
  };
  return document as unknown as OpenApiDocument;
}

function baseDocument(): ReturnType<DocumentBuilder['build']> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Insats')
    .setVersion(apiInfo.apiVersion)
    .setDescription(introduction)
    .addServer(basePath, 'Denna installation')
    .addBearerAuth({ type: 'http', description: 'Åtkomstbiljett (OAuth 2)' })
    .addSecurityRequirements('bearer');
  for (const [name, description] of Object.entries(tagTexts)) builder.addTag(name, description);
  const base = builder.build();
  // The builder knows neither 3.1's summary nor its licence by identifier, and a contact only with an address.
  const info = {
    ...base.info,
    summary: 'Planer, uppföljning och stimulansmedel för landets regionala cancercentrum',
    license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    contact: { name: 'Förvaltningen av Insats', email: 'insats@insats.example' },
  };
  return { ...base, info, components: { ...base.components, headers: responseHeaders } };
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
