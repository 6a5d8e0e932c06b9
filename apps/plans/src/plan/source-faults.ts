import { type Fault, type PlanSource, type SourceRow } from '#libs/contracts';

/**
 * Bound on the NÄR texts of one plan. Each is answered with its meaning, several times its own size, and a
 * page of activities must fit in one message on the bus. A plan of 112 activities has 148.
 */
const mostWhens = 3000;

/** What makes a source impossible to take in though every field has its form: all of it, with pointers. */
export function faultsOfSource(source: PlanSource): Fault[] {
  const { goals = [], rows = [] } = source;
  if (goals.length + rows.length === 0) {
    return [{ pointer: '/source', code: 'too-few', params: { minimum: 1 } }];
  }
  const whens = rows.reduce((sum, row) => sum + row.when.length, 0);
  return [
    ...faultsOfIds(goals, rows),
    ...rows.flatMap((row, index) => faultsOfPairing(row, `/source/rows/${index}/pairing`)),
    ...(whens > mostWhens
      ? [{ pointer: '/source/rows', code: 'too-many', params: { maximum: mostWhens } } as const]
      : []),
  ];
}

/** Ids are what goals and activities are known by, and what doubts point at: unique in the whole file. */
function faultsOfIds(goals: readonly { id: string }[], rows: readonly { id: string }[]): Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const [list, entries] of [
    ['goals', goals],
    ['rows', rows],
  ] as const) {
    for (const [index, { id }] of entries.entries()) {
      if (seen.has(id)) {
        faults.push({ pointer: `/source/${list}/${index}/id`, code: 'duplicate', params: { value: id } });
      }
      seen.add(id);
    }
  }
  return faults;
}

function faultsOfPairing(row: SourceRow, pointer: string): Fault[] {
  const isOutside = (index: number | null | undefined, list: readonly string[]): boolean =>
    typeof index === 'number' && index >= list.length;
  return (row.pairing ?? []).flatMap((pair, position) => {
    const at = `${pointer}/${position}`;
    const pointers = [
      ...(isOutside(pair.how, row.how) ? [`${at}/how`] : []),
      ...(isOutside(pair.when, row.when) ? [`${at}/when`] : []),
      ...(Array.isArray(pair.who)
        ? pair.who.flatMap((who, index) => (isOutside(who, row.who) ? [`${at}/who/${index}`] : []))
        : isOutside(pair.who, row.who)
          ? [`${at}/who`]
          : []),
    ];
    return pointers.map((each): Fault => ({ pointer: each, code: 'pairing-out-of-range' }));
  });
}
