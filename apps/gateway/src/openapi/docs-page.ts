import { createHash } from 'node:crypto';
import { basePath } from '../http/base-path.ts';
import { type OpenApiDocument, type OpenApiOperation } from './document.ts';

const style = `
body { font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
a { color: #00559b; } a:focus-visible, summary:focus-visible { outline: 3px solid #00559b; outline-offset: 2px; }
h2 { margin-top: 2.5rem; } h3 { margin: 1.5rem 0 .25rem; } code, pre { font: .9375rem/1.5 ui-monospace, monospace; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #767676; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f3f3; padding: 1rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .25rem 0; } nav ul { columns: 2; padding-left: 1.2rem; }
`;

/** For the content security policy: the page's only style sheet. */
export const docsStyleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** The API's readable description: one page without scripts, which works offline and prints well. */
export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = document.tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section aria-labelledby="tag-${name}">
<h2 id="tag-${name}">${escape(description)}</h2>
${own.map(({ path, method, operation }) => operationPart(path, method, operation)).join('\n')}
</section>`;
  });
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${name}"><summary><code>${name}</code></summary>${json(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Insats API ${escape(String(document.info['version']))}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Insats API</h1>
<p>${escape(String(document.info['summary']))}.</p>
<p>${escape(String(document.info['description']))}</p>
<p>Basadress <code>${basePath}</code>. Maskinläsbart: <a href="${basePath}/openapi.json">openapi.json</a> (OpenAPI ${document.openapi}).</p>
<nav aria-label="Innehåll"><ul>
${document.tags.map(({ name, description }) => `<li><a href="#tag-${name}">${escape(description)}</a></li>`).join('\n')}
<li><a href="#schemas">Scheman</a></li>
</ul></nav>
${sections.join('\n')}
<section aria-labelledby="schemas">
<h2 id="schemas">Scheman</h2>
${schemas.join('\n')}
</section>
</main>
</body>
</html>
`;
}

function operationPart(path: string, method: string, operation: OpenApiOperation): string {
  const parameters = operation.parameters.map(
    (parameter) => `<tr>
<th scope="row"><code>${escape(String(parameter['name']))}</code></th>
<td>${places[String(parameter['in'])] ?? ''}${parameter['required'] === true ? ', krävs' : ''}</td>
<td>${schemaText(parameter['schema'])}</td>
</tr>`,
  );
  const responses = Object.entries(operation.responses).map(
    ([status, response]) => `<tr>
<th scope="row">${status}</th>
<td>${inline(String(response['description']))}</td>
<td>${schemaText(contentSchema(response))}</td>
</tr>`,
  );
  const body = operation.requestBody && contentSchema(operation.requestBody);
  return `<h3 id="${operation.operationId}"><span class="method">${method}</span> <code>${escape(path)}</code></h3>
<p>${escape(operation.summary)}</p>
<details>
<summary>Parametrar, innehåll och svar</summary>
<table><caption>Parametrar</caption>
<thead><tr><th scope="col">Namn</th><th scope="col">Var</th><th scope="col">Värde</th></tr></thead>
<tbody>${parameters.join('\n')}</tbody></table>
${body === undefined ? '' : `<p>Innehåll: ${schemaText(body)}</p>`}
<table><caption>Svar</caption>
<thead><tr><th scope="col">Status</th><th scope="col">När</th><th scope="col">Innehåll</th></tr></thead>
<tbody>${responses.join('\n')}</tbody></table>
</details>`;
}

const places: Readonly<Record<string, string>> = { path: 'sökväg', query: 'frågedel', header: 'huvud' };

function contentSchema(part: Record<string, unknown>): unknown {
  const content = Object.values((part['content'] ?? {}) as Record<string, { schema?: unknown }>);
  return content[0]?.schema;
}

/** A link for a named schema, one line for a plain value, the schema itself for the rest. */
function schemaText(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return '';
  const { $ref, type, enum: values, default: usual, properties } = schema as Record<string, unknown>;
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? '';
    return `<a href="#schema-${name}"><code>${escape(name)}</code></a>`;
  }
  if (Array.isArray(values))
    return `${values.map((value) => `<code>${escape(String(value))}</code>`).join(' · ')}${usually(usual)}`;
  if (properties === undefined && typeof type === 'string') return `<code>${type}</code>${usually(usual)}`;
  return json(schema);
}

function usually(value: unknown): string {
  return value === undefined ? '' : ` (annars <code>${escape(JSON.stringify(value))}</code>)`;
}

function json(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, null, 2)).replace(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    '<a href="#schema-$1">$1</a>',
  )}</pre>`;
}

function inline(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
