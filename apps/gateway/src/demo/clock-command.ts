import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { fault, instant, invalidInput, parseInput } from '#libs/contracts';
import { timeZone } from '#libs/calendar';

const duration = z
  .string()
  .max(40)
  .refine((value) => parseDuration(value) !== undefined, fault('invalid-format'));

const command = z.union([
  z.strictObject({ now: instant }),
  z.strictObject({ advance: duration }),
  z.strictObject({ reset: z.literal(true) }),
]);

/** Farther would leave the years that days are kept in. */
const earliest = Date.UTC(1950, 0, 1);
const latest = Date.UTC(2150, 0, 1);

/**
 * The product time that a command asks for; undefined: the machine's own. `P1M` and `P7D` are civil
 * months and days in Sweden, so that the time of day stays when summer time begins. Errors: `invalid-input`.
 */
export function targetOf(input: unknown, now: number): number | undefined {
  const parsed = parseInput(command, input ?? {});
  if ('reset' in parsed) return undefined;
  const target = 'now' in parsed ? Date.parse(parsed.now) : advanced(now, parsed.advance);
  if (target < earliest || target > latest) {
    throw invalidInput([{ pointer: 'now' in parsed ? '/now' : '/advance', code: 'invalid-format' }]);
  }
  return target;
}

function advanced(now: number, text: string): number {
  const moved = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).add(text);
  return moved.epochMilliseconds;
}

function parseDuration(text: string): Temporal.Duration | undefined {
  try {
    const parsed = Temporal.Duration.from(text);
    return Math.abs(parsed.total({ unit: 'days', relativeTo: '2026-01-01' })) < 40_000 ? parsed : undefined;
  } catch {
    return undefined;
  }
}
