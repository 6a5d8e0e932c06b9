import { Injectable } from '@nestjs/common';
import { type Endpoint, type EndpointReply } from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { timeLeft, type Input } from './input.ts';

/** Has operations carried out by the service that owns them. */
@Injectable()
export class Operations {
  constructor(private readonly bus: BusClient) {}

  /** Errors: what the service refuses with; `unavailable` when it does not answer in time. */
  carryOut<E extends Endpoint>(input: Input<E>): Promise<EndpointReply<E>> {
    return this.bus.call(input.contract, input.request, { actor: input.actor, timeout: timeLeft(input) });
  }
}
