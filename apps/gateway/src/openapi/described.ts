import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
  type ApiHeaderOptions,
} from '@nestjs/swagger';
import { type z } from 'zod';
import { type Endpoint } from '#libs/contracts';
import { DescribedResponses } from './described-responses.ts';
import { schemas } from './schemas.ts';

/**
 * What a contract says, in @nestjs/swagger's decorators. Schemas are given as they are: as
 * `standardSchema` they would be rewritten for OpenAPI 3.0 (`const` and `examples` lost).
 */
export function Described(contract: Endpoint): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: operationId(contract), summary: contract.summary }),
    ApiTags(contract.tag),
    ...fieldsOf(contract.params).map(({ name, schema }) =>
      ApiParam({ name, required: true, schema: schemas.schemaOf(schema, 'input') }),
    ),
    ...fieldsOf(contract.query).map(({ name, schema }) =>
      ApiQuery({
        name,
        required: !schema.safeParse(undefined).success,
        schema: schemas.schemaOf(schema, 'input'),
      }),
    ),
    ...headersOf(contract).map((header) => ApiHeader(header)),
    ...(contract.method === 'GET' ? [] : [DescribedBody(contract)]),
    DescribedResponses(contract),
  );
}

/** `calls.create` → `callsCreate`; dead letters exist in several services. */
function operationId(contract: Endpoint): string {
  const name = contract.tag === 'dead-letters' ? `${contract.service}.${contract.name}` : contract.name;
  return name.replace(/[.-](\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function fieldsOf(schema: z.ZodType): { name: string; schema: z.ZodType }[] {
  return Object.entries((schema as z.ZodObject).shape).map(([name, inner]) => ({
    name,
    schema: inner as z.ZodType,
  }));
}

function headersOf(contract: Endpoint): ApiHeaderOptions[] {
  const headers: ApiHeaderOptions[] = [];
  if (contract.precondition !== 'none') {
    headers.push({
      name: 'If-Match',
      required: contract.precondition === 'required',
      description: 'ETag från senaste läsningen',
      schema: { type: 'string', examples: ['"3"'] },
    });
  }
  if (contract.method !== 'GET') {
    headers.push({
      name: 'Idempotency-Key',
      required: false,
      description: 'Anroparens egen nyckel: ett upprepat anrop utförs en gång',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    });
  }
  headers.push({
    name: 'Accept-Language',
    required: false,
    description: 'en ger engelska feltexter, annars svenska',
    schema: { type: 'string', examples: ['en'] },
  });
  return headers;
}

function DescribedBody(contract: Endpoint): MethodDecorator {
  const isEmpty = Object.keys((contract.body as z.ZodObject).shape ?? { content: true }).length === 0;
  return ApiBody({ required: !isEmpty, schema: schemas.schemaOf(contract.body, 'input') });
}
