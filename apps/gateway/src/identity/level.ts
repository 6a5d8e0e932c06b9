import { DomainError } from '#libs/contracts';

/**
 * Refuses whoever is not known surely enough. `required`: values of the provider's `acr` of which one is needed;
 * empty: any will do. Errors: `level-too-low` (403), also when the provider says nothing of the level.
 */
export function requireLevel(required: readonly string[], level: string | undefined): void {
  if (required.length === 0 || (level !== undefined && required.includes(level))) return;
  throw new DomainError('level-too-low', { params: { required: required.join(', ') } });
}
