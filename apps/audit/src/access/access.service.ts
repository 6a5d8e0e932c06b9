import { Injectable } from '@nestjs/common';
import { stampOf, visibleWhere } from '#libs/access';
import {
  accessRecorded,
  DomainError,
  serviceActor,
  type AccessView,
  type Actor,
  type EventEnvelope,
  type Page,
  type Paging,
} from '#libs/contracts';
import { Poison } from '#libs/messaging';
import { Clock } from '#libs/platform';
import { AccessBatchRepository } from './access-batch.repository.ts';
import { AccessRepository, type AccessFilter } from './access.repository.ts';

const keeper = stampOf(serviceActor('audit'));

/** Who read personal data, and what was refused to whom. */
@Injectable()
export class AccessService {
  constructor(
    private readonly accesses: AccessRepository,
    private readonly batches: AccessBatchRepository,
    private readonly clock: Clock,
  ) {}

  /** Keeps a batch of records. Repeating changes nothing. Errors: `Poison` for what is no batch. */
  async keep(event: EventEnvelope): Promise<void> {
    const parsed = accessRecorded.data.safeParse(event.data);
    if (!parsed.success) throw new Poison('not a batch of accesses');
    const { batchId, records } = parsed.data as { batchId: string; records: never[] };
    // Kept before, and perhaps thinned meanwhile: what comes again does not bring it back.
    if (await this.batches.find(batchId)) return;
    // The records first: a crash in between is made good by the event's coming again.
    await this.accesses.add(batchId, records);
    const time = this.clock.now();
    await this.batches.keep(batchId, records, { actor: keeper, time, command: 'accesses.keep' });
  }

  /** Auditors see all; an office what concerns its own RCC, where the record says so. Errors: `forbidden`. */
  page(actor: Actor, filter: AccessFilter, paging: Paging): Promise<Page<AccessView>> {
    const where = visibleWhere(actor, 'audit');
    if (where === null) throw new DomainError('forbidden', { params: { command: 'read' } });
    return this.accesses.page(where, filter, paging);
  }
}
