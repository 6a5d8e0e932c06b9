import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Demo mode keeps the moved clock in the data folder, so that a service that starts again, or the whole
 * product, goes on at the same time.
 */
const fileName = 'clock.json';

export function readDemoClock(home: string): number {
  try {
    const stored: unknown = JSON.parse(readFileSync(join(home, fileName), 'utf8'));
    const offset = (stored as { offset?: unknown }).offset;
    return typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : 0;
  } catch {
    return 0;
  }
}

export function writeDemoClock(home: string, offset: number): void {
  const file = join(home, fileName);
  if (offset === 0) {
    rmSync(file, { force: true });
    return;
  }
  // Renamed into place: a reader sees the old offset or the new one, never half a file.
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ offset }));
  renameSync(`${file}.${process.pid}`, file);
}
