import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** So many requests in so many seconds. */
export interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

/** What requests are budgeted as; each kind has a budget of its own. */
export const requestKinds = ['read', 'write', 'heavy'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** What is tried before anybody is known, counted by where it comes from. */
export const attemptKinds = ['failures', 'token', 'signIn'] as const;
export type AttemptKind = (typeof attemptKinds)[number];

/** Bounds of one gateway; with several of them a caller may have as many times as much. */
export interface LimitsConfig {
  /** One person or system. */
  readonly client: Readonly<Record<RequestKind, Rate>>;
  /** All of a region, or of an RCC's office, together. */
  readonly tenant: Readonly<Record<RequestKind, Rate>>;
  readonly address: Readonly<Record<AttemptKind, Rate>>;
  /** Requests of one tenant that are under way at the same time. */
  readonly atOnce: number;
  /** Of these, those that go on at a time; the others wait in line for a moment. */
  readonly together: number;
}

/**
 * A gateway answers a few thousand requests a second; no tenant gets more than a tenth of that, and none of
 * its clients more than half of what the tenant gets.
 */
export const usualLimits: LimitsConfig = {
  client: { read: per(1000, 10), write: per(500, 10), heavy: per(50, 10) },
  tenant: { read: per(2000, 10), write: per(1000, 10), heavy: per(100, 10) },
  address: { failures: per(100, 60), token: per(120, 60), signIn: per(600, 60) },
  atOnce: 64,
  // Enough for twice its rate when each is answered within ten milliseconds.
  together: 4,
};

/** The demonstration is shown, measured and taken apart by one who acts as everybody. */
export const demoLimits: LimitsConfig = {
  client: times(usualLimits.client, 20),
  tenant: times(usualLimits.tenant, 20),
  address: times(usualLimits.address, 20),
  atOnce: 512,
  together: 64,
};

const rate = z
  .string()
  .regex(/^[1-9]\d{0,6}\/[1-9]\d{0,4}$/, 'expected requests/seconds, such as "1000/10"')
  .transform((text): Rate => {
    const [requests = 0, seconds = 0] = text.split('/').map(Number);
    return { requests, seconds };
  });

const ofKind = z.strictObject({ read: rate, write: rate, heavy: rate }).partial();
const overrides = z
  .strictObject({
    client: ofKind,
    tenant: ofKind,
    address: z.strictObject({ failures: rate, token: rate, signIn: rate }).partial(),
    atOnce: z.int().min(1).max(100_000),
    together: z.int().min(1).max(100_000),
  })
  .partial();
type Overrides = z.output<typeof overrides>;

export const limitVariables = {
  /** `off`, or JSON with what is to differ from the usual, rates as "requests/seconds". */
  RATE_LIMITS: z.string().transform(parseLimits).optional(),
  /** Addresses and networks whose X-Forwarded-For is believed, apart by commas or spaces. */
  TRUSTED_PROXIES: z.string().transform(parseProxies).optional(),
};

/** Undefined: no limits, which has to be asked for by name. */
export function limitsConfig(
  asked: Overrides | 'off' | undefined,
  mode: 'production' | 'demo',
): LimitsConfig | undefined {
  if (asked === 'off') return undefined;
  const usual = mode === 'demo' ? demoLimits : usualLimits;
  return {
    client: { ...usual.client, ...asked?.client },
    tenant: { ...usual.tenant, ...asked?.tenant },
    address: { ...usual.address, ...asked?.address },
    atOnce: asked?.atOnce ?? usual.atOnce,
    together: asked?.together ?? usual.together,
  };
}

function per(requests: number, seconds: number): Rate {
  return { requests, seconds };
}

function times<K extends string>(rates: Readonly<Record<K, Rate>>, factor: number): Record<K, Rate> {
  const entries = Object.entries<Rate>(rates).map(([kind, { requests, seconds }]) => [
    kind,
    per(requests * factor, seconds),
  ]);
  return Object.fromEntries(entries) as Record<K, Rate>;
}

function parseLimits(text: string, context: z.RefinementCtx): Overrides | 'off' {
  if (text === 'off') return 'off';
  const parsed = overrides.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.addIssue([path.join('.'), message].filter((part) => part !== '').join(': '));
  }
  return z.NEVER;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseProxies(text: string, context: z.RefinementCtx): string[] {
  const proxies = text.split(/[\s,]+/).filter((part) => part !== '');
  if (proxies.every(isNetwork)) return proxies;
  context.addIssue('expected addresses or networks, such as 10.0.0.0/8');
  return z.NEVER;
}

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/', 2);
  const family = isIP(address);
  if (family === 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}
