import { DomainError } from '#libs/contracts';

/** An event that can never be taken in: it goes to the dead letters at once, with this reason. */
export class Poison extends Error {}

/** Milliseconds to wait before delivery n + 1. */
const backOff = [200, 1000, 5000, 15_000, 60_000, 300_000];
export const maximumDeliveries = 12;

/**
 * What another service answers and may not answer later: it is away, has not heard of something yet, stumbled
 * over what we would try again ourselves, or does not know our key or time yet.
 */
const passing: ReadonlySet<string> = new Set([
  'unavailable',
  'not-found',
  'internal-error',
  'not-authenticated',
]);

export type Verdict =
  { readonly kind: 'poison'; readonly reason: string } | { readonly kind: 'retry'; readonly delay: number };

/** Sorts an error: what will never work is poison, what may work later is tried again with back-off. */
export function sortError(error: unknown, deliveries: number): Verdict {
  if (error instanceof Poison) return { kind: 'poison', reason: error.message };
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) {
    return { kind: 'poison', reason: `${error.name}: ${error.message}` };
  }
  if (error instanceof DomainError && !passing.has(error.code)) {
    return { kind: 'poison', reason: error.code };
  }
  if (deliveries >= maximumDeliveries) {
    return {
      kind: 'poison',
      reason: `tried ${deliveries} times: ${error instanceof Error ? error.message : 'unknown'}`,
    };
  }
  return { kind: 'retry', delay: backOff[Math.min(deliveries, backOff.length) - 1] ?? 200 };
}
