import {
  type ImportPlan,
  type Period,
  type PlanImportView,
  type SourceGoal,
  type SourceRow,
} from '#libs/contracts';
import { readWhen } from '../when/when.ts';
import { readDueDay, readTargetLevel } from './goal-readings.ts';
import { dueDayOf } from './plan.ts';

type Doubt = PlanImportView['doubtful'][number];
type Finding = Omit<Doubt, 'sourceId'>;

/**
 * What a person should look at after an import: what the source itself marks as uncertain, and what the
 * importer finds. Nothing of it stops the import, and nothing is mended: the words stay as they are.
 */
export function doubtsOf({ source, period }: Pick<ImportPlan, 'source' | 'period'>): Doubt[] {
  const { goals = [], rows = [] } = source;
  return [
    ...goals.flatMap((goal) => withId(goal.id, [...doubtsOfSource(goal), ...doubtsOfGoal(goal)])),
    ...rows.flatMap((row) => withId(row.id, [...doubtsOfSource(row), ...doubtsOfRow(row, period)])),
  ];
}

function withId(sourceId: string, findings: readonly Finding[]): Doubt[] {
  return findings.map((finding) => ({ sourceId, ...finding }));
}

function doubtsOfSource({
  uncertain,
  note,
}: {
  uncertain?: boolean | undefined;
  note?: string | undefined;
}): Finding[] {
  if (uncertain !== true) return [];
  return note === undefined
    ? [{ field: 'uncertain', reason: 'Källan är osäker här, utan att säga varför.' }]
    : [{ field: 'note', reason: `Källan är osäker här: ${note}` }];
}

function doubtsOfGoal(goal: SourceGoal): Finding[] {
  const { due, targetLevel } = goal;
  const findings = doubtsOfDue(due);
  if (typeof targetLevel === 'string' && /\d/u.test(targetLevel) && !readTargetLevel(targetLevel)) {
    findings.push({
      field: 'targetLevel',
      reason: `Målnivån har en siffra som inte gick att läsa som gräns: ${quoted(targetLevel)}.`,
    });
  }
  return [...findings, ...questionsIn('goal', 'målet', [goal.goal])];
}

function doubtsOfDue(due: SourceGoal['due']): Finding[] {
  const field = 'due';
  if (!due) return [{ field, reason: 'Tidpunkt saknas.' }];
  const day = dueDayOf(due);
  const read = readDueDay(due.raw);
  if (day === null) {
    return [{ field, reason: `Tidpunkten gick inte att läsa som en dag: ${quoted(due.raw)}.` }];
  }
  if (read !== null && read !== day) {
    return [{ field, reason: `Källan anger ${day}, men orden säger ${read}: ${quoted(due.raw)}.` }];
  }
  const years = new Set(due.raw.match(/\b(?:19|20|21)\d{2}\b/gu));
  return read === null && years.size > 1
    ? [{ field, reason: `Tidpunkten nämner flera år: ${quoted(due.raw)}.` }]
    : [];
}

function doubtsOfRow(row: SourceRow, period: Period): Finding[] {
  return [
    ...doubtsOfList('how', 'HUR', row.how),
    ...doubtsOfList('when', 'NÄR', row.when),
    ...doubtsOfList('who', 'VEM', row.who),
    ...questionsIn('what', 'VAD', [row.what]),
    ...doubtsOfYears(row, period),
    ...doubtsOfPairing(row),
  ];
}

function doubtsOfList(field: 'how' | 'when' | 'who', name: string, words: readonly string[]): Finding[] {
  if (words.length === 0) return [{ field, reason: `${name} är tomt.` }];
  const blank = words.findIndex((each) => each.trim() === '');
  return [
    ...(blank === -1 ? [] : [{ field, reason: `${name} ${blank + 1} är tomt.` }]),
    ...questionsIn(field, name, words),
  ];
}

function questionsIn(field: string, name: string, words: readonly string[]): Finding[] {
  const found = words.find((each) => each.includes('?'));
  return found === undefined
    ? []
    : [{ field, reason: `Ett frågetecken står kvar i ${name}: ${quoted(found)}.` }];
}

function doubtsOfYears(row: SourceRow, period: Period): Finding[] {
  const outside = row.when.find((text) => {
    const [part] = readWhen(text).parts;
    if (part?.kind === 'window') return part.to < period.from || part.from > period.to;
    return part?.kind === 'date' && (part.on < period.from || part.on > period.to);
  });
  return outside === undefined
    ? []
    : [{ field: 'when', reason: `NÄR ligger utanför planens period: ${quoted(outside)}.` }];
}

/** Which HUR a NÄR belongs to is only said where several stand in one row. */
function doubtsOfPairing({ how, when, pairing }: SourceRow): Finding[] {
  const field = 'pairing';
  if (!pairing) {
    return how.length > 1 && when.length > 1
      ? [{ field, reason: 'Raden har flera HUR och flera NÄR, men inget säger vilka som hör ihop.' }]
      : [];
  }
  const paired = new Set(pairing.map((pair) => pair.how));
  const withoutWhen = pairing.flatMap((pair) =>
    pair.how !== null && pair.when === null ? [pair.how + 1] : [],
  );
  const unpaired = how.flatMap((_, index) => (paired.has(index) ? [] : [index + 1]));
  const pairedWhens = new Set(pairing.map((pair) => pair.when));
  const unpairedWhens = when.flatMap((_, index) => (pairedWhens.has(index) ? [] : [index + 1]));
  return [
    ...(withoutWhen.length > 0 ? [{ field, reason: `HUR ${withoutWhen.join(', ')} har ingen NÄR.` }] : []),
    ...(unpaired.length > 0 ? [{ field, reason: `HUR ${unpaired.join(', ')} saknas i parningen.` }] : []),
    ...(unpairedWhens.length > 0
      ? [{ field, reason: `NÄR ${unpairedWhens.join(', ')} saknas i parningen.` }]
      : []),
    ...(paired.has(null) ? [{ field, reason: 'En NÄR eller VEM hör inte till någon HUR.' }] : []),
  ];
}

const longestQuote = 120;

function quoted(words: string): string {
  const characters = Array.from(words.trim());
  const cut = characters.slice(0, longestQuote).join('');
  return characters.length > longestQuote ? `”${cut} …”` : `”${cut}”`;
}
