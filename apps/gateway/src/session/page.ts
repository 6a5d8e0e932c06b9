import { createHash } from 'node:crypto';
import { type Language } from '#libs/contracts';
import { escape } from '../openapi/docs-schema.ts';

const style = `
body { font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
a { color: #00559b; } a:focus-visible, button:focus-visible { outline: 3px solid #00559b; outline-offset: 2px; }
ul { list-style: none; padding: 0; } li { margin: .5rem 0; }
button { font: inherit; text-align: left; width: 100%; padding: .6rem 1rem; color: #1b1b1b; background: #fff; border: 1px solid #595959; border-radius: .25rem; cursor: pointer; }
button:hover { background: #eef4fa; } button span { display: block; font-size: .9375rem; color: #4a4a4a; }
`;

/** For the content security policy: the only style sheet of these pages. */
export const pageStyleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** One of the few pages that the gateway itself shows to people. `content` is HTML, `title` is not. */
export function page(title: string, content: string, language: Language = 'sv'): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} – Insats</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${content}
</main>
</body>
</html>
`;
}
