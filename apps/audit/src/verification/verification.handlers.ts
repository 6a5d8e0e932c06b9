import { Controller } from '@nestjs/common';
import { getVerification, type EndpointReply } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { VerificationService } from './verification.service.ts';

@Controller()
export class VerificationHandlers {
  constructor(private readonly verification: VerificationService) {}

  @Handles(getVerification)
  async view({ caller }: Asked<typeof getVerification>): Promise<EndpointReply<typeof getVerification>> {
    return { body: await this.verification.view(caller.actor) };
  }
}
