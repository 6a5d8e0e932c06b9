import { Controller, Get, Inject, Res } from '@nestjs/common';
import { type Reply } from '../http/fastify.ts';
import { Readiness } from './readiness.ts';

@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  /** The process lives; says nothing of what it needs. */
  @Get('live')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    const state = await this.readiness.check();
    if (state.status === 'down') reply.code(503).header('retry-after', '2');
    return state;
  }
}
