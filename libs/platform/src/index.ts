export { Clock } from './clock.ts';
export { commonConfig, ConfigurationError, databaseConfig, readConfig } from './config.ts';
export { readDemoClock, writeDemoClock } from './demo-clock.ts';
export { failPoint, failPointNames, readFailPoints, type FailPoint } from './fail-points.ts';
export { KeyedQueue } from './keyed-queue.ts';
export { createLogger, nestLogger, type Logger } from './logger.ts';
export { runProcess } from './process.ts';
export { currentScope, runInScope, type RequestScope } from './scope.ts';
export { newSpan, parseTraceparent, traceparent, type Trace } from './trace.ts';
