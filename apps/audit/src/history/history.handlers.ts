import { Controller } from '@nestjs/common';
import { auditHistoryOf, getAudit, recordedIn, type EndpointReply } from '#libs/contracts';
import { BusClient, Handles, type Asked } from '#libs/messaging';

/** Hands the question on to whoever owns the thing, in the name of whoever asked. */
@Controller()
export class HistoryHandlers {
  constructor(private readonly bus: BusClient) {}

  @Handles(getAudit)
  async history({ request, caller }: Asked<typeof getAudit>): Promise<EndpointReply<typeof getAudit>> {
    const { resource, id, limit, page } = request.query;
    const owner = auditHistoryOf(recordedIn[resource]);
    return { body: await this.bus.ask(owner, { resource, id, limit, page }, { actor: caller.actor }) };
  }
}
