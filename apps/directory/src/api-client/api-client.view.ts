import { allowedCommands, type Place } from '#libs/access';
import { type Actor, type ApiClientView } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { clientCommands, keyStateAt, subjectOfClient, type ApiClient } from './api-client.ts';

/** What the access table looks at. */
export function placeOfClient(client: Pick<ApiClient, 'rccs'>): Place {
  return { rccs: client.rccs };
}

export function toApiClientView(stored: Stored<ApiClient>, actor: Actor, now: Date): ApiClientView {
  const client = stored.state;
  const isEnded = client.state === 'ended';
  return {
    id: stored.id,
    clientId: stored.id,
    subject: subjectOfClient(stored.id),
    name: client.name,
    email: client.email,
    region: client.region ?? null,
    rcc: client.rcc ?? null,
    scopes: [...client.scopes],
    keys: client.publicKeys.map((key) => ({
      jwk: key.jwk,
      validFrom: key.validFrom?.toISOString() ?? null,
      validTo: key.validTo?.toISOString() ?? null,
      addedAt: key.addedAt.toISOString(),
      endedAt: key.endedAt?.toISOString() ?? null,
      state: isEnded ? ('ended' as const) : keyStateAt(key, now),
    })),
    state: client.state,
    ending: client.ending && { ...client.ending, at: client.ending.at.toISOString() },
    rccs: [...client.rccs],
    allowed: allowedCommands(actor, 'api-client', placeOfClient(client), clientCommands(client)),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}
