/**
 * Remembers which tokens have been used, for as long as they could be used again, in bounded memory: two
 * generations, the elder of which is forgotten when the younger is old or full. Tokens signed no later
 * than what was forgotten are refused from then on, so that forgetting never lets a token in twice.
 */
export class SeenTokens {
  private current = new Map<string, number>();
  private previous = new Map<string, number>();
  private turned: number;
  /** Latest time of signing among what is forgotten. */
  private horizon = Number.NEGATIVE_INFINITY;

  /**
   * @param lifetime seconds from a token's signing until nobody would take it, whatever their clocks say
   * @param capacity tokens of one generation
   * @param now seconds since 1970
   */
  constructor(
    private readonly lifetime: number,
    private readonly capacity: number,
    private readonly now: () => number = () => Date.now() / 1000,
  ) {
    this.turned = now();
  }

  /** True the first time that a token is shown. `signedAt` in seconds since 1970. */
  take(id: string, signedAt: number): boolean {
    if (this.current.has(id) || this.previous.has(id)) return false;
    if (this.current.size >= this.capacity || this.now() - this.turned >= this.lifetime) this.turn();
    if (signedAt <= this.horizon) return false;
    this.current.set(id, signedAt);
    return true;
  }

  get size(): number {
    return this.current.size + this.previous.size;
  }

  private turn(): void {
    for (const signedAt of this.previous.values()) this.horizon = Math.max(this.horizon, signedAt);
    this.previous = this.current;
    this.current = new Map();
    this.turned = this.now();
  }
}
