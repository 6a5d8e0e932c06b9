import { type FastifyAdapter } from '@nestjs/platform-fastify';

/** Fastify's types by way of Nest's adapter, so that both always are of the same version. */
export type Fastify = ReturnType<FastifyAdapter['setErrorHandler']>;
type ErrorHandler = Parameters<Fastify['setErrorHandler']>[0];
export type Request = Parameters<ErrorHandler>[1];
export type Reply = Parameters<ErrorHandler>[2];
