import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problems, type Endpoint, type ProblemCode } from '#libs/contracts';
import { schemas } from './schemas.ts';

/** Problems that any operation can meet, whatever its contract says. */
const everywhere: readonly ProblemCode[] = [
  'not-authenticated',
  'forbidden',
  'insufficient-scope',
  'invalid-input',
  'too-many-requests',
  'internal-error',
  'unavailable',
];

/** Problems that any operation with a body can meet. */
const withBody: readonly ProblemCode[] = [
  'malformed-json',
  'body-too-large',
  'unsupported-media-type',
  'too-deep',
  'idempotency-key-reused',
];

/** The answer of success, and one response for each status that the contract's problems have. */
export function DescribedResponses(contract: Endpoint): MethodDecorator {
  const codes = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(contract)) {
    const { status } = problems[code];
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  return applyDecorators(
    ...statusesOf(contract).map((status) =>
      ApiResponse({
        status,
        description: contract.summary,
        headers: {
          ETag: { $ref: '#/components/headers/ETag' },
          ...(contract.location !== undefined && { Location: { $ref: '#/components/headers/Location' } }),
          ...(contract.method !== 'GET' && {
            'Idempotent-Replayed': { $ref: '#/components/headers/Idempotent-Replayed' },
          }),
        },
        ...(contract.file === undefined
          ? { schema: schemas.schemaOf(contract.reply, 'output') }
          : { content: { [contract.file]: { schema: schemas.schemaOf(contract.reply, 'output') } } }),
      }),
    ),
    ...[...codes].map(([status, list]) =>
      ApiResponse({
        status,
        description: list.map((code) => `\`${code}\`: ${problems[code].title.sv}`).join('. '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

function statusesOf({ status, otherStatus }: Endpoint): number[] {
  return otherStatus === undefined ? [status] : [status, otherStatus];
}

function problemsOf(contract: Endpoint): Set<ProblemCode> {
  const codes = new Set<ProblemCode>([...contract.problems, ...everywhere]);
  if (contract.method !== 'GET') for (const code of withBody) codes.add(code);
  if (contract.precondition !== 'none') codes.add('precondition-failed');
  if (contract.precondition === 'required') codes.add('precondition-required');
  return codes;
}
