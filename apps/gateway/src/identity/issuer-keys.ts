import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { fetchJwks } from './fetch-jwks.ts';

/** Keys that an issuer signs with, as known now. */
export interface IssuerKeys {
  /**
   * Another number as soon as a key is added or ended: what was verified under an earlier one must be
   * verified again. Asking also has keys looked after that are growing old.
   */
  generation(): number;
  /** Finds the key for a signature. Errors: jose's JWKSNoMatchingKey; others when the keys cannot be had. */
  readonly find: JWTVerifyGetKey;
}

/** Keys that do not change while the process runs: our own. */
export function ownKeys(jwks: JSONWebKeySet): IssuerKeys {
  return { generation: () => 0, find: createLocalJWKSet(jwks) };
}

/** In milliseconds. */
export interface RefreshTimes {
  /** Keys are fetched again when they are this old: how long an ended key may still be believed. */
  readonly refreshAfter: number;
  /** How long keys are used while their issuer does not answer. */
  readonly keepFor: number;
  /** The least time between two fetches, however many tokens with unknown keys come. */
  readonly cooldown: number;
}

const usual: RefreshTimes = { refreshAfter: 300_000, keepFor: 3_600_000, cooldown: 5000 };

/**
 * Keys that an identity provider publishes. They are fetched when first needed, and again when they grow
 * old or a token names one that is not among them. A provider that is down for a while stops nobody whose
 * key is known.
 */
export class PublishedKeys implements IssuerKeys {
  readonly find: JWTVerifyGetKey;
  private readonly times: RefreshTimes;
  private known:
    { readonly text: string; readonly find: JWTVerifyGetKey; readonly fetchedAt: number } | undefined;
  private current = 0;
  private fetching: Promise<void> | undefined;
  private lastTry: { readonly at: number; readonly error?: unknown } = { at: -Infinity };

  constructor(
    private readonly url: URL,
    times: Partial<RefreshTimes> = {},
    private readonly fetchKeys: (url: URL) => Promise<JSONWebKeySet> = fetchJwks,
  ) {
    this.times = { ...usual, ...times };
    this.find = async (header, token) => {
      if (!this.usable()) await this.refresh();
      try {
        return await this.found()(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await this.refresh();
        return this.found()(header, token);
      }
    };
  }

  generation(): number {
    const age = performance.now() - (this.known?.fetchedAt ?? 0);
    // A failure is kept for whoever then needs a key that is not here.
    if (age >= this.times.refreshAfter) void this.refresh().catch(() => undefined);
    return this.usable() ? this.current : -1;
  }

  private usable(): boolean {
    return this.known !== undefined && performance.now() - this.known.fetchedAt < this.times.keepFor;
  }

  private found(): JWTVerifyGetKey {
    if (!this.known || !this.usable()) throw new Error('no keys', { cause: this.lastTry.error });
    return this.known.find;
  }

  /** One fetch for all who wait, and none soon after another, which then answers for it. */
  private refresh(): Promise<void> {
    if (this.fetching) return this.fetching;
    if (performance.now() - this.lastTry.at < this.times.cooldown) {
      return this.lastTry.error === undefined
        ? Promise.resolve()
        : Promise.reject(this.lastTry.error as Error);
    }
    this.fetching = this.fetch().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetch(): Promise<void> {
    try {
      const jwks = await this.fetchKeys(this.url);
      const text = JSON.stringify(jwks);
      if (text !== this.known?.text) this.current += 1;
      const find = text === this.known?.text ? this.known.find : createLocalJWKSet(jwks);
      this.known = { text, find, fetchedAt: performance.now() };
      this.lastTry = { at: performance.now() };
    } catch (error) {
      this.lastTry = { at: performance.now(), error };
      throw error;
    }
  }
}
