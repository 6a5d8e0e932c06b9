/**
 * The product's time. Domain time (arrival, due days, phases) is asked here and nowhere else, so that
 * demo mode and tests can move it. Technical time (leases, token expiry, back-off) is the machine's.
 */
export class Clock {
  private offset = 0;
  private readonly hooks: (() => Promise<void>)[] = [];

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /** Milliseconds from the machine's time. */
  currentOffset(): number {
    return this.offset;
  }

  /** Work that a later time makes due, such as reminders. Done before {@link move} answers. */
  onMoved(hook: () => Promise<void>): void {
    this.hooks.push(hook);
  }

  adopt(offset: number): void {
    this.offset = offset;
  }

  /** Demo mode only: takes a new offset and lets everything that is due by then happen. */
  async move(offset: number): Promise<void> {
    this.adopt(offset);
    for (const hook of this.hooks) await hook();
  }
}
