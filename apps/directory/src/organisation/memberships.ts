import { type Fault, type RccCode } from '#libs/contracts';
import { sameData } from '../changed-fields.ts';
import { overlap, type Dated } from '../dated.ts';

/** A region's place in the care of an RCC, from and to a day, both included. */
export interface Membership extends Dated {
  readonly rcc: RccCode;
  /** Empty: the whole region. */
  readonly municipalities: readonly string[];
}

/** Names are compared as people read them. */
function nameOf(municipality: string): string {
  return municipality.trim().normalize('NFC').toLocaleLowerCase('sv');
}

/** What two memberships claim both: a municipality's name, `*` for the whole region, or nothing. */
function claimedTwice(one: Membership, other: Membership): string | undefined {
  if (!overlap(one, other)) return undefined;
  if (one.municipalities.length === 0 || other.municipalities.length === 0) return '*';
  const names = new Set(one.municipalities.map(nameOf));
  return other.municipalities.find((municipality) => names.has(nameOf(municipality)));
}

/** Faults of a list of memberships: no part of a region belongs to two RCC on the same day. */
export function membershipFaults(memberships: readonly Membership[]): Fault[] {
  return memberships.flatMap((membership, index) => [
    ...repeatedNames(membership, index),
    ...memberships.slice(0, index).flatMap((earlier): Fault[] => {
      const value = claimedTwice(earlier, membership);
      return value === undefined
        ? []
        : [{ pointer: `/memberships/${index}`, code: 'overlapping-membership', params: { value } }];
    }),
  ]);
}

function repeatedNames({ municipalities }: Membership, index: number): Fault[] {
  const names = municipalities.map(nameOf);
  return municipalities.flatMap((value, place): Fault[] =>
    names.indexOf(names[place] ?? '') < place
      ? [
          {
            pointer: `/memberships/${index}/municipalities/${place}`,
            code: 'duplicate',
            params: { value },
          },
        ]
      : [],
  );
}

/** The RCC whose share of the region a change of memberships gives, takes or moves. */
export function rccsTouched(before: readonly Membership[], after: readonly Membership[]): RccCode[] {
  const isIn = (list: readonly Membership[], sought: Membership) =>
    list.some((membership) => sameData(membership, sought));
  const changed = [
    ...before.filter((membership) => !isIn(after, membership)),
    ...after.filter((membership) => !isIn(before, membership)),
  ];
  return [...new Set(changed.map(({ rcc }) => rcc))];
}
