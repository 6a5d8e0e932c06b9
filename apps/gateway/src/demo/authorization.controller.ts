import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type Reply, type Request } from '../http/fastify.ts';
import { type RouteSettings } from '../http/route-config.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { pageStyleHash } from '../session/page.ts';
import { DemoAuthorization } from './authorization.ts';
import { choicePage, refusalPage } from './authorization-page.ts';

const form: RouteSettings = { form: true };
// The only page of the gateway with a form; a browser holds its policy against the redirect that follows, too.
const headers = {
  'content-security-policy': securityHeaders([pageStyleHash], "'self'")['content-security-policy'],
  'content-type': 'text/html; charset=utf-8',
};

/** Where a browser goes to sign in and out in demo mode. */
@Controller('dev/oidc')
export class DemoAuthorizationController {
  constructor(private readonly people: DemoAuthorization) {}

  @Get('authorize')
  ask(@Req() request: Request, @Res() reply: Reply): void {
    const parameters = parametersOf(request);
    const checked = this.people.check(parameters);
    if (typeof checked === 'string') refuse(reply, checked);
    else void reply.headers(headers).send(choicePage(parameters));
  }

  @Post('authorize')
  @RouteConfig(form)
  choose(@Body() body: URLSearchParams | undefined, @Res() reply: Reply): void {
    const parameters = new URLSearchParams(body);
    const checked = this.people.check(parameters);
    if (typeof checked === 'string') {
      refuse(reply, checked);
      return;
    }
    const location = this.people.choose(checked, parameters.get('person'));
    if (location === undefined) refuse(reply, 'Personen är okänd.');
    else void reply.redirect(location, 303);
  }

  /** There is no session here to end: everybody chooses anew at each sign-in. */
  @Get('logout')
  logout(@Req() request: Request, @Res() reply: Reply): void {
    const location = this.people.afterLogout(parametersOf(request));
    if (location === undefined) refuse(reply, 'post_logout_redirect_uri är inte den registrerade.');
    else void reply.redirect(location, 303);
  }
}

function refuse(reply: Reply, reason: string): void {
  void reply.code(400).headers(headers).send(refusalPage(reason));
}

function parametersOf({ url }: Request): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start));
}
