import type { CaughtMail } from './caught-mail.ts';

const perPage = 100;

/**
 * The mail catcher's page: a list, or with `?mail=N` one mail. Links are query strings alone, so that the
 * page works under any path it is served from. Everything that came by mail is escaped, and the HTML part
 * is shown as text: a mail may hold anything.
 *
 * @param mails oldest first
 */
export function mailPage(mails: CaughtMail[], query: URLSearchParams): string {
  const chosen = Number(query.get('mail'));
  const mail = mails.find(({ id }) => id === chosen);
  return mail ? onePage(mail) : listPage(mails, Math.max(1, Math.trunc(Number(query.get('page'))) || 1));
}

function listPage(mails: CaughtMail[], page: number): string {
  const newestFirst = mails.toReversed();
  const shown = newestFirst.slice((page - 1) * perPage, page * perPage);
  const rows = shown.map(
    (mail) => `<tr>
<td><time datetime="${escape(mail.receivedAt)}">${escape(swedishTime(mail.receivedAt))}</time></td>
<td>${address(mail.to)}</td>
<td><a href="?mail=${mail.id}">${escape(mail.subject || '(inget ämne)')}</a></td>
</tr>`,
  );
  const links = [
    page > 1 ? `<li><a href="?page=${page - 1}" rel="prev">Nyare brev</a></li>` : '',
    page * perPage < mails.length ? `<li><a href="?page=${page + 1}" rel="next">Äldre brev</a></li>` : '',
  ].join('');
  const table =
    rows.length === 0
      ? '<p>Inga brev har kommit.</p>'
      : `<table class="mails">
<caption>Nyast först</caption>
<thead><tr><th scope="col">Mottaget</th><th scope="col">Till</th><th scope="col">Ämne</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
  return document(
    'Brevfångaren',
    `<main>
<h1>Brevfångaren</h1>
<p>Brev som produkten skickat i demoläge: ${mails.length}. Inget av dem har lämnat datorn.</p>
${table}
</main>
${links ? `<nav aria-label="Sidor"><ul>${links}</ul></nav>` : ''}`,
  );
}

function onePage(mail: CaughtMail): string {
  const headers = Object.entries(mail.headers).map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
  );
  const attachments = mail.attachments.map(
    ({ filename, contentType, size }) =>
      `<li>${escape(filename)} (${escape(contentType)}, ${size} byte)</li>`,
  );
  return document(
    `${mail.subject || '(inget ämne)'} – Brevfångaren`,
    `<nav aria-label="Brevfångaren"><a href="?page=1">Alla brev</a></nav>
<main>
<h1>${escape(mail.subject || '(inget ämne)')}</h1>
<dl>
<dt>Från</dt><dd>${address(mail.from)}</dd>
<dt>Till</dt><dd>${address(mail.to)}</dd>
<dt>Mottaget</dt><dd><time datetime="${escape(mail.receivedAt)}">${escape(swedishTime(mail.receivedAt))}</time></dd>
</dl>
<h2>Text</h2>
<pre>${escape(mail.text)}</pre>
${attachments.length > 0 ? `<h2>Bilagor</h2>\n<ul>${attachments.join('')}</ul>` : ''}
${mail.html === undefined ? '' : `<details><summary>HTML-delens källa</summary><pre>${escape(mail.html)}</pre></details>`}
<details><summary>Brevhuvud</summary><table class="headers" aria-label="Brevhuvud"><tbody>${headers.join('\n')}</tbody></table></details>
</main>`,
  );
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
body { font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
a { color: #00559b; } a:focus-visible, summary:focus-visible { outline: 3px solid #00559b; outline-offset: 2px; }
h1 { overflow-wrap: break-word; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: #4a4a4a; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #767676; }
.mails td { overflow-wrap: anywhere; } .mails td:nth-child(2) { min-width: 16rem; } time { white-space: nowrap; }
.headers td { overflow-wrap: anywhere; min-width: 10rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f3f3; padding: 1rem; } summary { cursor: pointer; padding: .25rem 0; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; } nav ul { display: flex; gap: 1.5rem; list-style: none; padding: 0; }
@media (max-width: 44rem) {
  .mails thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .mails, .mails tbody, .mails tr, .mails td, .mails caption { display: block; }
  .mails tr { padding: .5rem 0; border-bottom: 1px solid #767676; } .mails td { padding: 0; border: 0; }
}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function swedishTime(instant: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Stockholm',
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(new Date(instant));
}

/** An address, which may be broken at its parts before it is broken anywhere else. */
function address(text: string): string {
  return escape(text).replace(/[@.]/g, '<wbr>$&');
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
