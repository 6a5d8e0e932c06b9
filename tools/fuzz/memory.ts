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

/** What the processes of a product take, noted now and again. Databases and the bus keep what they are given. */
export class MemoryWatch {
  private readonly noted = new Map<string, number[]>();

  note(product: Product): void {
    for (const [name, { pid }] of product.processes) {
      const megabytes = name === 'mongo' || name === 'nats' ? undefined : residentMegabytes(pid);
      if (megabytes !== undefined) this.noted.set(name, [...(this.noted.get(name) ?? []), megabytes]);
    }
  }

  /** By process; nothing where the system does not tell, or too little was noted. */
  growth(): Record<string, Growth> {
    const found = [...this.noted].flatMap(([name, values]) => {
      const third = Math.floor(values.length / 3);
      if (third < 2) return [];
      return [
        [name, { first: medianOf(values.slice(0, third)), last: medianOf(values.slice(-third)) }] as const,
      ];
    });
    return Object.fromEntries(found);
  }
}

function residentMegabytes(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // Not a system with /proc, or not a process any more.
    return undefined;
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
