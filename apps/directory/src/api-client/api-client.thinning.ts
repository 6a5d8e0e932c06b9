import { clientThinned } from '#libs/contracts';
import { type Thinning } from '#libs/service';
import { type ApiClient } from './api-client.ts';

export const apiClientThinning: Thinning<ApiClient> = {
  recordedAs: clientThinned,
  events: { ended: { where: { state: 'ended' }, on: ({ ending }) => ending?.at ?? null } },
  blanks: () => ({ email: null }),
  // Why a key was ended stands nowhere else, and in such a reason people name people.
  personalEvents: new Set(['client.ended', 'client.key-ended']),
};
