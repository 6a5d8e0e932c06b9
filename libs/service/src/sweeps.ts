import { type Connection } from 'mongoose';
import { Lease } from '#libs/persistence';
import { type Logger } from '#libs/platform';

/** Milliseconds after which another replica takes over from one that died. */
const leaseTime = 10_000;

interface Sweep {
  readonly name: string;
  readonly every: number;
  readonly work: () => Promise<unknown>;
}

/**
 * Work that comes round: finishing what a crash left, sending what is due. Of several replicas the one
 * that holds the lease does it; a lost holder's lease runs out.
 */
export class Sweeps {
  private readonly sweeps: Sweep[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly underWay = new Set<Promise<void>>();
  private leases: Lease[] = [];
  private stopped = false;

  constructor(
    private readonly connection: Connection,
    private readonly holder: string,
    private readonly logger: Logger,
  ) {}

  /** `every` in milliseconds. */
  add(name: string, every: number, work: () => Promise<unknown>): void {
    this.sweeps.push({ name, every, work });
  }

  start(): void {
    this.leases = this.sweeps.map((sweep) => {
      const lease = new Lease(this.connection, sweep.name, this.holder, sweep.every * 2 + leaseTime);
      this.plan(sweep, lease);
      return lease;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.allSettled(this.underWay);
    // Given back, so that another replica, or this one started again, need not wait until they run out.
    await Promise.allSettled(this.leases.map((lease) => lease.release()));
  }

  private plan(sweep: Sweep, lease: Lease): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const round = this.round(sweep, lease);
      this.underWay.add(round);
      void round.finally(() => {
        this.underWay.delete(round);
        if (!this.stopped) this.plan(sweep, lease);
      });
    }, sweep.every);
    this.timers.add(timer);
  }

  private async round(sweep: Sweep, lease: Lease): Promise<void> {
    try {
      if (await lease.take()) await sweep.work();
    } catch (error) {
      this.logger.warn({ err: error, sweep: sweep.name }, 'sweep failed, comes round again');
    }
  }
}
