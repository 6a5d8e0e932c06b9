// npm run credentials -- DIR: makes all keys and credentials of an installation, or what is missing of them.
// Imports no embedded servers: it runs in the image, too.
import { parseArgs } from 'node:util';
import { makeCredentials } from '#libs/bus-setup';

const usage =
  'npm run credentials -- MAPP [--rotate] [--mongo VÄRD/?INSTÄLLNINGAR]\n' +
  '  MAPP      får en mapp per process; det som finns lämnas orört / gets a folder per process\n' +
  '  --rotate  tar nästa interna nyckel i bruk / takes the next internal key into use\n' +
  '  --mongo   gör även en databasanvändare per tjänst, t.ex. mongo:27017/?replicaSet=insats / a database user per service';

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rotate: { type: 'boolean' }, mongo: { type: 'string' } },
    });
    const [folder, ...more] = positionals;
    return folder === undefined || more.length > 0 ? undefined : { folder, ...values };
  } catch {
    return undefined;
  }
}

const asked = readArguments();
if (!asked) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const { folder, rotate, mongo } = asked;
  makeCredentials(folder, { rotate, mongo });
  console.log(`Nycklar och behörigheter finns i ${folder}. / Keys and credentials are in ${folder}.`);
}
