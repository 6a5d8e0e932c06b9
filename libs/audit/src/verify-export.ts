import { ChainBook } from './chain-book.ts';
import { type ExportHeader, type ExportRecord, type LogLeaf } from './export-format.ts';
import { toExportFault, type ExportFault, type Finding, type Place } from './export-faults.ts';
import { UnreadableLine } from './export-lines.ts';
import { isHeader, isKnownKind, wrongFieldOf } from './export-shapes.ts';
import { type JournalEvent } from './journal-chain.ts';
import { LogBook } from './log-book.ts';
import { type PublicJwk } from './public-key.ts';
import { type TreeRoot } from './signed-root.ts';

export interface VerifyOptions {
  /** Keys known from elsewhere: roots must be signed with one of them, whatever the export says. */
  readonly trustedKeys?: readonly PublicJwk[];
  /** Roots known from elsewhere, such as published ones: the log must still be the one they are of. */
  readonly knownRoots?: readonly TreeRoot[];
}

export interface ExportReport {
  /** The first broken place; null when everything read is whole. */
  readonly fault: ExportFault | null;
  readonly counts: {
    readonly events: number;
    readonly chains: number;
    readonly leaves: number;
    readonly roots: number;
    /** Private parts that thinning has taken away. No fault. */
    readonly blanked: number;
    /** Events behind what the log has of their chain: held by chain and head alone, until the next root. */
    readonly unsealed: number;
  };
  /** The one service whose chains are in the export; undefined when all are. */
  readonly service?: string;
  /** What was asked for, when chains were left out: that one of them is missing cannot show. */
  readonly selection?: string;
  /** The keys that the roots were held against. */
  readonly keys: readonly PublicJwk[];
}

/**
 * Verifies an export of the journals, line by line: every chain from its first link, heads, each entry of
 * the log against its chain, roots against the log, signatures. Ends at the first broken place, in the
 * order of reading; signatures and known roots come last, since keys may stand anywhere.
 *
 * What no file can show by itself: an export rewritten as a whole and signed with another key, unless
 * keys or roots are known from elsewhere; events younger than the last root that are missing together with
 * their chain's head; and, in a selection, a chain that is missing as a whole.
 *
 * @throws only what `lines` throws, but for `UnreadableLine`, which is a fault of the export
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  options: VerifyOptions = {},
): Promise<ExportReport> {
  const verifier = new ExportVerifier(options);
  try {
    for await (const line of lines) {
      const finding = verifier.read(line);
      if (finding) return verifier.report(finding);
    }
  } catch (error) {
    if (!(error instanceof UnreadableLine)) throw error;
    return verifier.report({ code: error.reason, place: { line: error.line } });
  }
  return verifier.report(verifier.finish());
}

/** Events and heads, then leaves, then roots; keys anywhere. */
const stages = { event: 0, head: 0, leaf: 1, root: 2 } as const;

class ExportVerifier {
  private readonly chains = new ChainBook();
  private readonly log = new LogBook();
  private readonly keys: PublicJwk[] = [];
  private header: ExportHeader | undefined;
  private line = 0;
  private stage = 0;

  constructor(private readonly options: VerifyOptions) {}

  read(text: string): Finding | null {
    this.line += 1;
    const record = parse(text);
    if (!this.header) return this.readHeader(record, text);
    const place = { line: this.line };
    if (record === undefined) return { code: 'not-json', place };
    if (!isRecord(record)) return { code: 'unknown-kind', place };
    const field = wrongFieldOf(record);
    if (field !== null) return { code: 'form', place: { ...place, ...whereOf(record) }, params: { field } };
    // Two readers must not see different things in one line, nor anything that no hash covers.
    if (!isSpeltAsWritten(record, text)) return { code: 'spelling', place: { ...place, ...whereOf(record) } };
    return this.take(record);
  }

  finish(): Finding | null {
    if (!this.header) return { code: 'not-an-export', place: { line: 1 } };
    return (this.stage === 0 ? this.chains.checkHeads() : null) ?? this.finishLog();
  }

  report(finding: Finding | null): ExportReport {
    const { service, selection } = this.header ?? {};
    return {
      fault: finding && toExportFault(finding),
      counts: { ...this.chains.counts, ...this.log.counts },
      ...(service !== undefined && { service }),
      ...(selection !== undefined && { selection }),
      keys: this.options.trustedKeys ?? this.keys,
    };
  }

  private readHeader(record: unknown, text: string): Finding | null {
    const place = { line: this.line };
    if (!isHeader(record)) return { code: 'not-an-export', place };
    if (!isSpeltAsWritten(record, text)) return { code: 'spelling', place };
    this.header = record;
    return null;
  }

  private take(record: ExportRecord): Finding | null {
    const { line } = this;
    if (record.kind === 'key') {
      this.keys.push(record.jwk);
      return null;
    }
    const stage = stages[record.kind];
    if (stage < this.stage) return { code: 'order', place: { line, ...whereOf(record) } };
    if (this.stage === 0 && stage > 0) {
      const finding = this.chains.checkHeads();
      if (finding) return finding;
    }
    this.stage = stage;
    if (record.kind === 'root') return this.log.addRoot(record, line);
    const ours = this.header?.service;
    if (record.kind === 'leaf') {
      const finding = this.log.addLeaf(record, line);
      if (finding || this.isLeftOut(record.leaf)) return finding;
      return this.chains.checkLeaf(record.leaf, { line, leaf: record.index });
    }
    if (ours !== undefined && record.service !== ours)
      return { code: 'form', place: { line, ...whereOf(record) }, params: { field: 'service' } };
    return record.kind === 'event' ? this.chains.addEvent(record, line) : this.chains.addHead(record, line);
  }

  /** The log is whole in every export: entries of chains that were not asked for are held against roots alone. */
  private isLeftOut(leaf: LogLeaf): boolean {
    const { service, selection } = this.header ?? {};
    if (service !== undefined && leaf.service !== service) return true;
    return selection !== undefined && !this.chains.has(leaf);
  }

  private finishLog(): Finding | null {
    return this.log.finish(this.options.trustedKeys ?? this.keys, this.options.knownRoots ?? []);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is ExportRecord {
  return typeof value === 'object' && value !== null && 'kind' in value && isKnownKind(value.kind);
}

function isSpeltAsWritten(record: unknown, text: string): boolean {
  try {
    return JSON.stringify(record) === text;
  } catch {
    // Nested deeper than anything that was ever written.
    return false;
  }
}

/** What a record, sound or not, says of its place. */
function whereOf(record: ExportRecord): Place {
  const { service, event, aggregate, index, root } = record as unknown as Record<string, unknown>;
  const { id, seq, aggregate: of } = (event ?? {}) as Partial<JournalEvent>;
  const { type, id: aggregateId } = (of ?? aggregate ?? {}) as Record<string, unknown>;
  const { treeSize } = (root ?? {}) as Record<string, unknown>;
  return {
    ...(typeof service === 'string' && { service }),
    ...(typeof type === 'string' &&
      typeof aggregateId === 'string' && { aggregate: { type, id: aggregateId } }),
    ...(typeof seq === 'number' && { seq }),
    ...(typeof id === 'string' && { eventId: id }),
    ...(typeof index === 'number' && { leaf: index }),
    ...(typeof treeSize === 'number' && { treeSize }),
  };
}
