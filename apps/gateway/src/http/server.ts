import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger } from '#libs/platform';
import { type AccessLog } from '../access-log/access-log.ts';
import { useAccessLog } from '../access-log/access-log.hook.ts';
import { type Admission } from './admission.ts';
import { useBodyParser } from './body-parser.ts';
import { type Fastify, type Reply, type Request } from './fastify.ts';
import { useHooks } from './hooks.ts';
import { ProblemFilter } from './problem.filter.ts';
import { RouteTable } from './route-table.ts';
import { unreadableAnswers } from './unreadable-request.ts';

export interface HttpServer {
  readonly adapter: FastifyAdapter;
  readonly filter: ProblemFilter;
}

/** Fastify with our parser, hooks and bounds, as Nest's adapter. */
export function createHttpServer(options: {
  headers: Readonly<Record<string, string>>;
  admission: Admission;
  /** Addresses and networks whose X-Forwarded-For tells where a request comes from; nobody else's does. */
  trustedProxies: readonly string[];
  /** Undefined: nothing is kept. */
  accessLog?: AccessLog | undefined;
  logger: Logger;
}): HttpServer {
  const routes = new RouteTable();
  const filter = new ProblemFilter(routes, options.logger);
  const adapter = new FastifyAdapter({
    // No middleware in the manner of Express: hooks do that work.
    skipMiddie: true,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    keepAliveTimeout: 65_000,
    requestTimeout: 30_000,
    // The host is looked at in hooks.ts: Node's own refusal would be empty and without our headers.
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5000, requireHostHeader: false },
    // Longer than any identifier, so that a long one is a fault at a place and not an unknown path.
    routerOptions: { maxParamLength: 1000 },
    // A path that cannot be decoded: no resource has it.
    frameworkErrors: (_error: Error, request: Request, reply: Reply) => {
      // No hook has seen it, so its headers are set here.
      reply.headers({ ...options.headers, 'cache-control': 'no-store' });
      filter.answer(Object.assign(new Error('bad path'), { statusCode: 404 }), request, reply);
    },
    clientErrorHandler: unreadableAnswers(options.headers),
  });
  const fastify: Fastify = adapter.getInstance();
  fastify.addHook('onRoute', (route) => {
    // Nest's own route for what nothing answers.
    if (!route.path.includes('*')) routes.add(route.path, route.method);
  });
  useBodyParser(fastify);
  useHooks(fastify, options);
  if (options.accessLog) useAccessLog(fastify, options.accessLog);
  return { adapter, filter };
}
