import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/**
 * Makes JSON Schemas (2020-12) of Zod schemas and gathers those with a name as components. A name that
 * came to stand for two different things would be a false description, so that is an error.
 */
export class SchemaCollector {
  readonly components: Record<string, JsonSchema> = {};

  /** `input`: what a client may send; `output`: what it gets. */
  schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _dialect, $defs = {}, ...rest } = this.convert(schema, io);
    for (const [name, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
      this.add(name, definition);
    }
    const id = z.globalRegistry.get(schema)?.id;
    if (id === undefined) return rest;
    this.add(id, rest);
    return { $ref: `#/components/schemas/${id}` };
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const made: unknown = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // Named by where it stands among the components.
        delete jsonSchema.id;
      },
    });
    return rewritten(made) as JsonSchema;
  }

  private add(name: string, schema: JsonSchema): void {
    const known = this.components[name];
    if (known && !isDeepStrictEqual(known, schema)) {
      throw new Error(`the name ${name} stands for two different schemas`);
    }
    this.components[name] = schema;
  }
}

/** The same with references into the document's components; names made by Zod alone would not be stable. */
function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string'
        ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
        : [key, rewritten(inner)],
    ),
  );
}
