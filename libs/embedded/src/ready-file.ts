import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.ts';
import { lastLines } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * Waits until the server has written `file` and `read` finds in it what it looks for. A file tells more
 * than a port that answers: it cannot have been written by another server that took the same port.
 *
 * @throws {Refusal} when the server ended or `boundMs` passed, with the last lines of its log
 */
export async function waitForReadyFile<T>(
  server: ServerProcess,
  file: string,
  read: (text: string) => T | undefined,
  logFile: string,
  boundMs = 30_000,
): Promise<T> {
  for (const started = Date.now(); !server.hasExited() && Date.now() - started < boundMs;) {
    const found = readOrNothing(file, read);
    if (found !== undefined) return found;
    await sleep(10);
  }
  const how = server.hasExited() ? 'avslutades vid start' : `svarade inte inom ${boundMs / 1000} s`;
  if (!server.hasExited()) await server.stop(1_000);
  throw new Refusal(`${server.name} ${how} (${logFile}):\n${lastLines(logFile)}`);
}

function readOrNothing<T>(file: string, read: (text: string) => T | undefined): T | undefined {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
