import { z } from 'zod';
import { type Endpoint } from '#libs/contracts';

type JsonSchema = Record<string, unknown>;

/** A text in a body, with what its schema says about it. Items of lists are `*`. */
export interface TextField {
  readonly pointer: string;
  /** `free`: people write what they want. `json`: any JSON value, kept as it is. */
  readonly kind: 'free' | 'pattern' | 'choice' | 'day' | 'json';
}

/** Every text that a body can hold. */
export function textFieldsOf({ body }: Endpoint): TextField[] {
  const schema = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const defs = (schema['$defs'] ?? {}) as Record<string, JsonSchema>;
  const found = new Map<string, TextField>();
  const walk = (part: JsonSchema, pointer: string): void => {
    const name = typeof part['$ref'] === 'string' ? part['$ref'].replace('#/$defs/', '') : undefined;
    // What is numbered refers to itself: any JSON value.
    if (name?.startsWith('__schema')) found.set(pointer, { pointer, kind: 'json' });
    else if (name !== undefined) walk(defs[name] ?? {}, pointer);
    // A member that is refused whatever it holds.
    else if (part['not']) return;
    else if (part['type'] === 'string') found.set(pointer, { pointer, kind: kindOf(part) });
    else if (part['enum'] || part['const'] !== undefined) found.set(pointer, { pointer, kind: 'choice' });
    for (const variant of variantsIn(part)) walk(variant, pointer);
    for (const [key, inner] of Object.entries((part['properties'] ?? {}) as Record<string, JsonSchema>)) {
      walk(inner, `${pointer}/${key}`);
    }
    if (part['items']) walk(part['items'] as JsonSchema, `${pointer}/*`);
  };
  walk(schema, '');
  return [...found.values()];
}

function variantsIn(part: JsonSchema): JsonSchema[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (part[key] as JsonSchema[] | undefined) ?? []);
}

function kindOf(schema: JsonSchema): TextField['kind'] {
  if (schema['enum'] || schema['const'] !== undefined) return 'choice';
  if (schema['format'] === 'date' || schema['format'] === 'date-time') return 'day';
  return schema['pattern'] === undefined ? 'free' : 'pattern';
}

/** The pointer with `*` for places in lists. */
export const generalised = (pointer: string): string => pointer.replace(/\/\d+(?=\/|$)/g, '/*');
