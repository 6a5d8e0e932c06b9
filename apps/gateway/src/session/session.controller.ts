import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { DomainError } from '#libs/contracts';
import { entryOf } from '../http/entry.ts';
import { type Reply, type Request } from '../http/fastify.ts';
import { pathOf } from '../http/input.ts';
import { type RouteSettings } from '../http/route-config.ts';
import { preferredLanguage } from '../output/language.ts';
import { renderProblem } from '../output/problem.ts';
import { isForm } from '../input/media-type.ts';
import { escape } from '../openapi/docs-schema.ts';
import { page } from './page.ts';
import { SignIn, type SessionView } from './sign-in.ts';

const form: RouteSettings = { form: true };

/** People's way in and out. Not part of the API: browsers come here, not systems. */
@Controller('auth')
export class SessionController {
  constructor(@Inject(SignIn) private readonly signIn: SignIn) {}

  @Get('login')
  login(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.lead(request, reply, () => this.signIn.begin(request, reply));
  }

  @Get('callback')
  callback(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.lead(request, reply, () => this.signIn.finish(request, reply));
  }

  /** For a form the way on is a redirect; a script is told it, since a redirect would lead its fetch astray. */
  @Post('logout')
  @HttpCode(200)
  @RouteConfig(form)
  async logout(
    @Body() body: URLSearchParams | undefined,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const token = body?.get('csrf_token') ?? undefined;
    const location = await this.signIn.end(request, reply, token);
    if (isForm(request.headers['content-type'])) void reply.redirect(location, 303);
    else void reply.send({ location });
  }

  @Get('signed-out')
  @Header('content-type', 'text/html; charset=utf-8')
  signedOut(@Req() request: Request): string {
    return preferredLanguage(request.headers['accept-language']) === 'en'
      ? page('You are signed out', '<p><a href="/auth/login">Sign in again</a></p>', 'en')
      : page('Du är utloggad', '<p><a href="/auth/login">Logga in igen</a></p>');
  }

  @Get('session')
  session(@Req() request: Request, @Res({ passthrough: true }) reply: Reply): Promise<SessionView> {
    return this.signIn.view(request, reply);
  }

  /** Called by the provider, not by a browser. Answers as Back-Channel Logout 1.0, 2.8, has it. */
  @Post('backchannel-logout')
  @HttpCode(200)
  @RouteConfig(form)
  async backchannelLogout(@Body() body: URLSearchParams | undefined, @Res() reply: Reply): Promise<void> {
    const refusal = await this.signIn.endFromProvider(body?.getAll('logout_token') ?? []);
    if (refusal === undefined) void reply.send('');
    else void reply.code(400).send({ error: 'invalid_request', error_description: refusal });
  }

  /** A person who is led here by a link needs a page to read, not a problem document. */
  private async lead(request: Request, reply: Reply, next: () => Promise<string>): Promise<void> {
    try {
      void reply.redirect(await next(), 303);
    } catch (error) {
      const wantsPage = /\btext\/html\b/.test(request.headers.accept ?? '');
      if (!(error instanceof DomainError) || !wantsPage) throw error;
      const language = preferredLanguage(request.headers['accept-language']);
      const { status, headers, body } = renderProblem(error.toMessage(), {
        language,
        instance: pathOf(request),
        traceId: entryOf(request)?.trace.traceId ?? '',
      });
      const again = language === 'en' ? 'Sign in again' : 'Logga in igen';
      void reply
        .code(status)
        .headers({ ...headers, 'content-type': 'text/html; charset=utf-8' })
        .send(
          page(
            String(body['title']),
            `<p>${escape(String(body['detail']))}</p>\n<p><a href="/auth/login">${again}</a></p>`,
            language,
          ),
        );
    }
  }
}
