import { adoptClockOf, serviceActor, serviceNames, type ServiceName } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';
import { readDemoClock, writeDemoClock, type Logger } from '#libs/platform';
import { clockSteps } from './clock-steps.ts';

export interface ClockState {
  readonly now: string;
  /** Milliseconds from the machine's time. */
  readonly offset: number;
}

/** A service that settles first finishes what is under way, and that may be much. */
const stepBound = 30_000;
// Last of all: what the others cause on a day is known before that day's mails are sent.
const last: ServiceName = 'notifications';

/** Moves the clock of the whole product, one move after the other. */
export class DemoClock {
  private moving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly bus: BusClient,
    private readonly home: string,
    private readonly logger: Logger,
  ) {}

  state(): ClockState {
    const offset = readDemoClock(this.home);
    return { now: new Date(Date.now() + offset).toISOString(), offset };
  }

  /**
   * Moves to what `targetOf` makes of the present time; undefined: the machine's time. Forward goes day
   * by day, letting happen what is due on each; backward at once. Errors: those of `targetOf`;
   * `unavailable` when a service does not follow, and then it goes on from there the next time.
   */
  move(targetOf: (now: number) => number | undefined): Promise<ClockState> {
    const moved = this.moving.then(
      () => this.carryOut(targetOf),
      () => this.carryOut(targetOf),
    );
    this.moving = moved.catch(() => undefined);
    return moved;
  }

  private async carryOut(targetOf: (now: number) => number | undefined): Promise<ClockState> {
    const now = Date.now() + readDemoClock(this.home);
    const target = targetOf(now);
    const to = target ?? Date.now();
    const forward = to > now;
    const steps = forward ? clockSteps(now, to) : [to];
    for (const step of steps) {
      const isEnd = step === to;
      await this.adopt(isEnd && target === undefined ? 0 : Math.round(step - Date.now()), forward);
    }
    this.logger.info({ steps: steps.length }, 'the clock was moved');
    return this.state();
  }

  private async adopt(offset: number, settle: boolean): Promise<void> {
    // Written first: a service that starts meanwhile reads it there.
    writeDemoClock(this.home, offset);
    const tell = (service: ServiceName) =>
      this.bus.ask(
        adoptClockOf(service),
        { offset, settle },
        { actor: serviceActor('gateway'), timeout: stepBound },
      );
    await Promise.all(serviceNames.filter((service) => service !== last).map(tell));
    await tell(last);
  }
}
