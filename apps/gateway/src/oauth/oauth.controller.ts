import { Body, Controller, Get, Headers, Inject, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type Reply } from '../http/fastify.ts';
import { type RouteSettings } from '../http/route-config.ts';
import { serverMetadata } from './metadata.ts';
import { OAuthRefusal } from './oauth-refusal.ts';
import { keysPath, TokenEndpoint, tokenPath } from './token-endpoint.ts';

const form: RouteSettings = { form: true };
/** Seconds for which clients and caches may keep what rarely changes. */
const cached = 'public, max-age=300';

/** The authorization server for regions' systems. Not part of the API: standards say what it looks like. */
@Controller()
export class OAuthController {
  constructor(@Inject(TokenEndpoint) private readonly endpoint: TokenEndpoint) {}

  @Post(tokenPath)
  @RouteConfig(form)
  async token(
    @Body() body: URLSearchParams | undefined,
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<unknown> {
    try {
      reply.code(200);
      return await this.endpoint.token(body, authorization);
    } catch (error) {
      if (!(error instanceof OAuthRefusal)) throw error;
      reply.code(error.status);
      // RFC 6749, 5.2: who tried by this header is answered by the like of it.
      if (authorization !== undefined) reply.header('www-authenticate', 'Bearer realm="insats"');
      return error.body;
    }
  }

  @Get(keysPath)
  keys(@Res({ passthrough: true }) reply: Reply): unknown {
    reply.header('cache-control', cached);
    return this.endpoint.keys.jwks;
  }

  @Get('.well-known/oauth-authorization-server')
  metadata(@Res({ passthrough: true }) reply: Reply): unknown {
    reply.header('cache-control', cached);
    return serverMetadata(this.endpoint.issuer);
  }
}
