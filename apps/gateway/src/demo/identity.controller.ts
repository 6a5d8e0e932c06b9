import { Body, Controller, Get, Headers, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type Reply } from '../http/fastify.ts';
import { type RouteSettings } from '../http/route-config.ts';
import { DemoIdentityProvider } from './identity-provider.ts';

const form: RouteSettings = { form: true };

@Controller('dev/oidc')
export class DemoIdentityController {
  constructor(private readonly provider: DemoIdentityProvider) {}

  @Post('token')
  @RouteConfig(form)
  async token(
    @Body() body: URLSearchParams | undefined,
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<unknown> {
    const answer = await this.provider.token(body, authorization);
    reply.code(answer.status).headers(answer.headers ?? {});
    return answer.body;
  }

  @Get('jwks')
  keys(): unknown {
    return this.provider.key.jwks;
  }

  @Get('.well-known/openid-configuration')
  configuration(): unknown {
    return this.provider.configuration;
  }
}
