import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { CompactRange, type LogLeaf, type SignedRoot } from '#libs/audit';
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
  /** When the last root was signed, over all leaves there are; it is 01:00 now. */
  readonly signedAt?: string;
  /** How often it is looked whether an hour has ended. */
  readonly looks?: number;
}

async function sealed({
  head,
  link,
  known,
  sizeLater = 1,
  signedAt = '2026-11-01T01:00:00.000Z',
  looks = 1,
}: Situation) {
  const signed: SignedRoot[] = [];
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
    {
      newest: async () => ({ place: 7, treeSize: 1, rootHash: digest('0'), at: signedAt }),
      add: async (root: SignedRoot) => signed.push(root) > 0,
    } as never,
    { raise: raised } as never,
    { read: async () => null, keep: kept } as never,
    { ask } as never,
    { now: () => new Date('2026-11-01T01:00:00.000Z') } as never,
    key,
    logger as never,
  );
  for (let look = 0; look < looks; look += 1) await service.sealIfDue();
  return { added, raised, kept, signed, logger };
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

  test('tells once of a service that goes on not telling of its chains', async () => {
    const head = new DomainError('unavailable');
    const { logger } = await sealed({ head, link: null, known: leaf(1, 'a'), looks: 5 });
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  const unchanged = { head: { seq: 1, hash: digest('a') }, link: digest('a'), known: leaf(1, 'a') };

  test('signs a root over the same leaves when an hour has passed', async () => {
    const { signed } = await sealed({ ...unchanged, signedAt: '2026-11-01T00:59:59.999Z' });
    expect(signed).toMatchObject([
      { number: 8, treeSize: 1, previous: digest('0'), at: '2026-11-01T01:00:00.000Z' },
    ]);
  });

  test.each([
    ['in the same hour', '2026-11-01T01:00:00.000Z'],
    ['when another machine’s clock is a little ahead', '2026-11-01T01:03:00.000Z'],
  ])('signs none %s', async (_when, signedAt) => {
    expect((await sealed({ ...unchanged, signedAt })).signed).toEqual([]);
  });

  test('signs one when the clock of the demonstration was moved back', async () => {
    expect((await sealed({ ...unchanged, signedAt: '2026-11-30T01:00:00.000Z' })).signed).toHaveLength(1);
  });
});
