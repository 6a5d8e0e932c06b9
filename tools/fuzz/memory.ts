import { readFileSync } from 'node:fs';
import { type Product } from '#libs/embedded';

/** Resident memory in MB, median of the first and of the last third of what was noted. */
export interface Growth {
  readonly first: number;
  readonly last: number;
}

/** Whether a process has grown by more than its heap breathes. */
export function grew({ first, last }: Growth): boolean {
  return last > first * 1.3 + 40;
}

/** Adds the gateway's resident memory in MB, where the system tells it. */
export function note(memory: number[], product: Product): void {
  const pid = product.processes.get('gateway')?.pid;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kilobytes !== undefined) memory.push(Number(kilobytes) / 1024);
  } catch {
    // Not a system with /proc.
  }
}

export function thirdsOf(memory: readonly number[]): Growth | null {
  const third = Math.floor(memory.length / 3);
  if (third < 2) return null;
  return { first: medianOf(memory.slice(0, third)), last: medianOf(memory.slice(-third)) };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
