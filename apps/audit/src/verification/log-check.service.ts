import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  CompactRange,
  logLeafHash,
  toExportFault,
  verifyRoot,
  type Finding,
  type LogLeaf,
  type SignedRoot,
} from '#libs/audit';
import { auditLinksOf, serviceActor, type BrokenPlace } from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { KeyRepository } from '../log/key.repository.ts';
import { LeafRepository } from '../log/leaf.repository.ts';
import { RootRepository } from '../log/root.repository.ts';
import { type LogPart } from './verification-run.ts';

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
    private readonly keys: KeyRepository,
  ) {}

  /** The next few hundred leaves. `timeout`: milliseconds that a service has to answer. */
  async step(part: LogPart, timeout: number): Promise<LogPart> {
    const entries = await this.leaves.from(part.leaves, leavesAtOnce);
    const unlinked = await this.firstUnlinked(entries, timeout);
    if (unlinked) return broken(part, unlinked);
    return this.checkRoots(part, entries);
  }

  /** Whether the newest root is one of the log and signed with a known key; null: the log has not come so far. */
  async fits(root: SignedRoot, part: LogPart): Promise<boolean | null> {
    if (part.lastRoot?.treeSize === root.treeSize)
      return part.lastRoot.rootHash === root.rootHash && (await this.isSigned(root));
    return part.fault || part.complete ? false : null;
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
    const behind = part.lastRoot?.treeSize ?? 0;
    const isEnd = entries.length < leavesAtOnce;
    // At the end also those that claim to cover more than there is.
    const upTo = isEnd ? Number.MAX_SAFE_INTEGER : part.leaves + entries.length;
    const roots = await this.roots.between(behind, upTo, rootsAtOnce);
    let { lastRoot } = part;
    let checked = 0;
    for (const { index, leaf } of entries) {
      if (index !== range.size) {
        const expected = range.size;
        return broken(part, { code: 'leaf-index', place: { leaf: expected }, params: { expected } });
      }
      range.append(logLeafHash(leaf));
      const root = roots[checked];
      if (root?.treeSize !== range.size) continue;
      const finding = await this.faultOf(root, range, lastRoot);
      if (finding) return broken(part, finding);
      lastRoot = { treeSize: root.treeSize, rootHash: root.rootHash };
      checked += 1;
    }
    const left = isEnd ? roots[checked] : undefined;
    if (left) {
      const { treeSize } = left;
      return broken(part, { code: 'root-leaves', place: { treeSize }, params: { leaves: range.size } });
    }
    return {
      ...part,
      leaves: range.size,
      roots: part.roots + checked,
      peaks: range.hashes,
      lastRoot,
      complete: isEnd,
    };
  }

  private async faultOf(
    root: SignedRoot,
    range: CompactRange,
    before: LogPart['lastRoot'],
  ): Promise<Finding | null> {
    const { treeSize } = root;
    if (root.previous !== before?.rootHash) return { code: 'root-previous', place: { treeSize } };
    if (range.root() !== root.rootHash) {
      const params = { from: before?.treeSize ?? 0, to: treeSize - 1 };
      return { code: 'root-hash', place: { treeSize }, params };
    }
    if (await this.isSigned(root)) return null;
    return { code: 'root-signature', place: { treeSize }, params: { key: root.keyId } };
  }

  private async isSigned(root: SignedRoot): Promise<boolean> {
    const jwk = (await this.keys.all()).find(({ kid }) => kid === root.keyId);
    if (!jwk) return false;
    const { kty, crv, x } = jwk;
    return verifyRoot(root, createPublicKey({ key: { kty, crv, x }, format: 'jwk' }));
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
