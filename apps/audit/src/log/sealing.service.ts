import { Inject, Injectable } from '@nestjs/common';
import { rootAggregate, signRoot, type CompactRange, type LogLeaf } from '#libs/audit';
import { stampOf } from '#libs/access';
import {
  auditHeadsOf,
  auditLinksOf,
  DomainError,
  serviceActor,
  serviceNames,
  type ServiceName,
} from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { type WriteContext } from '#libs/persistence';
import { Clock, failPoint, type Logger } from '#libs/platform';
import { LOGGER } from '#libs/service';
import { AlarmRepository } from './alarm.repository.ts';
import { chainKey, LeafRepository, LogBusy } from './leaf.repository.ts';
import { ProgressRepository } from './progress.repository.ts';
import { RootRepository } from './root.repository.ts';
import { type SigningKey } from './signing-key.store.ts';

/** The key that this process signs with. */
export const SIGNING_KEY = Symbol('SIGNING_KEY');

interface Head {
  readonly type: string;
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
}

/** What is being taken into the log, and what of it the log has. */
interface Followed {
  readonly range: CompactRange;
  readonly service: ServiceName;
  readonly leafOf: (head: Head) => LogLeaf | undefined;
  readonly now: Date;
}

const hour = 3_600_000;
/** Looked at twice: clocks of machines differ, and a write takes time from being made to being seen. */
const overlap = 5 * 60_000;
/** Milliseconds within which a service must tell of its chains; longer than a caller of the API may wait. */
const patience = 10_000;
const linksAtOnce = 200;

const actor = serviceActor('audit');

/**
 * Every hour of the product's time, the ends of all chains that have grown become leaves of one log, and its
 * root is signed, grown or not: whoever knows a root can tell if anything below it is cut off or written anew.
 * An hour in which the product did not run, or that its clock was moved past, has no root. Any step may be
 * repeated, and done by several replicas at once: leaves and roots are given their places once.
 */
@Injectable()
export class SealingService {
  private sealing: Promise<unknown> = Promise.resolve();
  /** Services that did not tell when they were asked last: it is logged once, not every few seconds. */
  private readonly silent = new Set<ServiceName>();

  constructor(
    private readonly leaves: LeafRepository,
    private readonly roots: RootRepository,
    private readonly alarms: AlarmRepository,
    private readonly progress: ProgressRepository,
    private readonly bus: BusClient,
    private readonly clock: Clock,
    @Inject(SIGNING_KEY) private readonly key: SigningKey,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Seals when an hour has ended since the last time; one sealing after the other. */
  sealIfDue(): Promise<void> {
    const due = async (): Promise<void> => {
      const known = await this.progress.read();
      const now = this.clock.now();
      const isNew = known?.hour !== hourOf(now);
      const services = isNew ? serviceNames : serviceNames.filter((name) => known.unheard.includes(name));
      if (services.length > 0) await this.seal(services, known?.since ?? {}, now);
    };
    const sealed = this.sealing.then(due, due);
    this.sealing = sealed.catch(() => undefined);
    return sealed;
  }

  private async seal(
    services: readonly ServiceName[],
    since: Readonly<Record<string, number>>,
    now: Date,
  ): Promise<void> {
    const from: Record<string, number> = { ...since };
    const unheard: ServiceName[] = [];
    try {
      const range = await this.leaves.range(await this.leaves.size());
      for (const service of services) {
        const begun = Date.now();
        try {
          await this.follow(range, service, from[service] ?? 0, now);
          from[service] = begun - overlap;
          if (this.silent.delete(service))
            this.logger.info({ service }, 'a service tells of its chains again');
        } catch (error) {
          // What the service answers, or that it does not: a failed write of leaves is no DomainError and ends all.
          if (!(error instanceof DomainError)) throw error;
          // One that is down, or stumbles over a thing that was tampered with, does not keep the others from being
          // sealed; its turn comes again.
          unheard.push(service);
          if (!this.silent.has(service))
            this.logger.warn({ err: error, service }, 'a service does not tell of its chains');
          this.silent.add(service);
        }
      }
      failPoint('audit.after-leaves');
      await this.sign(range, now);
    } catch (error) {
      if (!(error instanceof LogBusy)) throw error;
      this.logger.info('another replica is sealing');
      return;
    }
    await this.progress.keep({ hour: hourOf(now), since: from, unheard });
  }

  /** Takes the chains of one service that have grown into the log. */
  private async follow(range: CompactRange, service: ServiceName, since: number, now: Date): Promise<void> {
    let after: string | null = null;
    do {
      const page: { heads: Head[]; next: string | null } = await this.bus.ask(
        auditHeadsOf(service),
        { since: Math.max(0, since), after },
        { actor, timeout: patience },
      );
      const heads = longest(page.heads.filter(({ type }) => type !== rootAggregate));
      for (let start = 0; start < heads.length; start += linksAtOnce)
        await this.add(range, service, heads.slice(start, start + linksAtOnce), now);
      after = page.next;
    } while (after !== null);
  }

  private async add(
    range: CompactRange,
    service: ServiceName,
    heads: readonly Head[],
    now: Date,
  ): Promise<void> {
    const known = await this.leaves.newestOf(service, heads);
    const leafOf = ({ type, id }: Head): LogLeaf | undefined => known.get(chainKey(type, id));
    const grown = heads.filter((head) => {
      const leaf = leafOf(head);
      return !leaf || leaf.seq !== head.seq || leaf.hash !== head.hash;
    });
    const sound = await this.withoutBroken({ range, service, leafOf, now }, grown);
    const at = now.toISOString();
    await this.leaves.append(
      range,
      sound.map(({ type, id, seq, hash }) => ({
        service,
        aggregateType: type,
        aggregateId: id,
        seq,
        hash,
        at,
      })),
    );
  }

  /** Those that go on from where the log has them. Of the others an alarm is raised. */
  private async withoutBroken(
    { range, service, leafOf, now }: Followed,
    heads: readonly Head[],
  ): Promise<Head[]> {
    const before = heads.flatMap((head) => {
      const leaf = leafOf(head);
      return leaf ? [{ head, leaf }] : [];
    });
    if (before.length === 0) return [...heads];
    const { hashes } = await this.bus.ask(
      auditLinksOf(service),
      { links: before.map(({ head: { type, id }, leaf: { seq } }) => ({ type, id, seq })) },
      { actor, timeout: patience },
    );
    const broken = new Set<Head>();
    for (const [index, { head, leaf }] of before.entries()) {
      // At the link itself the document's word counts: it would be given the same place in the log, and be taken
      // for another replica's, again and again.
      const found = head.seq === leaf.seq ? head.hash : (hashes[index] ?? null);
      const isShorter = head.seq < leaf.seq;
      if (found === leaf.hash && !isShorter) continue;
      // A leaf that another replica has added meanwhile may be newer than what this one was told of the chain:
      // no reason for an alarm, which stays for ever.
      if ((await this.leaves.size()) !== range.size) throw new LogBusy('the log has grown meanwhile');
      broken.add(head);
      await this.raise(service, head, leaf, isShorter ? null : found, now);
    }
    return heads.filter((head) => !broken.has(head));
  }

  private async raise(
    service: ServiceName,
    { type, id }: Head,
    leaf: LogLeaf,
    found: string | null,
    now: Date,
  ): Promise<void> {
    const place = { service, aggregate: { type, id }, seq: leaf.seq };
    const alarm = { ...place, expected: leaf.hash, found, at: now.toISOString() };
    if (await this.alarms.raise(alarm, contextOf(now)))
      this.logger.error(place, 'a chain is not the one the log knows');
  }

  /** Once an hour also when the log has not grown: no root at all would be told from no news by nobody. */
  private async sign(range: CompactRange, now: Date): Promise<void> {
    const before = await this.roots.newest();
    const sizeBefore = before?.treeSize ?? 0;
    if (range.size < sizeBefore) throw new LogBusy('another replica has signed more');
    const isDue = range.size > sizeBefore || (before !== null && isHourLater(now, before.at));
    if (!isDue) return;
    const number = (before?.place ?? 0) + 1;
    const statement = {
      number,
      treeSize: range.size,
      rootHash: range.root(),
      at: now.toISOString(),
      ...(before && { previous: before.rootHash }),
      keyId: this.key.published.kid,
    };
    const root = { ...signRoot(statement, this.key.privateKey), number };
    const isKept = await this.roots.add(root, contextOf(now));
    if (!isKept) throw new LogBusy('another replica has signed');
    this.logger.info({ number, treeSize: root.treeSize, rootHash: root.rootHash }, 'a root was signed');
  }
}

/** Also when the product's clock was moved back by more than what clocks of machines differ by. */
function isHourLater(now: Date, before: string): boolean {
  const passed = now.getTime() - Date.parse(before);
  return passed < -overlap || hourOf(now) > hourOf(new Date(before));
}

function hourOf(time: Date): number {
  return Math.floor(time.getTime() / hour);
}

function contextOf(time: Date): WriteContext {
  return { actor: stampOf(actor), time, command: 'log.seal' };
}

/** A chain may be told of twice on one page, while it moves from the outbox to the journal. */
function longest(heads: readonly Head[]): Head[] {
  const byChain = new Map<string, Head>();
  for (const head of heads) {
    const key = chainKey(head.type, head.id);
    if ((byChain.get(key)?.seq ?? 0) <= head.seq) byChain.set(key, head);
  }
  return [...byChain.values()];
}
