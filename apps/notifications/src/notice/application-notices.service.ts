import { Injectable } from '@nestjs/common';
import { type z } from 'zod';
import {
  applicationNotices,
  DomainError,
  noticesAtOnce,
  serviceActor,
  type applicationNotice,
} from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { Batches } from '#libs/persistence';

type Notice = z.output<typeof applicationNotice>;

const actor = serviceActor('notifications');

/** Asks the owner of applications what a mail must say, for several mails of the same moment at once. */
@Injectable()
export class ApplicationNotices {
  private readonly asking = new Batches((ids: readonly string[]) => this.ask(ids));

  constructor(private readonly bus: BusClient) {}

  /** Errors: `not-found`, `unavailable`. */
  of(id: string): Promise<Notice> {
    return this.asking.add(id);
  }

  private async ask(ids: readonly string[]): Promise<(Notice | Error)[]> {
    const distinct = [...new Set(ids)];
    const parts = Array.from({ length: Math.ceil(distinct.length / noticesAtOnce) }, (_, part) =>
      distinct.slice(part * noticesAtOnce, (part + 1) * noticesAtOnce),
    );
    const known = new Map((await Promise.all(parts.map((part) => this.ofPart(part)))).flat());
    return ids.map((id) => known.get(id) ?? new DomainError('not-found'));
  }

  /** One of which the owner cannot tell must not keep the others from being told of: then one by one. */
  private async ofPart(ids: readonly string[]): Promise<[string, Notice | Error][]> {
    try {
      const { notices } = await this.bus.ask(applicationNotices, { ids: [...ids] }, { actor });
      return notices.map((notice) => [notice.id, notice]);
    } catch (error) {
      const isAway = error instanceof DomainError && error.code === 'unavailable';
      if (!isAway && ids.length > 1) return (await Promise.all(ids.map((id) => this.ofPart([id])))).flat();
      return ids.map((id) => [id, error instanceof Error ? error : new Error(String(error))]);
    }
  }
}
