import { Controller } from '@nestjs/common';
import {
  contactsOf,
  getMe,
  recipientsOf,
  resolveActor,
  type Actor,
  type EndpointReply,
} from '#libs/contracts';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { ActorService } from './actor.service.ts';

@Controller()
export class ActorHandlers {
  constructor(private readonly service: ActorService) {}

  @Handles(getMe)
  async me({ caller }: Asked<typeof getMe>): Promise<EndpointReply<typeof getMe>> {
    return { body: await this.service.me(caller.actor) };
  }

  @Handles(resolveActor)
  async resolve({ request }: AskedRpc<typeof resolveActor>): Promise<{ actor: Actor | null }> {
    return { actor: await this.service.resolve(request.subject) };
  }

  @Handles(recipientsOf)
  async recipients({ request }: AskedRpc<typeof recipientsOf>) {
    return { recipients: await this.service.recipients(request) };
  }

  @Handles(contactsOf)
  async contacts({ request }: AskedRpc<typeof contactsOf>) {
    return { recipients: await this.service.contacts(request.ids) };
  }
}
