import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Rate } from './limits.config.ts';

/** How a budget stands after a request was counted. */
export interface Standing {
  readonly isWithin: boolean;
  readonly left: number;
  /** Seconds until the budget is whole again, rounded up. */
  readonly seconds: number;
  /** The first refusal in this span of time: worth a line in the log, unlike those that follow. */
  readonly isFirstRefusal: boolean;
}

/** Counts requests by key within fixed spans of time. */
export class Budget {
  private readonly limiter: RateLimiterMemory;

  constructor(private readonly rate: Rate) {
    this.limiter = new RateLimiterMemory({ points: rate.requests, duration: rate.seconds });
  }

  /** As `RateLimit-Policy` has it (draft-ietf-httpapi-ratelimit-headers-09). */
  policy(name: string): string {
    return `"${name}";q=${this.rate.requests};w=${this.rate.seconds}`;
  }

  async count(key: string): Promise<Standing> {
    try {
      return this.standing(await this.limiter.consume(key));
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return this.standing(refused);
      throw refused;
    }
  }

  /** Whether nothing is left, without counting. */
  async isSpent(key: string): Promise<boolean> {
    const found = await this.limiter.get(key);
    return found !== null && found.consumedPoints >= this.rate.requests;
  }

  private standing(result: RateLimiterRes): Standing {
    const { requests } = this.rate;
    return {
      isWithin: result.consumedPoints <= requests,
      left: Math.max(0, requests - result.consumedPoints),
      seconds: secondsOf(result),
      isFirstRefusal: result.consumedPoints === requests + 1,
    };
  }
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
