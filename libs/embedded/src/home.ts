import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHome } from './home-lock.ts';
import { Refusal } from './refusal.ts';

/** What the product keeps in its data folder. `state` is the INSATS_HOME of the services; the rest has its keeper here. */
export interface Home {
  readonly folder: string;
  readonly nats: string;
  readonly mongo: string;
  readonly mail: string;
  readonly logs: string;
  /** Pids of the servers that run. */
  readonly run: string;
  readonly state: string;
}

const markerName = '.insats-home';

/** Names the parts of a data folder; makes nothing. */
export function homeAt(folder: string): Home {
  const part = (name: string) => join(folder, name);
  return {
    folder,
    nats: part('nats'),
    mongo: part('mongo'),
    mail: part('mail'),
    logs: part('logs'),
    run: part('run'),
    state: part('state'),
  };
}

/**
 * Makes the folder where it is missing and marks it as ours: all of it, when nothing else was there, so
 * that `resetHome` later knows what it may delete.
 */
export function prepareHome(home: Home): void {
  mkdirSync(home.folder, { recursive: true });
  const marker = join(home.folder, markerName);
  if (!existsSync(marker)) {
    const foreign = readdirSync(home.folder).filter((name) => !name.startsWith('lock'));
    writeFileSync(marker, foreign.length === 0 ? 'whole\n' : 'shared\n');
  }
  mkdirSync(home.state, { recursive: true });
}

/**
 * Deletes the product's data in `folder`, and only that: in a folder that held other things before the
 * product came, only what the product made.
 *
 * @throws {Refusal} when the folder is not one of ours, or is in use
 */
export function resetHome(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  const marker = join(folder, markerName);
  if (!existsSync(marker)) {
    throw new Refusal(
      `${folder} är ingen datamapp som den här produkten har gjort: inget raderas. / is not a data folder of this product: nothing is deleted.`,
    );
  }
  const unlock = lockHome(folder);
  try {
    const { folder: _, ...parts } = homeAt(folder);
    const whole = readFileSync(marker, 'utf8').trim() === 'whole';
    const doomed = whole
      ? readdirSync(folder).map((name) => join(folder, name))
      : [...Object.values(parts), marker];
    for (const path of doomed)
      if (path !== join(folder, 'lock')) rmSync(path, { recursive: true, force: true });
  } finally {
    unlock();
  }
}
