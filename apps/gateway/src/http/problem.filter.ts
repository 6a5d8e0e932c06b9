import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { DomainError, type ProblemMessage } from '#libs/contracts';
import { newSpan, type Logger } from '#libs/platform';
import { preferredLanguage } from '../output/language.ts';
import { renderProblem } from '../output/problem.ts';
import { entryOf } from './entry.ts';
import { type Reply, type Request } from './fastify.ts';
import { pathOf } from './input.ts';
import { type RouteTable } from './route-table.ts';

/** Answers every error, whoever raised it, with a problem document; what is not foreseen is logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const reply = host.switchToHttp().getResponse<Reply>();
    if (reply.sent) return;
    this.answer(error, request, reply);
  }

  answer(error: unknown, request: Request, reply: Reply): void {
    const entry = entryOf(request);
    const trace = entry?.trace ?? newSpan();
    const problem = this.problemOf(error, request, trace.traceId);
    if (entry) entry.problem = problem.code;
    const rendered = renderProblem(problem, {
      language: preferredLanguage(request.headers['accept-language']),
      instance: pathOf(request),
      traceId: trace.traceId,
    });
    void reply.code(rendered.status).headers(rendered.headers).send(JSON.stringify(rendered.body));
  }

  private problemOf(error: unknown, request: Request, traceId: string): ProblemMessage {
    if (error instanceof DomainError) {
      if (error.code === 'unavailable')
        this.logger.warn({ err: error.cause, traceId }, 'a part does not answer');
      return error.toMessage();
    }
    const known = this.foreseen(error, request);
    if (known) return known;
    this.logger.error({ err: error, traceId }, 'request failed');
    return { code: 'internal-error' };
  }

  /** Refusals by Fastify, or by Nest for what has no route. */
  private foreseen(error: unknown, request: Request): ProblemMessage | undefined {
    const cause = error instanceof HttpException ? (error.cause ?? error) : error;
    const code = (cause as { code?: unknown }).code;
    const status = error instanceof HttpException ? error.getStatus() : statusOf(cause);
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      return { code: 'unsupported-media-type', params: { expected: 'application/json' } };
    }
    // Whatever else is wrong with it: Fastify wants a body of QUERY even where nothing takes that method.
    if (status === 404 || request.is404) {
      const allow = this.routes.methodsOf(pathOf(request));
      if (allow.length === 0 || allow.includes(request.method)) return { code: 'not-found' };
      return { code: 'method-not-allowed', params: { allow: allow.join(', ') } };
    }
    if (status === 414) return { code: 'not-found' };
    return status !== undefined && status >= 400 && status < 500 ? { code: 'malformed-request' } : undefined;
  }
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
