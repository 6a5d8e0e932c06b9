import { applyDecorators } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { requestSchema, type CallerName, type Endpoint, type Rpc } from '#libs/contracts';
import { type z } from 'zod';

/** What the strategy needs to know of a request handler. */
export interface HandlerExtras {
  readonly kind: 'request';
  readonly schema: z.ZodType;
  /** Processes that may ask. */
  readonly callers: readonly CallerName[];
}

/** What the strategy needs to know of an event handler. */
export interface ConsumerExtras {
  readonly kind: 'consumer';
  readonly purpose: string;
  readonly from: CallerName;
  readonly types: readonly string[];
}

/** Binds a method that takes `Asked` or `AskedRpc` to a contract. The request has been checked against the contract. */
export function Handles(contract: Endpoint | Rpc): MethodDecorator {
  const extras: HandlerExtras =
    'request' in contract
      ? { kind: 'request', schema: contract.request, callers: contract.callers }
      : { kind: 'request', schema: requestSchema(contract), callers: ['gateway'] };
  return applyDecorators(MessagePattern<string>(contract.subject, extras as never));
}

/**
 * Binds a method that takes `Delivered` to a durable consumer of another service's events. Called again until
 * it succeeds, so it must be idempotent; throw `Poison` for what can never succeed.
 */
export function Consumes(consumer: {
  purpose: string;
  from: CallerName;
  types: readonly string[];
}): MethodDecorator {
  const extras: ConsumerExtras = { kind: 'consumer', ...consumer };
  return applyDecorators(EventPattern<string>(`consumer.${consumer.purpose}`, extras as never));
}
