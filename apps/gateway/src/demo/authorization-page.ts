import { escape } from '../openapi/docs-schema.ts';
import { page } from '../session/page.ts';
import { demoPeople } from './people.ts';

/** Lets one choose who one is. The request goes along, and is checked again when it comes back. */
export function choicePage(parameters: URLSearchParams): string {
  const fields = [...parameters].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const people = demoPeople.map(
    ({ id, name, role }) =>
      `<li><button name="person" value="${escape(id)}">${escape(name)} <span>${escape(role || id)}</span></button></li>`,
  );
  return page(
    'Logga in i demonstrationen',
    `<p>Välj vem du vill vara. Alla är påhittade och inget lösenord behövs.</p>
<form method="post" action="/dev/oidc/authorize">
${fields.join('\n')}
<ul>
${people.join('\n')}
</ul>
</form>`,
  );
}

export function refusalPage(reason: string): string {
  return page('Inloggningen går inte att utföra', `<p>${escape(reason)}</p>`);
}
