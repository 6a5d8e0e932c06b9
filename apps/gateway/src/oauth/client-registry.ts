import { apiClientKeys, serviceActor, useAssertion, type Scope } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';
import { type JWK } from 'jose';

/** A system that may have access tokens. */
export interface RegisteredClient {
  /** Who it acts as. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** Public keys that are good today. */
  readonly keys: readonly JWK[];
}

/** What the token endpoint must know of clients; the directory keeps it. */
export interface ClientRegistry {
  /** Undefined: unknown, or ended. Errors: `unavailable`. */
  find(clientId: string): Promise<RegisteredClient | undefined>;
  /** Whether an assertion is used for the first time, at whichever gateway. Errors: `unavailable`. */
  useAssertion(clientId: string, jti: string, expiresAt: Date): Promise<boolean>;
}

const asked = { actor: serviceActor('gateway') };

export function directoryClients(bus: Pick<BusClient, 'ask'>): ClientRegistry {
  return {
    async find(clientId) {
      const { client } = await bus.ask(apiClientKeys, { clientId }, asked);
      return client === null ? undefined : (client as RegisteredClient);
    },
    async useAssertion(clientId, jti, expiresAt) {
      const { fresh } = await bus.ask(
        useAssertion,
        { clientId, jti, expiresAt: expiresAt.toISOString() },
        asked,
      );
      return fresh;
    },
  };
}
