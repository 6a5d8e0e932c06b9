type Plain = string | number | boolean | null;

/** The keywords that parameters have; everything else is shown as JSON. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Plain[];
  readonly default?: Plain;
  readonly properties?: object;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly examples?: readonly Plain[];
}

/** A link for a named schema, one line for a plain value, the schema itself for the rest. */
export function schemaText(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return '';
  const { $ref, type, enum: values, default: usual, properties }: Schema = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return `<a href="#schema-${name}"><code>${escape(name)}</code></a>`;
  }
  if (values) {
    return `${values.map((value) => `<code class="value">${escape(String(value))}</code>`).join(' · ')}${usually(usual)}`;
  }
  if (properties === undefined && typeof type === 'string') {
    return `<code>${type}</code>${bounds(schema)}${usually(usual)}`;
  }
  if (properties !== undefined && Object.keys(properties).length === 0) return '<code>{}</code>';
  return json(schema);
}

/** What a plain value must be like, in words. */
function bounds({ minLength, maxLength, pattern, examples }: Schema): string {
  return [
    minLength === undefined ? '' : `, minst ${minLength} tecken`,
    maxLength === undefined ? '' : `, högst ${maxLength} tecken`,
    pattern === undefined ? '' : `, mönster <code>${escape(pattern)}</code>`,
    examples?.[0] === undefined ? '' : `, t.ex. <code>${escape(String(examples[0]))}</code>`,
  ].join('');
}

function usually(value: Schema['default']): string {
  return value === undefined ? '' : ` (annars <code class="value">${escape(String(value))}</code>)`;
}

/** A schema as it is, with links for its references. */
export function json(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, null, 2)).replace(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    '<a href="#schema-$1">$1</a>',
  )}</pre>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
