import { type Actor } from '#libs/contracts';

/**
 * Whose budget a caller shares: that of the region, RCC or national level where the caller holds the first
 * of its roles. Undefined for somebody without a role, who can do next to nothing.
 */
export function tenantOf({ assignments }: Actor): string | undefined {
  const [first] = assignments;
  if (!first) return undefined;
  if (first.region !== undefined) return `region:${first.region}`;
  return first.rcc === undefined ? 'nation' : `rcc:${first.rcc}`;
}
