/**
 * Named places where a test can make a process die as if the power went. Armed only by
 * `INSATS_FAIL_POINTS` outside production, for example `relay.before-publish=0.01,mail.after-send=1`:
 * name and probability. What can only be simulated, such as a crash between two writes, goes through here.
 */
export const failPointNames = [
  'aggregate.after-write',
  'relay.before-publish',
  'relay.before-removal',
  'submission.before-registration',
  'decision.before-outcomes',
  'mail.first-attempts',
  'mail.before-send',
  'mail.after-send',
  'thinning.before-document',
  'audit.after-leaves',
] as const;
export type FailPoint = (typeof failPointNames)[number];

const armed = readFailPoints(process.env['INSATS_FAIL_POINTS'], process.env['INSATS_MODE']);

export function readFailPoints(
  setting: string | undefined,
  mode: string | undefined,
): Map<FailPoint, number> {
  const points = new Map<FailPoint, number>();
  if (setting === undefined || setting === '') return points;
  if (mode !== 'demo') throw new Error('INSATS_FAIL_POINTS is for tests: it needs INSATS_MODE=demo');
  for (const entry of setting.split(',')) {
    const [name, probability = '1'] = entry.split('=');
    if (!failPointNames.includes(name as FailPoint))
      throw new Error(`INSATS_FAIL_POINTS: no fail point "${name}"`);
    const lot = /^\d+(\.\d+)?$/.test(probability) ? Number(probability) : Number.NaN;
    // Not-a-number would never fall: a run that seems armed and kills nothing proves nothing.
    if (!(lot <= 1)) throw new Error(`INSATS_FAIL_POINTS: ${name} needs a probability from 0 to 1`);
    points.set(name as FailPoint, lot);
  }
  return points;
}

/** Kills this process, without any clean-up, when the named point is armed and its lot falls. */
export function failPoint(name: FailPoint): void {
  if (armed.size === 0) return;
  const probability = armed.get(name);
  if (probability !== undefined && Math.random() < probability) process.kill(process.pid, 'SIGKILL');
}
