import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import {
  DomainError,
  exportPage,
  resolveActor,
  serviceActor,
  type Actor,
  type exportAudit,
} from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { type Input } from '../http/input.ts';

/** A page of an export asks a service for many chains: more time than a single answer has. */
const patience = 20_000;

/** Sends an export page by page as the services give it, in the pace in which it is taken. */
@Injectable()
export class AuditExport {
  constructor(private readonly bus: BusClient) {}

  /** Errors: those of the first page. What fails later ends the file in the middle, which shows: it has no end. */
  async open({ request, actor }: Input<typeof exportAudit>): Promise<StreamableFile> {
    const filter = request.query;
    const ask = (after: string | null, who: Actor) =>
      this.bus.ask(exportPage, { filter, after }, { actor: who, timeout: patience });
    const asTheyAreNow = () => this.actorNow(actor);
    const first = await ask(null, actor);
    async function* pages(): AsyncGenerator<string> {
      for (let page = first; ; page = await ask(page.next, await asTheyAreNow())) {
        if (page.lines.length > 0) yield page.lines.join('');
        if (page.next === null) return;
      }
    }
    return new StreamableFile(Readable.from(pages(), { objectMode: false, highWaterMark: 1 }), {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="audit.ndjson"',
    });
  }

  /** A long export goes at the client's pace: a role that ends meanwhile ends it too. */
  private async actorNow({ id }: Actor): Promise<Actor> {
    const { actor } = await this.bus.ask(resolveActor, { subject: id }, { actor: serviceActor('gateway') });
    if (!actor) throw new DomainError('forbidden', { params: { command: 'read' } });
    return actor;
  }
}
