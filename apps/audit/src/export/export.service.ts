import { Inject, Injectable } from '@nestjs/common';
import { type z } from 'zod';
import { visibleWhere } from '#libs/access';
import { exportLine, type ExportHeader, type ExportRecord } from '#libs/audit';
import {
  auditEntriesOf,
  DomainError,
  recordedIn,
  serviceNames,
  type Actor,
  type exportAudit,
} from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { Clock } from '#libs/platform';
import { LeafRepository } from '../log/leaf.repository.ts';
import { RootRepository } from '../log/root.repository.ts';
import { TRUSTED_KEYS, type PublishedKey } from '../log/signing-key.store.ts';

type ExportFilter = z.output<typeof exportAudit.query>;

/** How far an export has come. `size`: leaves that go along, fixed when it began; 0: without the log. */
type Place =
  | { readonly at: 'service'; readonly size: number; readonly index: number; readonly after: string | null }
  | { readonly at: 'leaves'; readonly size: number; readonly from: number }
  | { readonly at: 'roots'; readonly size: number; readonly count: number };

interface Page {
  readonly lines: string[];
  readonly next: string | null;
}

const leavesAtOnce = 2000;
const rootsAtOnce = 500;

/** Puts an export together: the chains of every service, then the log as it was when the export began. */
@Injectable()
export class ExportService {
  constructor(
    private readonly bus: BusClient,
    private readonly clock: Clock,
    private readonly leaves: LeafRepository,
    private readonly roots: RootRepository,
    @Inject(TRUSTED_KEYS) private readonly keys: readonly PublishedKey[],
  ) {}

  /** Errors: `forbidden`; `unavailable` when a service does not answer: the export can go on from there. */
  async page(actor: Actor, filter: ExportFilter, after: string | null): Promise<Page> {
    const audit = visibleWhere(actor, 'audit');
    if (audit === null) throw new DomainError('forbidden', { params: { command: 'read' } });
    if (after === null) return this.begin(selectionOf(filter, Object.keys(audit).length === 0));
    const place = JSON.parse(after) as Place;
    if (place.at === 'service') return this.ofService(actor, filter, place);
    return place.at === 'leaves' ? this.ofLeaves(place) : this.ofRoots(place);
  }

  /** Leaves whose chains are not in the export could not be verified: the log goes along only with everything. */
  private async begin(selection: string | undefined): Promise<Page> {
    const exportedAt = this.clock.now().toISOString();
    const header: ExportHeader = {
      insatsAudit: 1,
      exportedAt,
      ...(selection !== undefined && { selection }),
    };
    const size = selection === undefined ? ((await this.roots.newest())?.treeSize ?? 0) : 0;
    return page([header], { at: 'service', size, index: 0, after: null });
  }

  private async ofService(
    actor: Actor,
    filter: ExportFilter,
    { size, index, after }: Extract<Place, { at: 'service' }>,
  ): Promise<Page> {
    const service = serviceNames[index];
    if (service === undefined) return page([], size > 0 ? { at: 'leaves', size, from: 0 } : null);
    const isAsked = filter.resource === undefined || recordedIn[filter.resource] === service;
    if (!isAsked) return page([], { at: 'service', size, index: index + 1, after: null });
    const { records, next } = await this.bus.ask(auditEntriesOf(service), { ...filter, after }, { actor });
    return page(
      records as unknown as ExportRecord[],
      next === null
        ? { at: 'service', size, index: index + 1, after: null }
        : { at: 'service', size, index, after: next },
    );
  }

  private async ofLeaves({ size, from }: Extract<Place, { at: 'leaves' }>): Promise<Page> {
    const leaves = await this.leaves.from(from, Math.min(leavesAtOnce, size - from));
    const next = from + leaves.length;
    return page(
      leaves.map(({ index, leaf }) => ({ kind: 'leaf', index, leaf })),
      next < size && leaves.length > 0 ? { at: 'leaves', size, from: next } : { at: 'roots', size, count: 0 },
    );
  }

  /** `count`: roots that have been told. */
  private async ofRoots({ size, count }: Extract<Place, { at: 'roots' }>): Promise<Page> {
    const roots = await this.roots.behind(count, rootsAtOnce);
    const covered = roots.filter(({ treeSize }) => treeSize <= size);
    const records: ExportRecord[] = covered.map((root) => ({ kind: 'root', root }));
    if (covered.length === rootsAtOnce)
      return page(records, { at: 'roots', size, count: count + rootsAtOnce });
    return page([...records, ...this.keys.map((jwk) => ({ kind: 'key' as const, jwk }))], null);
  }
}

/** What is left of everything, in words for people, which the export's header tells; undefined: everything. */
function selectionOf(filter: ExportFilter, seesAll: boolean): string | undefined {
  const asked = Object.entries(filter)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
  const parts = seesAll ? asked : [...asked, 'bara det som hämtaren får se'];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function page(records: readonly (ExportHeader | ExportRecord)[], next: Place | null): Page {
  return { lines: records.map(exportLine), next: next && JSON.stringify(next) };
}
