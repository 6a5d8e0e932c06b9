import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start. */
  readonly folder: string;
  print(line: string): void;
  printError(line: string): void;
}

const usage = `Användning: npm run audit:export -- [--rcc KOD] [--resource SLAG] FIL

Hämtar journaler, kedjeslut, granskningslogg och rötter till FIL, att kontrollera med npm run audit:verify -- FIL.

INSATS_URL    produktens adress, annars http://127.0.0.1:INSATS_PORT (3000)
INSATS_TOKEN  åtkomstnyckel för en revisor; behövs inte i demoläge`;

/** A refusal that is told in one line. */
class NotFetched extends Error {}

/** Fetches an export. Returns the exit code: 0 fetched, 2 not. */
export async function auditExport(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { env, folder, print, printError } = surroundings;
  const parsed = readArgs(args);
  if (!parsed) {
    printError(usage);
    return 2;
  }
  const url = (env['INSATS_URL'] ?? `http://127.0.0.1:${env['INSATS_PORT'] || '3000'}`).replace(/\/+$/, '');
  const file = resolve(folder, parsed.file);
  try {
    const token = env['INSATS_TOKEN'] ?? (await demoToken(url));
    const lines = await fetchTo(file, `${url}/insats/v1/audit/export${parsed.query}`, token);
    print(`${lines} rader i ${parsed.file}. Kontrollera: npm run audit:verify -- ${parsed.file}`);
    return 0;
  } catch (error) {
    printError(
      error instanceof NotFetched ? error.message : `Exporten kunde inte hämtas: ${reasonOf(error)}`,
    );
    return 2;
  }
}

function readArgs(args: readonly string[]): { file: string; query: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rcc: { type: 'string' }, resource: { type: 'string' } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) return undefined;
    const query = new URLSearchParams(values).toString();
    return { file, query: query === '' ? '' : `?${query}` };
  } catch {
    return undefined;
  }
}

/** The demonstration's auditor; elsewhere there is none to fall back on. */
async function demoToken(url: string): Promise<string> {
  const response = await fetch(`${url}/dev/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'revisor',
      client_secret: 'revisor-secret',
    }),
  });
  if (!response.ok)
    throw new NotFetched('Produkten är inte i demoläge: sätt INSATS_TOKEN till en revisors åtkomstnyckel.');
  return ((await response.json()) as { access_token: string }).access_token;
}

/** How many lines there were. The file appears when it is whole, not before. */
async function fetchTo(file: string, url: string, token: string): Promise<number> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok || !response.body) {
    const { detail = '' } = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new NotFetched(`Exporten nekades (${response.status}). ${detail}`.trim());
  }
  const temporary = `${file}.part`;
  let lines = 0;
  try {
    await pipeline(
      Readable.fromWeb(response.body as never),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          for (const byte of chunk) if (byte === 0x0a) lines += 1;
          yield chunk;
        }
      },
      createWriteStream(temporary),
    );
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return lines;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string } };
  return cause?.code ?? message ?? String(error);
}
