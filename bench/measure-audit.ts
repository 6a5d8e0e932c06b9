import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  CompactRange,
  exportLine,
  hashOf,
  linesOf,
  logLeafHash,
  privateHashOf,
  signRoot,
  verifyExport,
  type ExportRecord,
  type JournalEvent,
} from '#libs/audit';

export interface AuditFigures {
  readonly events: number;
  readonly leaves: number;
  readonly megabytes: number;
  readonly seconds: number;
  /** Processor time, which other work on the machine does not lengthen as it does the seconds. */
  readonly cpuSeconds: number;
  /** Highest resident memory of this process, in megabytes (2^20 bytes). */
  readonly peakMegabytes: number;
}

const service = 'applications';
const linksPerChain = 10;

/**
 * Verifies an export of so many events, read from a file: chains of ten links, each with its head in the log after
 * every fifth, and a signed root every thousand leaves. Making the file is not timed.
 *
 * @throws when the export is found broken
 */
export async function measureAudit(events: number): Promise<AuditFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'insats-audit-'));
  const file = join(folder, 'export.ndjson');
  try {
    await write(file, records(events));
    const before = process.cpuUsage();
    const begun = performance.now();
    const { fault, counts } = await verifyExport(linesOf(createReadStream(file, { highWaterMark: 2 ** 20 })));
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(before);
    if (fault) throw new Error(fault.en);
    return {
      events: counts.events,
      leaves: counts.leaves,
      megabytes: statSync(file).size / 2 ** 20,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* records(events: number): Generator<ExportRecord> {
  const chains = Math.ceil(events / linksPerChain);
  const ends: JournalEvent[] = [];
  const middles: JournalEvent[] = [];
  // Round by round, so that the chains lie as mixed in the file as they do in a journal.
  for (let made = 0; made < events; made += 1) {
    const chain = made % chains;
    const event = nextLink(ends[chain], chain);
    ends[chain] = event;
    if (event.seq === linksPerChain / 2) middles.push(event);
    yield { kind: 'event', service, event };
  }
  for (const { aggregate, seq, hash } of ends) yield { kind: 'head', service, aggregate, seq, hash };
  yield* log([...middles, ...ends]);
}

function* log(heads: readonly JournalEvent[]): Generator<ExportRecord> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const range = new CompactRange();
  const sizes: { size: number; rootHash: string }[] = [];
  for (const [index, { aggregate, seq, hash, time }] of heads.entries()) {
    const leaf = {
      service,
      aggregateType: aggregate.type,
      aggregateId: aggregate.id,
      seq,
      hash,
      at: time,
    } as const;
    range.append(logLeafHash(leaf));
    if (range.size % 1000 === 0 || range.size === heads.length)
      sizes.push({ size: range.size, rootHash: range.root() });
    yield { kind: 'leaf', index, leaf };
  }
  let previous: string | undefined;
  for (const { size: treeSize, rootHash } of sizes) {
    const at = new Date(0).toISOString();
    const root = { treeSize, rootHash, at, ...(previous !== undefined && { previous }), keyId: 'bench' };
    yield { kind: 'root', root: signRoot(root, privateKey) };
    previous = rootHash;
  }
  yield { kind: 'key', jwk: { kty: 'OKP', crv: 'Ed25519', x: String(x), kid: 'bench' } };
}

/** As large as the event of a real change: a dozen ids and codes, old and new text in the private part. */
function nextLink(last: JournalEvent | undefined, chain: number): JournalEvent {
  const seq = (last?.seq ?? 0) + 1;
  const part = {
    salt: '4bf92f3577b34da6a3ce929d0e0e4736',
    data: {
      title: { from: 'Kortare väntan', to: `Kortare väntan för fler ${seq}` },
      contact: 'Test Testsson',
    },
  };
  const link = {
    id: randomUUID(),
    type: 'application.changed',
    version: 1,
    time: new Date(1_800_000_000_000 + chain * 1000 + seq).toISOString(),
    seq,
    prevHash: last?.hash ?? null,
    aggregate: last?.aggregate ?? { type: 'application', id: randomUUID() },
    revision: seq,
    actor: { id: 'region-kalmar-system', kind: 'system', role: 'regionSystem', region: 'kalmar' },
    idempotencyKey: 'pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: {
      applicationId: randomUUID(),
      callId: randomUUID(),
      rcc: 'sydost',
      region: 'kalmar',
      fields: ['title'],
    },
    privateHash: privateHashOf(part),
  } as const;
  return { ...link, hash: hashOf(link), private: part };
}

async function write(file: string, all: Iterable<ExportRecord>): Promise<void> {
  const stream = createWriteStream(file);
  let block = exportLine({ insatsAudit: 1, exportedAt: new Date(0).toISOString() });
  for (const record of all) {
    block += exportLine(record);
    if (block.length < 2 ** 20) continue;
    if (!stream.write(block)) await once(stream, 'drain');
    block = '';
  }
  stream.end(block);
  await once(stream, 'finish');
}
