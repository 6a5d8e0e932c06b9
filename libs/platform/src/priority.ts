import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Lets this process yield the processor to the others of the product: `nice` from 0 (no yielding) to 19.
 * Linux may group each session's processes and weigh only the groups against each other (autogroup, see
 * sched(7)); then the group is told, too. Where neither can be set, nothing is yielded and nothing breaks.
 */
export function yieldProcessor(nice: number): void {
  try {
    setPriority(nice);
    writeFileSync('/proc/self/autogroup', String(nice));
  } catch {
    // A platform without autogroups, or one that does not permit it.
  }
}
