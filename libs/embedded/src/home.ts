import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers } from './leftovers.ts';
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
  /** Keys and credentials of every process. */
  readonly credentials: string;
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
    credentials: part('credentials'),
  };
}

/**
 * Makes the folder where it is missing and marks it as ours: all of it, when nothing else was there, so
 * that `resetHome` later knows what it may delete.
 *
 * @throws {Refusal} when a folder of somebody else bears the name of one of ours: theirs would be written
 *   to now and deleted later
 */
export function prepareHome(home: Home): void {
  mkdirSync(home.folder, { recursive: true });
  const marker = join(home.folder, markerName);
  if (!existsSync(marker)) {
    const foreign = namesIn(home);
    const { folder: _, ...parts } = home;
    const taken = Object.values(parts).find((part) => existsSync(part));
    if (taken !== undefined) {
      throw new Refusal(
        `${taken} finns redan och är inte gjord av den här produkten: välj en annan datamapp med INSATS_HOME. / is not of this product: choose another folder with INSATS_HOME.`,
      );
    }
    writeFileSync(marker, foreign.length === 0 ? 'whole\n' : 'shared\n');
  }
  mkdirSync(home.state, { recursive: true });
}

/**
 * Deletes the product's data, and only that: in a folder that held other things before the product came,
 * only what the product made. Whoever calls it holds the lock. Servers that an earlier life left are ended
 * first, since they would go on writing.
 *
 * @throws {Refusal} when the folder is not one of ours
 */
export async function resetHome(home: Home): Promise<void> {
  if (!existsSync(home.folder) || namesIn(home).length === 0) return;
  const marker = join(home.folder, markerName);
  if (!existsSync(marker)) {
    throw new Refusal(
      `${home.folder} är ingen datamapp som den här produkten har gjort: inget raderas. / is not a data folder of this product: nothing is deleted.`,
    );
  }
  await endLeftovers(home.run);
  const { folder: _, ...parts } = home;
  const whole = readFileSync(marker, 'utf8').trim() === 'whole';
  // The marker goes last: what is interrupted here can be taken up again.
  const doomed = whole ? namesIn(home).map((name) => join(home.folder, name)) : Object.values(parts);
  for (const path of doomed) if (path !== marker) rmSync(path, { recursive: true, force: true });
  rmSync(marker);
}

/** What lies in the folder, but for its lock. */
function namesIn(home: Home): string[] {
  return readdirSync(home.folder).filter((name) => !name.startsWith('lock'));
}
