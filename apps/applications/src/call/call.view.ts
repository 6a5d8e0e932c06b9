import { allowedCommands, type Place } from '#libs/access';
import { toMoney, type Actor, type CallView, type FrameView, type Ore } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { phaseOf, type Call } from './call.ts';
import { callCommandsIn } from './call.states.ts';
import { grantedOf } from './ledger.ts';

/** What the access table looks at. */
export function placeOfCall(call: Call): Place {
  return { rcc: call.rcc, regions: call.regions, state: call.state };
}

export function toCallView(stored: Stored<Call>, actor: Actor, today: string): CallView {
  const call = stored.state;
  return {
    id: stored.id,
    rcc: call.rcc,
    title: call.title,
    purpose: call.purpose,
    opensOn: call.opensOn,
    closesOn: call.closesOn,
    frame: toMoney(call.frame),
    themes: call.themes.map(({ id, title, frame, closesOn }) => ({
      id,
      title,
      ...(frame !== undefined && { frame: toMoney(frame) }),
      ...(closesOn !== undefined && { closesOn }),
    })),
    ...(call.perRegionCap !== undefined && { perRegionCap: toMoney(call.perRegionCap) }),
    ...(call.smallestGrant !== undefined && { smallestGrant: toMoney(call.smallestGrant) }),
    ...(call.largestGrant !== undefined && { largestGrant: toMoney(call.largestGrant) }),
    criteria: call.criteria,
    rollingIntake: call.rollingIntake,
    reporting: call.reporting,
    requiresSignOff: call.requiresSignOff,
    acceptanceDays: call.acceptanceDays,
    regions: [...call.regions],
    state: call.state,
    phase: phaseOf(call, today),
    publishedAt: call.publishedAt?.toISOString() ?? null,
    allowed: allowedCommands(actor, 'call', placeOfCall(call), callCommandsIn(call.state)),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}

function share<L extends Ore | null>(limit: L, decided: Ore) {
  return {
    decided: toMoney(decided),
    left: (limit === null ? null : toMoney(limit - decided)) as L extends null
      ? null
      : ReturnType<typeof toMoney>,
  };
}

/** Limit, decided and left, as a whole, per theme and per region. */
export function toFrameView(call: Call): FrameView {
  return {
    limit: toMoney(call.frame),
    ...share(call.frame, grantedOf(call.ledger)),
    themes: call.themes.map((theme) => {
      const limit = theme.frame ?? null;
      const decided = grantedOf(call.ledger, (entry) => entry.themeId === theme.id);
      return { id: theme.id, limit: limit === null ? null : toMoney(limit), ...share(limit, decided) };
    }),
    regions: call.regions.map((region) => {
      const cap = call.perRegionCap ?? null;
      const decided = grantedOf(call.ledger, (entry) => entry.region === region);
      return { region, cap: cap === null ? null : toMoney(cap), ...share(cap, decided) };
    }),
  };
}
