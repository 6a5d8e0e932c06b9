import { DomainError, type Actor } from '#libs/contracts';
import { type Logger } from '#libs/platform';
import { addressKey } from './address.ts';
import { Budget, type Standing } from './budget.ts';
import {
  attemptKinds,
  requestKinds,
  type AttemptKind,
  type LimitsConfig,
  type RequestKind,
} from './limits.config.ts';
import { Refusals } from './refusals.ts';
import { tenantOf } from './tenant.ts';
import { Turns } from './turns.ts';

/** Where the headers go that tell callers how they stand. */
export interface HeaderTarget {
  header(name: string, value: string): unknown;
}

/** A request whose caller is known, as far as it has been let in. */
export interface Admitted {
  readonly subject: string;
  readonly kind: RequestKind;
  readonly policies: string[];
  readonly standings: string[];
  tenant?: string;
  /** To be called when the answer is ready to be sent, however long its caller takes to read it. */
  endTurn?: () => void;
  /** To be called once, when the request is over. */
  release?: () => void;
}

/** Callers whose tenant is remembered, so that what is too much is refused before the directory is asked. */
const rememberedTenants = 10_000;
/** Milliseconds in which a tenant with too many requests at once is logged once. */
const loggedEvery = 10_000;

/**
 * Keeps one caller's appetite from being everybody's wait. Each check costs some microseconds, and what is
 * refused costs nobody else much: no body has been read, no service asked. What it does cost adds up when somebody
 * asks thousands of times a second, so refusals are held for a moment: who waits for an answer before asking anew,
 * as clients do, then asks some hundred times a second.
 */
export class Limits {
  private readonly clients: Readonly<Record<RequestKind, Budget>>;
  private readonly tenants: Readonly<Record<RequestKind, Budget>>;
  private readonly addresses: Readonly<Record<AttemptKind, Budget>>;
  private readonly tenantOfSubject = new Map<string, string>();
  private readonly underWay = new Map<string, number>();
  private readonly crowdedSince = new Map<string, number>();
  private readonly turns: Turns;
  private readonly refusals = new Refusals();

  constructor(
    private readonly config: LimitsConfig,
    private readonly logger: Logger,
  ) {
    this.clients = budgets(requestKinds, config.client);
    this.tenants = budgets(requestKinds, config.tenant);
    this.addresses = budgets(attemptKinds, config.address);
    this.turns = new Turns(config.together);
  }

  /** Counts an attempt from an address. Errors: `too-many-requests`. */
  async attempt(kind: AttemptKind, ip: string, reply: HeaderTarget): Promise<void> {
    const key = addressKey(ip);
    const budget = this.addresses[kind];
    const name = `address-${kind}`;
    const standing = await budget.count(key);
    tell(budget.policy(name), standing, name, { policies: [], standings: [] }, reply);
    if (standing.isFirstRefusal) this.logger.warn({ limit: name, address: key }, 'too many requests');
    if (!standing.isWithin) await this.refuse(standing.seconds);
  }

  /** Errors: `too-many-requests` when an address has failed too often. */
  async refuseAfterFailures(ip: string, reply: HeaderTarget): Promise<void> {
    if (await this.addresses.failures.isSpent(addressKey(ip))) await this.attempt('failures', ip, reply);
  }

  /**
   * Counts a request for its caller, and for the caller's tenant where that is known from before.
   * Errors: `too-many-requests`.
   */
  async admit(subject: string, kind: RequestKind, reply: HeaderTarget): Promise<Admitted> {
    const admitted: Admitted = { subject, kind, policies: [], standings: [] };
    await this.draw(this.clients[kind], 'client', subject, admitted, reply);
    const tenant = this.tenantOfSubject.get(subject);
    if (tenant !== undefined) await this.admitTenant(admitted, tenant, reply);
    return admitted;
  }

  /** The same with what the directory says of the caller. Errors: `too-many-requests`. */
  async confirm(admitted: Admitted, actor: Actor, reply: HeaderTarget): Promise<void> {
    const tenant = tenantOf(actor);
    if (tenant === admitted.tenant) return;
    if (this.tenantOfSubject.size >= rememberedTenants) this.tenantOfSubject.clear();
    if (tenant === undefined) this.tenantOfSubject.delete(admitted.subject);
    else this.tenantOfSubject.set(admitted.subject, tenant);
    // Whoever has moved was counted where it used to be, once.
    if (tenant !== undefined && admitted.tenant === undefined)
      await this.admitTenant(admitted, tenant, reply);
  }

  private async admitTenant(admitted: Admitted, tenant: string, reply: HeaderTarget): Promise<void> {
    admitted.tenant = tenant;
    await this.draw(this.tenants[admitted.kind], 'tenant', tenant, admitted, reply);
    const before = this.underWay.get(tenant) ?? 0;
    if (before >= this.config.atOnce) {
      this.noteCrowd(tenant, admitted.subject);
      await this.refuse(1);
    }
    this.underWay.set(tenant, before + 1);
    const endTurn = await this.turns.take(tenant);
    admitted.endTurn = endTurn;
    admitted.release = () => {
      endTurn();
      this.finished(tenant);
    };
  }

  /** Errors: `too-many-requests`, always. */
  private async refuse(seconds: number): Promise<never> {
    await this.refusals.hold();
    throw tooMany(seconds);
  }

  private noteCrowd(tenant: string, caller: string): void {
    const now = Date.now();
    if (now - (this.crowdedSince.get(tenant) ?? 0) < loggedEvery) return;
    this.crowdedSince.set(tenant, now);
    this.logger.warn({ limit: 'tenant.atOnce', tenant, caller }, 'too many requests');
  }

  private finished(tenant: string): void {
    const left = (this.underWay.get(tenant) ?? 1) - 1;
    if (left > 0) this.underWay.set(tenant, left);
    else this.underWay.delete(tenant);
  }

  private async draw(
    budget: Budget,
    who: 'client' | 'tenant',
    key: string,
    admitted: Admitted,
    reply: HeaderTarget,
  ): Promise<void> {
    const name = `${who}-${admitted.kind}`;
    const standing = await budget.count(key);
    tell(budget.policy(name), standing, name, admitted, reply);
    if (standing.isFirstRefusal) {
      this.logger.warn({ limit: name, [who]: key, caller: admitted.subject }, 'too many requests');
    }
    if (!standing.isWithin) await this.refuse(standing.seconds);
  }
}

function budgets<K extends string>(
  kinds: readonly K[],
  rates: Readonly<Record<K, ConstructorParameters<typeof Budget>[0]>>,
): Readonly<Record<K, Budget>> {
  return Object.fromEntries(kinds.map((kind) => [kind, new Budget(rates[kind])])) as Record<K, Budget>;
}

/** Lists of what counts and of how it stands (draft-ietf-httpapi-ratelimit-headers-09, 3 and 4). */
function tell(
  policy: string,
  { left, seconds }: Standing,
  name: string,
  { policies, standings }: Pick<Admitted, 'policies' | 'standings'>,
  reply: HeaderTarget,
): void {
  policies.push(policy);
  standings.push(`"${name}";r=${left};t=${seconds}`);
  reply.header('ratelimit-policy', policies.join(', '));
  reply.header('ratelimit', standings.join(', '));
}

/** Without the place it was thrown at, which nobody looks at and which costs more than all the counting. */
function tooMany(seconds: number): DomainError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new DomainError('too-many-requests', { params: { seconds } });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
