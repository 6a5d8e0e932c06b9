import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { CompactRange, type LogLeaf } from '#libs/audit';
import { DomainError, type ServiceName } from '#libs/contracts';
import { SealingService } from './sealing.service.ts';
import { makeSigningKey } from './signing-key.store.ts';

// What depends on the moment, and so cannot be brought about with real servers. All else: apps/audit/test.

const place = { type: 'call', id: 'call-1' };
const digest = (letter: string): string => letter.repeat(64);
const leaf = (seq: number, letter: string): LogLeaf => ({
  service: 'applications',
  aggregateType: place.type,
  aggregateId: place.id,
  seq,
  hash: digest(letter),
  at: '2026-11-01T00:00:00.000Z',
});

interface Situation {
  /** What `applications` tells of the chain's end; an error that it answers. */
  readonly head: { readonly seq: number; readonly hash: string } | DomainError;
  /** Of the link that the log has. */
  readonly link: string | null;
  readonly known: LogLeaf;
  /** Leaves that the log has when it is asked again. */
  readonly sizeLater?: number;
}

async function sealed({ head, link, known, sizeLater = 1 }: Situation) {
  const added: LogLeaf[] = [];
  const raised = jest.fn(async (_alarm: unknown, _context: unknown) => true);
  const kept = jest.fn(async (_progress: { unheard: readonly string[] }) => undefined);
  const ask = async ({ service, subject }: { service: ServiceName; subject: string }) => {
    if (subject.endsWith('links')) return { hashes: [link] };
    if (service !== 'applications') return { heads: [], next: null };
    if (head instanceof DomainError) throw head;
    return { heads: [{ ...place, ...head }], next: null };
  };
  const size = jest.fn(async () => sizeLater).mockResolvedValueOnce(1);
  const folder = mkdtempSync(join(tmpdir(), 'insats-sealing-'));
  const key = makeSigningKey(folder);
  rmSync(folder, { recursive: true });
  const logger = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
  const service = new SealingService(
    {
      size,
      range: async () => new CompactRange(1, [digest('0')]),
      newestOf: async () => new Map([[`${place.type} ${place.id}`, known]]),
      append: async (_range: CompactRange, leaves: readonly LogLeaf[]) => void added.push(...leaves),
    } as never,
    { newest: async () => ({ treeSize: 1, rootHash: digest('0') }) } as never,
    { raise: raised } as never,
    { read: async () => null, keep: kept } as never,
    { ask } as never,
    { now: () => new Date('2026-11-01T01:00:00.000Z') } as never,
    key,
    logger as never,
  );
  await service.sealIfDue();
  return { added, raised, kept };
}

describe('sealing', () => {
  test('takes in a chain that goes on from where the log has it', async () => {
    const head = { seq: 2, hash: digest('b') };
    const { added, raised, kept } = await sealed({ head, link: digest('a'), known: leaf(1, 'a') });
    expect(added).toMatchObject([{ ...head, aggregateId: place.id }]);
    expect(raised).not.toHaveBeenCalled();
    expect(kept).toHaveBeenCalledTimes(1);
  });

  test('raises an alarm of a document that names another end than the log has, and goes on', async () => {
    const head = { seq: 1, hash: digest('b') };
    const { added, raised, kept } = await sealed({ head, link: digest('a'), known: leaf(1, 'a') });
    expect(added).toEqual([]);
    expect(raised).toHaveBeenCalledWith(
      expect.objectContaining({ seq: 1, expected: digest('a'), found: digest('b') }),
      expect.anything(),
    );
    expect(kept).toHaveBeenCalledTimes(1);
  });

  test('raises an alarm of a chain that has become shorter', async () => {
    const head = { seq: 1, hash: digest('a') };
    const { raised } = await sealed({ head, link: null, known: leaf(2, 'b') });
    expect(raised).toHaveBeenCalledTimes(1);
  });

  test('raises none where another replica has added leaves meanwhile', async () => {
    const head = { seq: 1, hash: digest('a') };
    const { raised, kept } = await sealed({ head, link: digest('b'), known: leaf(2, 'b'), sizeLater: 2 });
    expect(raised).not.toHaveBeenCalled();
    expect(kept).not.toHaveBeenCalled();
  });

  test('goes on without a service that answers with a fault, whose turn comes again', async () => {
    const { kept } = await sealed({
      head: new DomainError('internal-error'),
      link: null,
      known: leaf(1, 'a'),
    });
    expect(kept).toHaveBeenCalledWith(expect.objectContaining({ unheard: ['applications'] }));
  });
});
