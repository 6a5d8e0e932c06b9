import { Inject, Injectable } from '@nestjs/common';
import {
  CompactRange,
  followsRoot,
  importKey,
  logLeafHash,
  toExportFault,
  verifyRoot,
  type Finding,
  type LogLeaf,
  type SignedRoot,
} from '#libs/audit';
import { auditLinksOf, serviceActor, type BrokenPlace } from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { LeafRepository } from '../log/leaf.repository.ts';
import { RootRepository } from '../log/root.repository.ts';
import { toSignedRoot, type StoredRoot } from '../log/root.view.ts';
import { TRUSTED_KEYS, type PublishedKey } from '../log/signing-key.store.ts';
import { type KnownRoot, type LogPart } from './verification-run.ts';

interface Entry {
  readonly index: number;
  readonly leaf: LogLeaf;
}

const leavesAtOnce = 500;
const rootsAtOnce = 1000;
const actor = serviceActor('audit');

/** Verifies the log: each leaf against its chain, each root against the leaves, its signature, its order. */
@Injectable()
export class LogCheck {
  constructor(
    private readonly bus: BusClient,
    private readonly leaves: LeafRepository,
    private readonly roots: RootRepository,
    @Inject(TRUSTED_KEYS) private readonly keys: readonly PublishedKey[],
  ) {}

  /** The next few hundred leaves. `timeout`: milliseconds that a service has to answer. */
  async step(part: LogPart, timeout: number): Promise<LogPart> {
    const entries = await this.leaves.from(part.leaves, leavesAtOnce);
    const unlinked = await this.firstUnlinked(entries, timeout);
    if (unlinked) return broken(part, unlinked);
    return this.checkRoots(part, entries);
  }

  /** Whether the newest root is one of the log and signed with a known key; null: it has not been looked at. */
  fits(root: StoredRoot, { roots, lastRoot, fault }: LogPart): boolean | null {
    if (roots < root.place) return fault ? false : null;
    const isOfLog = lastRoot?.treeSize === root.treeSize && lastRoot.rootHash === root.rootHash;
    return isOfLog && this.signatureFault(toSignedRoot(root)) === null;
  }

  private async firstUnlinked(entries: readonly Entry[], timeout: number): Promise<Finding | null> {
    const services = [...new Set(entries.map(({ leaf }) => leaf.service))];
    const asked = await Promise.all(
      services.map(async (service) => {
        const own = entries.filter(({ leaf }) => leaf.service === service);
        const links = own.map(({ leaf }) => ({
          type: leaf.aggregateType,
          id: leaf.aggregateId,
          seq: leaf.seq,
        }));
        const { hashes } = await this.bus.ask(auditLinksOf(service), { links }, { actor, timeout });
        return { service, own, hashes };
      }),
    );
    for (const { service, own, hashes } of asked) {
      const wrong = own.findIndex(({ leaf }, index) => hashes[index] !== leaf.hash);
      const entry = own[wrong];
      if (!entry) continue;
      const { leaf, index } = entry;
      const aggregate = { type: leaf.aggregateType, id: leaf.aggregateId };
      const place = { service, aggregate, seq: leaf.seq, leaf: index };
      if (hashes[wrong] === null) return { code: 'leaf-link', place };
      return { code: 'leaf-hash', place, params: { from: 1, to: leaf.seq } };
    }
    return null;
  }

  private async checkRoots(part: LogPart, entries: readonly Entry[]): Promise<LogPart> {
    const range = new CompactRange(part.leaves, part.peaks);
    const roots = await this.roots.behind(part.roots, rootsAtOnce);
    let { lastRoot } = part;
    let checked = 0;
    const soFar = (): LogPart => ({
      ...part,
      leaves: range.size,
      roots: part.roots + checked,
      peaks: range.hashes,
      lastRoot,
    });
    for (let index = 0; ; index += 1) {
      for (let root = roots[checked]; root && root.treeSize <= range.size; root = roots[checked]) {
        const finding = this.faultOf(root, range, lastRoot, part.roots + checked + 1);
        if (finding) return broken(part, finding);
        const { number, treeSize, rootHash } = root;
        lastRoot = { ...(number !== undefined && { number }), treeSize, rootHash };
        checked += 1;
      }
      // There may be more over equally many leaves: first those.
      if (checked === rootsAtOnce) return soFar();
      const entry = entries[index];
      if (!entry) break;
      if (entry.index !== range.size) {
        const expected = range.size;
        return broken(part, { code: 'leaf-index', place: { leaf: expected }, params: { expected } });
      }
      range.append(logLeafHash(entry.leaf));
    }
    if (entries.length === leavesAtOnce) return soFar();
    const left = roots[checked];
    if (!left) return { ...soFar(), complete: true };
    // Signed while this was looked at, over leaves that have come in since.
    if (left.treeSize <= (await this.leaves.size())) return soFar();
    const { treeSize } = left;
    return broken(part, { code: 'root-leaves', place: { treeSize }, params: { leaves: range.size } });
  }

  private faultOf(
    root: SignedRoot,
    range: CompactRange,
    before: KnownRoot | null,
    number: number,
  ): Finding | null {
    const { treeSize } = root;
    const place = { treeSize };
    if (!followsRoot(root, before, number)) return { code: 'root-previous', place };
    const sizeBefore = before?.treeSize ?? 0;
    if (treeSize < range.size) return { code: 'root-shrunk', place, params: { before: sizeBefore } };
    if (range.root() !== root.rootHash) {
      const to = treeSize - 1;
      return { code: 'root-hash', place, params: { from: Math.min(sizeBefore, to), to } };
    }
    const code = this.signatureFault(root);
    return code && { code, place, params: { key: root.keyId } };
  }

  private signatureFault(root: SignedRoot): 'root-key' | 'root-signature' | null {
    const jwk = this.keys.find(({ kid }) => kid === root.keyId);
    const key = jwk && importKey(jwk);
    if (!key) return 'root-key';
    return verifyRoot(root, key) ? null : 'root-signature';
  }
}

function broken(part: LogPart, finding: Finding): LogPart {
  return { ...part, complete: true, fault: toBrokenPlace(finding) };
}

function toBrokenPlace(finding: Finding): BrokenPlace {
  const { code, place, sv, en } = toExportFault(finding);
  const { line: _line, ...rest } = place;
  return { code, ...rest, sv, en } as BrokenPlace;
}
