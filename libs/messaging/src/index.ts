export { BusClient, type Ask } from './bus-client.ts';
export { connectBus, type Bus } from './connection.ts';
export { type Asked, type AskedRpc, type Caller, type Delivered } from './caller.ts';
export { Consumes, Handles } from './decorators.ts';
export { NatsStrategy, type DeadLetterBox } from './nats-strategy.ts';
export { Poison } from './event-errors.ts';
export { PassThroughFilter } from './pass-through.filter.ts';
export { Relay } from './relay.ts';
export { ensureStream } from './streams.ts';
