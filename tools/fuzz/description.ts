import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { checkout } from '#libs/embedded';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** One operation as docs/openapi.json describes it. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Undefined: it takes no body. */
  readonly body: JsonSchema | undefined;
  /** By status: the media types that an answer can have. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

interface Described {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** The published description of the API: what can be asked, and what an answer must look like. */
export class Description {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  private readonly ajv = new Ajv2020({ strict: false });
  private readonly known = new Map<string, ValidateFunction>();

  constructor() {
    const document = JSON.parse(readFileSync(join(checkout, 'docs/openapi.json'), 'utf8'));
    this.schemas = document.components.schemas;
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addSchema({ ...document, $id: 'openapi' });
    this.operations = Object.entries(document.paths as Record<string, Record<string, Described>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, described]) => operationOf(path, method, described)),
    );
  }

  /** What is wrong with an answer; undefined: it is as described. `body`: parsed where it is JSON. */
  faultOf(operation: Operation, status: number, mediaType: string, body: unknown): string | undefined {
    const mediaTypes = operation.answers[status];
    if (!mediaTypes) return `the status ${status} is not described`;
    if (!mediaTypes.includes(mediaType)) return `${mediaType} is not described for ${status}`;
    const pointer = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status)];
    const validate = this.validator([...pointer, 'content', mediaType, 'schema']);
    return validate(body) ? undefined : this.ajv.errorsText(validate.errors);
  }

  private validator(pointer: readonly string[]): ValidateFunction {
    const parts = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
    const ref = `openapi#/${parts.join('/')}`;
    let validate = this.known.get(ref);
    if (!validate) {
      validate = this.ajv.compile({ $ref: ref });
      this.known.set(ref, validate);
    }
    return validate;
  }
}

function operationOf(path: string, method: string, described: Described): Operation {
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    parameters: described.parameters,
    body: described.requestBody?.content['application/json']?.schema,
    answers: Object.fromEntries(
      Object.entries(described.responses).map(([status, { content = {} }]) => [status, Object.keys(content)]),
    ),
  };
}
