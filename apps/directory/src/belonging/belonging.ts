import { type RccCode, type RegionCode } from '#libs/contracts';
import { isWithin } from '../dated.ts';
import { type Membership } from '../organisation/memberships.ts';

/** Where something belongs: a region, an RCC, or neither, which is the nation. */
export interface Home {
  readonly region?: RegionCode | undefined;
  readonly rcc?: RccCode | undefined;
}

/** The memberships of every region, by its code. */
export type RegionMemberships = ReadonlyMap<string, readonly Membership[]>;

/** The RCC of which a region, or a part of it, is a member on the day; in alphabetical order, each once. */
export function rccsOfMemberships(memberships: readonly Membership[], on: string): RccCode[] {
  const current = memberships.filter((membership) => isWithin(membership, on));
  return inOrder(current.map(({ rcc }) => rcc));
}

/** The RCC to which any of the homes belongs on the day; in alphabetical order, each once. */
export function rccsOf(homes: readonly Home[], memberships: RegionMemberships, on: string): RccCode[] {
  return inOrder(
    homes.flatMap(({ rcc, region }) => {
      if (rcc !== undefined) return [rcc];
      return region === undefined ? [] : rccsOfMemberships(memberships.get(region) ?? [], on);
    }),
  );
}

export function inOrder(rccs: readonly RccCode[]): RccCode[] {
  return [...new Set(rccs)].toSorted();
}
