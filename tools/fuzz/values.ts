import fc from 'fast-check';
import { type JsonSchema } from './description.ts';
import { placeholder } from './placeholders.ts';

export const day = fc
  .date({ min: new Date('2015-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instant = fc
  .date({ min: new Date('2015-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z'));

// What people write, and what has broken parsers, mails and databases.
export const words = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Blodprov nära hemmet', 'Vår', 'Åtgärd för barn & unga', 'x') },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '<script>alert(1)</script>',
      '{{constructor}}',
      '${7*7}',
      '$where: 1',
      "' OR 1=1 --",
      '\r\nBcc: x@y.example',
      '../../etc/passwd',
      '𝕬𝖇𝖈 \u202eesrever',
      '2 ggr/år, 3–4 gånger per termin, v. 8',
      '"',
      ' ',
    ),
  },
);

/**
 * What fields mostly hold, where the schema alone would give what is refused at once: places of the callers, ends
 * behind beginnings, words of a certain form. Those that the schema of a field does not allow are left out.
 */
const usualValues: Readonly<Record<string, readonly unknown[]>> = {
  rcc: ['sydost'],
  region: ['kalmar'],
  unit: ['Barnkliniken i Kalmar', 'sydost', 'perYear'],
  code: ['gotland'],
  email: ['anna@region.example', 'a.b@c.example'],
  to: ['2036-12-31', '2040-01-01'],
  closesOn: ['2036-12-31', '2040-01-01'],
  amount: ['1000.00', '5', '12.5', { amount: '1000.00', currency: 'SEK' }],
  currency: ['SEK'],
  period: [{ from: '2024-01-01', to: '2024-12-31' }, { from: '2026-01-01', to: '2026-12-31' }, 'P10Y', 'P1D'],
  limit: ['1', '20', '200'],
  page: ['1', '2'],
  seq: ['1', '2'],
  min: [0],
  max: [5],
  decisionReference: ['RA-MS 2026:1', 'Dnr 12/34'],
  event: ['decided'],
  documentType: ['application'],
  decisionRoute: [{ takesApplications: true, steps: [{ kind: 'decision', by: 'Styrgruppen' }] }],
  jwk: ['k1', 'k2'].map((kid) => ({ kty: 'OKP', crv: 'Ed25519', kid, x: 'k'.repeat(42).concat('A') })),
};

/** Values that fit a schema, as far as a schema tells what fits. */
export class ValidValues {
  constructor(private readonly schemas: Readonly<Record<string, JsonSchema>>) {}

  /** `name`: of the field or parameter, which tells ids of things from other identifiers. */
  of(schema: JsonSchema, name = ''): fc.Arbitrary<unknown> {
    const usual = (usualValues[name] ?? []).filter((value) => this.mayBe(value, schema));
    const any = this.bySchema(schema, name);
    if (usual.length === 0) return any;
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: any });
  }

  /** Whether a value is of the kind that a schema wants. */
  private mayBe(value: unknown, schema: JsonSchema): boolean {
    const ref = schema['$ref'];
    if (typeof ref === 'string') return this.mayBe(value, this.schemas[ref.split('/').at(-1) ?? ''] ?? {});
    const variants = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
    if (variants) return variants.some((variant) => this.mayBe(value, variant));
    if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[]).includes(value);
    if (schema['format'] === 'date-time') return false;
    const kind = typeof value === 'number' ? ['number', 'integer'] : [typeof value];
    return kind.includes(schema['type'] as string);
  }

  private bySchema(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
    const ref = schema['$ref'];
    if (typeof ref === 'string') return this.named(ref.split('/').at(-1) ?? '', name);
    if (schema['const'] !== undefined) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
    const variants = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
    if (variants) return fc.oneof(...variants.map((variant) => this.of(variant, name)));
    switch (schema['type']) {
      case 'string':
        return text(schema);
      case 'integer':
        return fc.integer({ min: lowest(schema), max: highest(schema) });
      case 'number':
        return fc.double({ min: lowest(schema), max: highest(schema), noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(this.of(schema['items'] as JsonSchema, name), {
          minLength: (schema['minItems'] as number | undefined) ?? 0,
          maxLength: Math.min((schema['maxItems'] as number | undefined) ?? 3, 3),
        });
      case 'object':
        return this.object(schema);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  private named(component: string, name: string): fc.Arbitrary<unknown> {
    if (component === 'JsonValue') return fc.jsonValue({ maxDepth: 2 });
    if (component === 'Identifier' && /id$/i.test(name)) {
      const random = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
      return fc.oneof(
        { weight: 6, arbitrary: fc.nat(999).map((n) => placeholder(name, n)) },
        { weight: 1, arbitrary: random },
      );
    }
    return this.of(this.schemas[component] ?? {}, name);
  }

  private object(schema: JsonSchema): fc.Arbitrary<unknown> {
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
      // Described only to be refused.
      .filter(([, inner]) => inner['not'] === undefined);
    const model = Object.fromEntries(properties.map(([name, inner]) => [name, this.of(inner, name)]));
    const required = new Set((schema['required'] ?? []) as string[]);
    const requiredKeys = Object.keys(model).filter((name) => required.has(name));
    return fc.record(model, { requiredKeys });
  }
}

function text(schema: JsonSchema): fc.Arbitrary<string> {
  const { format, pattern, maxLength, minLength = 0 } = schema as Record<string, never>;
  if (format === 'date') return day;
  if (format === 'date-time') return instant;
  if (pattern !== undefined) {
    // fast-check knows no look-ahead: what it would have ruled out is left out afterwards.
    const whole = new RegExp(pattern);
    return fc
      .stringMatching(new RegExp((pattern as string).replaceAll(/\(\?=[^)]*\)/g, '')))
      .map((value) => value.slice(0, maxLength ?? 200))
      .filter((value) => whole.test(value));
  }
  const emails = fc.constantFrom('anna@region.example', 'a.b@c.example');
  const any = fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: emails });
  return any.map((value) => value.slice(0, maxLength ?? 200).padEnd(minLength, 'x'));
}

function lowest(schema: JsonSchema): number {
  const exclusive = schema['exclusiveMinimum'] as number | undefined;
  return (schema['minimum'] as number | undefined) ?? (exclusive === undefined ? -1000 : exclusive + 1);
}

function highest(schema: JsonSchema): number {
  const minimum = (schema['minimum'] as number | undefined) ?? 0;
  // Zod bounds whole numbers by what a double can hold.
  return Math.min((schema['maximum'] as number | undefined) ?? minimum + 1000, minimum + 1_000_000);
}
