import { Controller } from '@nestjs/common';
import {
  getAuditKeys,
  getConsistencyProof,
  getInclusionProof,
  getRoot,
  listRoots,
  type EndpointReply,
} from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { LogService } from './log.service.ts';

@Controller()
export class LogHandlers {
  constructor(private readonly log: LogService) {}

  @Handles(listRoots)
  async roots({ request }: Asked<typeof listRoots>): Promise<EndpointReply<typeof listRoots>> {
    return { body: await this.log.page(request.query) };
  }

  @Handles(getRoot)
  async root({ request }: Asked<typeof getRoot>): Promise<EndpointReply<typeof getRoot>> {
    return { body: await this.log.root(Number(request.params.treeSize)) };
  }

  @Handles(getInclusionProof)
  async inclusion({
    request,
    caller,
  }: Asked<typeof getInclusionProof>): Promise<EndpointReply<typeof getInclusionProof>> {
    return { body: await this.log.inclusion(caller.actor, request.query) };
  }

  @Handles(getConsistencyProof)
  async consistency({
    request,
  }: Asked<typeof getConsistencyProof>): Promise<EndpointReply<typeof getConsistencyProof>> {
    return { body: await this.log.consistency(request.query.from, request.query.to) };
  }

  @Handles(getAuditKeys)
  async keys(): Promise<EndpointReply<typeof getAuditKeys>> {
    return { body: this.log.published() };
  }
}
