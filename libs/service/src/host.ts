import { type Bus, type NatsStrategy, type Relay } from '#libs/messaging';
import { type Database, type DeadLetterStore } from '#libs/persistence';
import { type Clock } from '#libs/platform';

/** The running parts of a service, for the host's own controllers. */
export const HOST = Symbol('HOST');

export interface Host {
  readonly mode: 'production' | 'demo';
  readonly bus: Bus;
  readonly database: Database;
  readonly clock: Clock;
  readonly relay: Relay;
  readonly strategy: NatsStrategy;
  readonly deadLetters: DeadLetterStore;
}
