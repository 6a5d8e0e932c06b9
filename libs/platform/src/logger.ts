import { type LoggerService } from '@nestjs/common';
import { pino, type Logger as PinoLogger } from 'pino';
import { currentScope } from './scope.ts';

export type Logger = PinoLogger;

/**
 * One JSON line per event, with the trace of the request it belongs to. Ids and codes only: never
 * names, addresses, tokens or free text.
 */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    base: { service: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin() {
      const scope = currentScope();
      return scope ? { traceId: scope.trace.traceId, spanId: scope.trace.spanId, actor: scope.actorId } : {};
    },
    redact: ['req.headers.authorization', 'req.headers.cookie'],
  });
}

/** Lets Nest's own messages go the same way as ours. */
export function nestLogger(logger: Logger): LoggerService {
  const at =
    (level: 'info' | 'error' | 'warn' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
      if (message instanceof Error) logger[level]({ err: message, context });
      else logger[level]({ context }, String(message));
    };
  return { log: at('debug'), error: at('error'), warn: at('warn'), debug: at('trace'), verbose: at('trace') };
}
