const day = 86_400_000;
/** 06:30 UTC, 07:30 or 08:30 in Sweden: after a morning's mails are due, whatever the time of year. */
const ofDay = 6.5 * 3_600_000;
/** More days than this in one jump are taken several at a time. */
const atMost = 800;

/**
 * The instants at which the product stops on its way from one time to a later one: each morning, so that
 * what is due on a day happens on that day, and the end. Milliseconds since 1970.
 */
export function clockSteps(from: number, to: number): number[] {
  const first = Math.floor((from - ofDay) / day + 1) * day + ofDay;
  const days = Math.max(0, Math.ceil((to - first) / day));
  const stride = Math.max(1, Math.ceil(days / atMost));
  const steps: number[] = [];
  for (let step = first; step < to; step += stride * day) steps.push(step);
  return [...steps, to];
}
