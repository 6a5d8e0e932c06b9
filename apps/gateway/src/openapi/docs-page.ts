import { createHash } from 'node:crypto';
import { basePath } from '../http/base-path.ts';
import { escape, json, schemaText } from './docs-schema.ts';
import { type OpenApiDocument, type OpenApiOperation } from './document.ts';

const style = `
body { font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
a { color: #00559b; } a:focus-visible, summary:focus-visible { outline: 3px solid #00559b; outline-offset: 2px; }
h1, h2 { overflow-wrap: break-word; } h2 { margin-top: 2.5rem; } h3 { margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
h3 + p { margin: 0 0 .25rem; } code, pre { font: .9375rem/1.5 ui-monospace, monospace; } h3 code { font-weight: 600; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #767676; }
td:last-child { overflow-wrap: anywhere; width: 60%; min-width: 6rem; padding-right: 0; } .faults td { width: 100%; } .value { display: inline-block; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f3f3; padding: 1rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .25rem 0; } nav ul { columns: 2 18rem; padding-left: 1.2rem; }
.aside { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
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
      // The name stands inside: a browser that is led there opens the details around it.
      `<details><summary><code>${name}</code></summary><div id="schema-${name}">${json(schema)}</div></details>`,
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
<td>${valueText(parameter)}</td>
</tr>`,
  );
  const responses = Object.entries(operation.responses);
  const successes = responses.filter(([status]) => status.startsWith('2'));
  const refusals = responses.filter(([status]) => !status.startsWith('2'));
  const body = operation.requestBody && contentSchema(operation.requestBody);
  // The hidden words tell those who jump from one summary to the next which operation each is of.
  return `<h3 id="${operation.operationId}"><span class="method">${method}</span> <code>${escape(path)}</code></h3>
<p>${escape(operation.summary)}</p>
<details>
<summary>Parametrar, innehåll och svar<span class="aside">: ${method} ${escape(path)}</span></summary>
<table><caption>Parametrar</caption>
<thead><tr><th scope="col">Namn</th><th scope="col">Var</th><th scope="col">Värde</th></tr></thead>
<tbody>${parameters.join('\n')}</tbody></table>
${body === undefined ? '' : `<p>Innehåll: ${schemaText(body)}</p>`}
${successes.map(([status, response]) => `<p>Svar ${status}: ${schemaText(contentSchema(response))}</p>`).join('\n')}
<table class="faults"><caption>Fel, alla som <a href="#schema-Problem"><code>Problem</code></a></caption>
<thead><tr><th scope="col">Status</th><th scope="col">När</th></tr></thead>
<tbody>${refusals
    .map(
      ([status, response]) => `<tr>
<th scope="row">${status}</th>
<td>${inline(String(response['description']))}</td>
</tr>`,
    )
    .join('\n')}</tbody></table>
</details>`;
}

function valueText({ schema, description }: Record<string, unknown>): string {
  const value = schemaText(schema);
  return typeof description === 'string' ? `${value}<br>${escape(description)}` : value;
}

const places: Readonly<Record<string, string>> = { path: 'sökväg', query: 'frågedel', header: 'huvud' };

function contentSchema(part: Record<string, unknown>): unknown {
  const content = Object.values((part['content'] ?? {}) as Record<string, { schema?: unknown }>);
  return content[0]?.schema;
}

function inline(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
