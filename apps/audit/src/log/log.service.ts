import { Inject, Injectable } from '@nestjs/common';
import { consistencyPath, inclusionPath } from '#libs/audit';
import { require } from '#libs/access';
import {
  DomainError,
  invalidInput,
  type Actor,
  type AuditKeys,
  type ConsistencyProof,
  type InclusionProof,
  type Page,
  type Paging,
  type RootView,
} from '#libs/contracts';
import { LeafRepository } from './leaf.repository.ts';
import { RootRepository } from './root.repository.ts';
import { toSignedRoot } from './root.view.ts';
import { TRUSTED_KEYS, type PublishedKey } from './signing-key.store.ts';

/** What the log has to show: roots, proofs and keys. Roots and hashes tell nothing of anybody: all may have them. */
@Injectable()
export class LogService {
  constructor(
    private readonly leaves: LeafRepository,
    private readonly roots: RootRepository,
    @Inject(TRUSTED_KEYS) private readonly keys: readonly PublishedKey[],
  ) {}

  page(paging: Paging): Promise<Page<RootView>> {
    return this.roots.page(paging);
  }

  /** Errors: `not-found` when no root was signed at that size. */
  async root(treeSize: number): Promise<RootView> {
    const root = await this.roots.ofSize(treeSize);
    if (!root) throw new DomainError('not-found');
    return root;
  }

  published(): AuditKeys {
    return { keys: [...this.keys] };
  }

  /** Errors: `forbidden`; `not-found` when no root covers the link, since there is none or it is too young. */
  async inclusion(
    actor: Actor,
    link: { readonly service: string; readonly aggregate: string; readonly seq: number },
  ): Promise<InclusionProof> {
    require(actor, 'verification', 'audit', {});
    const root = await this.roots.newest();
    const found =
      root && (await this.leaves.firstWith(link.service, link.aggregate, link.seq, root.treeSize));
    if (!found) throw new DomainError('not-found');
    const proof = await this.leaves.hashesOver(inclusionPath(found.index, root.treeSize));
    return { index: found.index, leaf: found.leaf, leafHash: found.hash, root: toSignedRoot(root), proof };
  }

  /** Errors: `invalid-input` when the first is the larger; `not-found` when no root covers so many leaves. */
  async consistency(from: number, to: number): Promise<ConsistencyProof> {
    if (from > to)
      throw invalidInput([{ pointer: '/query/to', code: 'too-small', params: { minimum: from } }]);
    const newest = await this.roots.newest();
    if (!newest || to > newest.treeSize) throw new DomainError('not-found');
    const [older, newer, proof] = await Promise.all([
      this.leaves.root(from),
      this.leaves.root(to),
      this.leaves.hashesOver(consistencyPath(from, to)),
    ]);
    return { from: { treeSize: from, rootHash: older }, to: { treeSize: to, rootHash: newer }, proof };
  }
}
