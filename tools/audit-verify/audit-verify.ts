import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  isPublicJwk,
  isSignedRoot,
  linesOf,
  thumbprint,
  verifyExport,
  type ExportReport,
  type PublicJwk,
  type SignedRoot,
} from '#libs/audit';

export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Where file names are taken from. */
  readonly folder: string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const usage =
  'npm run audit:verify -- FIL [--key NYCKELFIL]... [--root ROTFIL]...   (FIL "-" läser standard in)';

/** What the caller can mend: told in one line. */
class Refusal extends Error {}

/**
 * Verifies an export of the journals and tells the outcome in Swedish.
 *
 * @returns 0 when it is whole, 1 when it is broken, 2 when it could not be verified at all
 */
export async function auditVerify(args: readonly string[], around: Surroundings): Promise<number> {
  try {
    const { file, keyFiles, rootFiles } = readArguments(args);
    const path = (name: string): string => resolve(around.folder, name);
    const trustedKeys = (await Promise.all(keyFiles.map((name) => readKeys(path(name))))).flat();
    const knownRoots = (await Promise.all(rootFiles.map((name) => readRoots(path(name))))).flat();
    const chunks = file === '-' ? around.stdin : createReadStream(path(file), { highWaterMark: 2 ** 20 });
    const report = await verifyExport(linesOf(chunks), {
      ...(keyFiles.length > 0 && { trustedKeys }),
      knownRoots,
    });
    if (report.fault) {
      around.print(report.fault.sv);
      return 1;
    }
    // A file without its log and roots must not pass for one that the key vouches for.
    if (keyFiles.length > 0 && report.counts.roots === 0)
      throw new Refusal('Exporten har ingen rot att hålla mot nyckeln: det är inte visat att den är hel.');
    for (const line of outcome(report, keyFiles.length > 0, knownRoots.length)) around.print(line);
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal) && !isSystemError(error)) throw error;
    around.printError(error instanceof Refusal ? error.message : unreadable(error));
    return 2;
  }
}

function readArguments(args: readonly string[]): { file: string; keyFiles: string[]; rootFiles: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: 'string', multiple: true }, root: { type: 'string', multiple: true } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Refusal(`Ange en fil: ${usage}`);
    return { file, keyFiles: values.key ?? [], rootFiles: values.root ?? [] };
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`Okänd eller ofullständig flagga: ${usage}`);
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

function unreadable({ code, path }: NodeJS.ErrnoException): string {
  const reasons: Record<string, string> = {
    ENOENT: 'den finns inte',
    EISDIR: 'det är en mapp',
    EACCES: 'du får inte läsa den',
  };
  return `Kan inte läsa ${path ?? 'filen'}: ${reasons[code ?? ''] ?? code}.`;
}

/** One public JWK, or a JWK Set of them (RFC 7517). */
async function readKeys(path: string): Promise<PublicJwk[]> {
  const content = await readJson(path);
  const keys = listIn(content, 'keys');
  if (keys.length === 0 || !keys.every((key) => isPublicJwk(key)))
    throw new Refusal(`${path} är inte en publik Ed25519-nyckel som JWK.`);
  return keys;
}

/** One signed root as it was published, or `{ "roots": [...] }`. */
async function readRoots(path: string): Promise<SignedRoot[]> {
  const content = await readJson(path);
  const roots = listIn(content, 'roots');
  if (roots.length === 0 || !roots.every((root) => isSignedRoot(root)))
    throw new Refusal(`${path} är inte en underskriven rot.`);
  return roots;
}

function listIn(content: unknown, name: string): unknown[] {
  const list = (content as Record<string, unknown> | null)?.[name];
  return Array.isArray(list) ? list : [content];
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(unreadable({ ...error, path }));
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(`${path} är inte JSON.`);
  }
}

function outcome(
  { counts, keys, service, selection }: ExportReport,
  trusted: boolean,
  knownRoots: number,
): string[] {
  const { events, chains, roots, blanked, unsealed } = counts;
  const lines = [
    `${count(events, 'händelse', 'händelser')}, ${count(chains, 'kedja', 'kedjor')}, ${count(roots, 'rot', 'rötter')}: hela`,
  ];
  if (service !== undefined) lines.push(`Exporten gäller bara ${service}.`);
  if (selection !== undefined)
    lines.push(`Exporten är ett urval (${selection}): att en hel kedja saknas i det syns inte.`);
  if (blanked > 0) lines.push(`${count(blanked, 'skyddad del är gallrad', 'skyddade delar är gallrade')}.`);
  if (unsealed > 0)
    lines.push(`${count(unsealed, 'händelse', 'händelser')} omfattas ännu inte av någon rot.`);
  if (roots === 0) lines.push('Ingen rot: att inget har skrivits om eller kapats kan inte visas.');
  else if (!trusted) {
    const prints = keys.map((key) => thumbprint(key)).join(', ');
    lines.push(
      `Nyckeln är exportens egen och inte oberoende betrodd: jämför dess fingeravtryck ${prints} (RFC 7638) eller ange --key.`,
    );
  }
  if (knownRoots > 0) lines.push(`Loggen stämmer med ${count(knownRoots, 'känd rot', 'kända rötter')}.`);
  return lines;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
