import { relative, sep } from 'node:path';
import { checkout } from '#libs/embedded';
import type { Product } from '#libs/embedded';

/** What `npm start` says when the product is ready: addresses, and a first request that works when pasted. */
export function welcome(product: Product, startMs: number): string {
  const { url } = product;
  const home = product.home.startsWith(checkout + sep) ? relative(checkout, product.home) : product.home;
  const api = `${url}/insats/v1`;
  const database =
    product.databaseKind === 'dev-mongo' ? 'libs/dev-mongo, en ersättare för MongoDB' : product.databaseKind;
  return `
Insats är igång efter ${(startMs / 1000).toFixed(1)} s.

  API            ${api}
  Dokumentation  ${api}/docs   (OpenAPI: ${api}/openapi.json)
  Brev           ${url}/dev/mail
  Hälsa          ${url}/health/ready
  Data           ${home}   (databas: ${database})
  Loggar         ${home}/logs

Hämta en åtkomstbiljett och fråga vem du är (demoläge; hemligheten är klientens namn och -secret):

  TOKEN=$(curl -s ${url}/dev/oidc/token -d grant_type=client_credentials \\
    -d client_id=kansli-sydost -d client_secret=kansli-sydost-secret | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s ${api}/me -H "Authorization: Bearer $TOKEN"

Hela flödet: npm run demo. Avsluta: Ctrl-C. Börja om från början: npm start -- --reset
`;
}
