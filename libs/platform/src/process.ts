import { ConfigurationError } from './config.ts';
import { type Logger } from './logger.ts';

/** A part that stops in order: what takes in work first, what that work needs last. */
export interface Running {
  stop(): Promise<void>;
}

const stopBound = 10_000;

/**
 * Starts a service and keeps it until it is told to end. SIGTERM, SIGINT and a vanished parent end it
 * in order, bounded; an error nobody caught is logged and ends the process, since its state is unknown.
 */
export async function runProcess(logger: Logger, start: () => Promise<Running>): Promise<void> {
  let running: Running | undefined;
  let stopping = false;
  const stop = (reason: string, code: number): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    const bound = setTimeout(() => {
      logger.error('stopping took too long');
      process.exit(1);
    }, stopBound);
    void (running?.stop() ?? Promise.resolve())
      .catch((error: unknown) => logger.error({ err: error }, 'stopping failed'))
      .then(() => {
        clearTimeout(bound);
        process.exit(code);
      });
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  process.on('disconnect', () => stop('the supervisor is gone', 0));
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    stop('unhandled rejection', 1);
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    stop('uncaught exception', 1);
  });
  try {
    running = await start();
    logger.info('ready');
    process.send?.('ready');
  } catch (error) {
    if (error instanceof ConfigurationError) logger.fatal(error.message);
    else logger.fatal({ err: error }, 'start failed');
    process.exit(1);
  }
}
