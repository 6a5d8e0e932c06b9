import { Controller } from '@nestjs/common';
import { interpretWhen, type EndpointReply } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { readWhen } from './when.ts';

/** Reads a text for whoever is identified: it knows nothing but the text, so no role is asked for. */
@Controller()
export class WhenHandlers {
  @Handles(interpretWhen)
  interpret({ request }: Asked<typeof interpretWhen>): EndpointReply<typeof interpretWhen> {
    return { body: readWhen(request.body.text) };
  }
}
