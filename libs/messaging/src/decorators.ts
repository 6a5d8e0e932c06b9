import { applyDecorators } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { changesSomething, requestSchema, type CallerName, type Endpoint, type Rpc } from '#libs/contracts';
import { type z } from 'zod';

/** What the strategy needs to know of a request handler. */
export interface HandlerExtras {
  readonly kind: 'request';
  readonly schema: z.ZodType;
  /** Processes that may ask. */
  readonly callers: readonly CallerName[];
  /** What they must have been asked to ask it for somebody. */
  readonly onBehalfOf: readonly string[];
  /** Answering changes something. */
  readonly writes: boolean;
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
  const { callers, schema, onBehalfOf } =
    'request' in contract
      ? { schema: contract.request, callers: contract.callers, onBehalfOf: contract.onBehalfOf }
      : { schema: requestSchema(contract), callers: ['gateway'] as const, onBehalfOf: undefined };
  const writes = changesSomething(contract);
  const extras: HandlerExtras = { kind: 'request', schema, callers, onBehalfOf: onBehalfOf ?? [], writes };
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
