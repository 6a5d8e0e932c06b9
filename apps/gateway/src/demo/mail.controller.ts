import { Controller, Get, Req, Res } from '@nestjs/common';
import { DomainError } from '#libs/contracts';
import { type Reply, type Request } from '../http/fastify.ts';
import { DemoMail } from './mail.ts';

/** The mail catcher's messages and page, under the product's own address. */
@Controller('dev/mail')
export class DemoMailController {
  constructor(private readonly mail: DemoMail) {}

  @Get('messages')
  messages(@Res() reply: Reply): Promise<void> {
    return this.pass('messages', reply);
  }

  @Get()
  page(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = request.url.indexOf('?');
    return this.pass(query < 0 ? '' : request.url.slice(query), reply);
  }

  private async pass(path: string, reply: Reply): Promise<void> {
    const answer = await this.mail.fetch(path);
    if (!answer) throw new DomainError('unavailable', { params: { seconds: 2 } });
    void reply.code(answer.status).headers(answer.headers).send(answer.body);
  }
}
