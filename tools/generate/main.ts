// npm run generate: writes what is made of the contracts. With --check it only compares, and fails when
// a committed file is not what the contracts make of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsPermissions } from '#libs/bus-setup';
import { checkout } from '#libs/embedded';
import { endpoints } from '../../apps/gateway/src/openapi/endpoints.ts';
import { previewOpenApi } from '../../apps/gateway/src/openapi/preview.ts';
import { accessPage } from './access-page.ts';
import { findConsumers } from './consumers.ts';
import { eventCatalogue } from './event-catalogue.ts';

const files = {
  'docs/openapi.json': `${JSON.stringify(await previewOpenApi(), null, 2)}\n`,
  'deploy/nats/permissions.conf': `include ../../credentials/users.conf\n\n${natsPermissions()}`,
  'docs/access.md': accessPage(endpoints),
  'docs/events.md': eventCatalogue(await findConsumers(join(checkout, 'dist', 'apps'))),
};

function stored(name: string): string | undefined {
  try {
    return readFileSync(join(checkout, name), 'utf8');
  } catch {
    return undefined;
  }
}

const stale = Object.entries(files).filter(([name, content]) => stored(name) !== content);
if (process.argv.includes('--check')) {
  for (const [name] of stale) {
    console.error(`${name} är inte aktuell: kör npm run generate. / is stale: run npm run generate.`);
  }
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, content] of stale) writeFileSync(join(checkout, name), content);
  console.log(stale.length > 0 ? stale.map(([name]) => `skrev ${name}`).join('\n') : 'Allt var aktuellt.');
}
