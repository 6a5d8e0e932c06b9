import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from './process-identity.ts';
import { Refusal } from './refusal.ts';

interface Owner {
  pid: number;
  identity: string;
}

/**
 * Takes the data folder `home` for this process, so that two products never write to one set of files.
 * A lock left by a process that is gone is taken over.
 *
 * @returns gives the lock back
 * @throws {Refusal} when a living process has it
 */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'lock');
  const mine = join(home, `lock.${process.pid}.${Math.random().toString(36).slice(2)}`);
  const owner: Owner = { pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  writeFileSync(mine, JSON.stringify(owner));
  try {
    // link() makes the lock appear complete or not at all.
    while (!tryLink(mine, file)) {
      const held = readIfThere(file);
      if (held === undefined) continue;
      const holder = parse(held);
      if (holder && processIdentity(holder.pid) === holder.identity) {
        throw new Refusal(
          `Produkten körs redan med datamappen ${home} (process ${holder.pid}): avsluta den, eller välj en annan mapp med INSATS_HOME. / ` +
            `Already running with this data folder: stop it, or choose another with INSATS_HOME.`,
        );
      }
      discard(file, held);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(file, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two starters may find the same stale lock: only take away the very one that was judged stale. */
function discard(file: string, judged: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readFileSync(aside, 'utf8') !== judged) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function parse(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
