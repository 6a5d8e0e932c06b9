import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/**
 * Makes JSON Schemas (2020-12) of Zod schemas and gathers those with a name as components. A name that
 * came to stand for two different things would be a false description, so that is an error.
 */
class SchemaCollector {
  readonly components: Record<string, JsonSchema> = {};

  /** `input`: what a client may send; `output`: what it gets. */
  schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _dialect, $defs = {}, ...rest } = this.convert(schema, io);
    for (const [name, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
      this.add(nameOf(name), definition);
    }
    return rest;
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const made: unknown = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
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

/** Those of every described operation, filled as the controllers are loaded. */
export const schemas = new SchemaCollector();

/** Zod numbers what has no name of its own and contains itself: in the contracts, any JSON value. */
function nameOf(definition: string): string {
  return definition.replace(/^__schema\d+$/, 'JsonValue');
}

/** Values that a client may send or gets, which only look like schemas. */
const values = new Set(['default', 'examples', 'const', 'enum']);

/**
 * The same with references into the document's components, and without `id`: a schema is named by where
 * it stands among them. (A field called id has a schema, so it is no text.)
 */
function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (key === 'id' && typeof inner === 'string') return [];
      if (values.has(key)) return [[key, inner]];
      if (key === '$ref' && typeof inner === 'string') {
        return [[key, `#/components/schemas/${nameOf(inner.replace('#/$defs/', ''))}`]];
      }
      return [[key, rewritten(inner)]];
    }),
  );
}
