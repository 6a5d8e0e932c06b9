import { type Fault, type RccCode, type RegionCode, type Role } from '#libs/contracts';

/** Where a role can be held: a region or a clinic of it, a region as a whole, an RCC, or the nation. */
type Kind = 'clinic' | 'region' | 'rcc' | 'nation';

const kinds: Readonly<Record<Role, Kind>> = {
  regionApplicant: 'clinic',
  regionSigner: 'clinic',
  regionReader: 'region',
  regionSystem: 'region',
  rccOfficer: 'rcc',
  assessor: 'rcc',
  decider: 'rcc',
  controller: 'rcc',
  processLeader: 'rcc',
  rccReader: 'rcc',
  nationalOffice: 'nation',
  nationalReader: 'nation',
  auditor: 'nation',
  administrator: 'nation',
};

/** Fields of a place by its kind: those that must be there, and those that may. */
const fields: Readonly<Record<Kind, { required: readonly Field[]; optional: readonly Field[] }>> = {
  clinic: { required: ['region'], optional: ['unit'] },
  region: { required: ['region'], optional: [] },
  rcc: { required: ['rcc'], optional: [] },
  nation: { required: [], optional: [] },
};
type Field = 'region' | 'unit' | 'rcc';

/** A place as it is named: a region, perhaps with a clinic of it, an RCC, or nothing for the nation. */
export interface PlaceOfRole {
  readonly region?: RegionCode | undefined;
  readonly unit?: string | undefined;
  readonly rcc?: RccCode | undefined;
}

/** What is wrong with a place for a role: a field that is missing, or one that does not belong. */
export function placeFaults(role: Role, place: PlaceOfRole): Fault[] {
  const { required, optional } = fields[kinds[role]];
  return (['region', 'unit', 'rcc'] as const).flatMap((name): Fault[] => {
    const isThere = place[name] !== undefined;
    const params = { role };
    if (!isThere && required.includes(name)) return [{ pointer: `/${name}`, code: 'place-required', params }];
    if (isThere && !required.includes(name) && !optional.includes(name)) {
      return [{ pointer: `/${name}`, code: 'place-not-expected', params }];
    }
    return [];
  });
}

/** Roles in which a system may act: sending a region's applications, and reading. */
const forSystems: readonly Role[] = ['regionSystem', 'regionReader', 'rccReader', 'nationalReader'];

/** A system takes no decisions; a person is no system. */
export function kindFaults(role: Role, kind: 'person' | 'system'): Fault[] {
  const fits = kind === 'system' ? forSystems.includes(role) : role !== 'regionSystem';
  return fits ? [] : [{ pointer: '/role', code: 'role-not-for-kind', params: { role } }];
}
