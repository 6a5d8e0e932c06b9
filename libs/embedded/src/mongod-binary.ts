import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtFile, cacheFolder } from './checkout.ts';

const execFileAsync = promisify(execFile);

const oldestMajor = 7;
const downloadBoundMs = 180_000;
// Trying again at every start would make each start slow on a machine that can never have one.
const retryAfterMs = 24 * 60 * 60 * 1000;

const notedPath = join(cacheFolder, 'mongod-path');
const notedFailure = join(cacheFolder, 'mongod-unavailable.json');

/**
 * The path of a real mongod: on PATH, fetched before, or fetched now where the network allows; undefined
 * when none can be had, which is then remembered for a day.
 *
 * @param insist try to fetch it even though that failed lately
 * @param log told when something is fetched
 * @param signal ends the fetching
 */
export async function findMongod(
  insist: boolean,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (await runs('mongod')) return 'mongod';
  if (existsSync(notedPath)) {
    const path = readFileSync(notedPath, 'utf8');
    if (await runs(path)) return path;
    rmSync(notedPath, { force: true });
  }
  if (!insist && failedLately()) return undefined;
  return fetchMongod(log, signal);
}

async function fetchMongod(
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  mkdirSync(cacheFolder, { recursive: true });
  try {
    log('Söker en riktig mongod (mongodb-memory-server) …');
    const { stdout } = await execFileAsync(
      process.execPath,
      [builtFile('libs/embedded/src/mongod-download.ts'), join(cacheFolder, 'mongod')],
      {
        signal,
        timeout: downloadBoundMs,
        killSignal: 'SIGKILL',
        env: { ...process.env, NODE_USE_ENV_PROXY: '1', NODE_OPTIONS: '' },
      },
    );
    const path = /^mongod=(.+)$/m.exec(stdout)?.[1];
    if (!path || !(await runs(path))) throw new Error('the fetched mongod does not run on this system');
    writeFileSync(notedPath, path);
    return path;
  } catch (error) {
    signal?.throwIfAborted();
    const reason = (error as { stderr?: string }).stderr?.trim() || String(error);
    writeFileSync(notedFailure, JSON.stringify({ at: new Date().toISOString(), reason }));
    log(`Ingen mongod kunde hämtas (${reason.split('\n')[0]}); nytt försök om ett dygn.`);
    return undefined;
  }
}

function failedLately(): boolean {
  try {
    const { at } = JSON.parse(readFileSync(notedFailure, 'utf8')) as { at: string };
    return Date.now() - Date.parse(at) < retryAfterMs;
  } catch {
    return false;
  }
}

async function runs(command: string): Promise<boolean> {
  try {
    const { stdout } = await execFileAsync(command, ['--version'], { timeout: 5_000 });
    return Number(/db version v(\d+)/.exec(stdout)?.[1] ?? 0) >= oldestMajor;
  } catch {
    return false;
  }
}
