import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type SignedRoot } from '#libs/audit';
import { DomainError, type Page, type Paging, type RootView } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, derivedId, readPage, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { rootSchema } from './root.schema.ts';
import { rootWasSigned, toSignedRoot, type StoredRoot } from './root.view.ts';

/** Type of the aggregates that roots are. They stand above the log, so they are not in it. */
export const rootType = 'audit-root';

/** The signed roots: written once, never changed. */
@Injectable()
export class RootRepository extends AggregateRepository<StoredRoot> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, rootType, 'roots', rootSchema, relay);
  }

  async newest(): Promise<SignedRoot | null> {
    const root = await this.model
      .findOne({} as never)
      .sort({ treeSize: -1 })
      .lean<StoredRoot>();
    return root && toSignedRoot(root);
  }

  async ofSize(treeSize: number): Promise<SignedRoot | null> {
    const root = await this.model.findOne({ treeSize } as never).lean<StoredRoot>();
    return root && toSignedRoot(root);
  }

  /** Roots over more than `behind` and at most `upTo` leaves, in order. */
  async between(behind: number, upTo: number, limit: number): Promise<SignedRoot[]> {
    const roots = await this.model
      .find({ treeSize: { $gt: behind, $lte: upTo } } as never)
      .sort({ treeSize: 1 })
      .limit(limit)
      .lean<StoredRoot[]>();
    return roots.map(toSignedRoot);
  }

  page(paging: Paging): Promise<Page<RootView>> {
    return readPage(this.model, {}, { ...paging, sort: '-treeSize' }, (document) =>
      toSignedRoot(document as unknown as StoredRoot),
    );
  }

  /** Keeps a root. False: another replica's root stands in its place. */
  async add(root: SignedRoot, previousSize: number, context: WriteContext): Promise<boolean> {
    const state = { ...toSignedRoot(root), previousSize };
    try {
      await this.create(
        derivedId(rootType, String(root.treeSize)),
        { state, events: [rootWasSigned(root)] },
        context,
      );
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'already-exists') return false;
      throw error;
    }
  }
}
