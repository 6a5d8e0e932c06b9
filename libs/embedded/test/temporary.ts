import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, jest } from '@jest/globals';

// Real servers on a machine that may be busy with other things.
jest.setTimeout(60_000);

/** A new folder under the system's temporary folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'insats-embedded-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Undone after the test in reverse order, also when it failed: no server outlives its test. */
export function afterThisTest(end: () => Promise<unknown>): void {
  ends.push(end);
}

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  while (ends.length > 0) await ends.pop()?.();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Whether a process with this pid exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
