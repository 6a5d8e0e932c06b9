import { DomainError } from '#libs/contracts';
import { newSpan, parseTraceparent, runInScope, traceparent, type Logger } from '#libs/platform';
import { type Admission } from './admission.ts';
import { checkBodyHeaders } from './body-parser.ts';
import { entryOf, setEntry } from './entry.ts';
import { type Fastify, type Request } from './fastify.ts';
import { settingsOf } from './route-config.ts';

// The caller is told within three seconds that a part is down. What is left of them is for a busy machine.
const answerWithin = 2500;

/**
 * What happens to every request before and after its controller: trace, identity and kind of body
 * before anything is read of the body; one log line in the end.
 */
export function useHooks(
  fastify: Fastify,
  options: { headers: Readonly<Record<string, string>>; admission: Admission; logger: Logger },
): void {
  const { headers, admission, logger } = options;
  const common = { ...headers, 'cache-control': 'no-store' };

  fastify.addHook('onRequest', (request, reply, done) => {
    const trace = newSpan(parseTraceparent(request.headers['traceparent'] as string | undefined));
    setEntry(request, { trace, answerBy: performance.now() + answerWithin });
    reply.headers(common).header('traceparent', traceparent(trace));
    done(unclearHost(request));
  });

  fastify.addHook('onRequest', (request, reply, done) => {
    const entry = entryOf(request);
    const { contract } = settingsOf(request);
    const stranger = strangerOf(request);
    if (entry && contract) {
      runInScope({ trace: entry.trace }, () => {
        admission.admit(contract, request, reply).then(
          (actor) => {
            entry.actor = actor;
            done();
          },
          (error: Error) => done(error),
        );
      });
    } else if (stranger) {
      admission.admitStranger(stranger, request, reply).then(() => done(), done);
    } else done();
  });

  fastify.addHook('onRequest', (request, _reply, done) => {
    try {
      if (!request.is404) {
        checkBodyHeaders(request);
        refuseBodyOnGet(request);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  });

  // Reading a body leaves the scope, so it is entered right before the controller.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const entry = entryOf(request);
    if (!entry) done();
    else runInScope({ trace: entry.trace, ...(entry.actor && { actorId: entry.actor.id }) }, done);
  });

  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    entryOf(request)?.endTurn?.();
    done();
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const entry = entryOf(request);
    const route = request.routeOptions.url ?? 'none';
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      actor: entry?.actor?.id,
      traceId: entry?.trace.traceId,
    };
    // Asked every few seconds by whoever watches, and of no interest while all is well. And a flood of refusals: that it
    // is one is logged where they are counted, and how many it were stands in the access log.
    if (route.startsWith('/health') || reply.statusCode === 429) logger.debug(line, 'request');
    else logger.info(line, 'request');
    done();
  });
}

/** Two hosts, or none, can mean another one to a proxy than to us (RFC 9112, 3.2). */
function unclearHost({ raw }: Request): Error | undefined {
  const count = raw.rawHeaders.reduce(
    (sum, name, index) =>
      sum + (index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host' ? 1 : 0),
    0,
  );
  return count === 1 || (count === 0 && raw.httpVersion === '1.0')
    ? undefined
    : new DomainError('malformed-request');
}

/** Whether a request belongs to what anybody may try, by which somebody may come to be known. */
function strangerOf(request: Request): 'token' | 'signIn' | undefined {
  const { url = '' } = request.routeOptions;
  if (url === '/oauth/token') return 'token';
  return url.startsWith('/auth/') ? 'signIn' : undefined;
}

/** A body on GET has no meaning (RFC 9110, 9.3.1); Fastify would silently pass it over. */
function refuseBodyOnGet(request: Request): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return;
  const length = request.headers['content-length'];
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return;
  throw new DomainError('invalid-input', { faults: [{ pointer: '', code: 'unknown-field' }] });
}
