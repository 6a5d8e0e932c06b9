import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { rootAggregate, type SignedRoot } from '#libs/audit';
import { DomainError, type Page, type Paging, type RootView } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, derivedId, readPage, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { rootSchema } from './root.schema.ts';
import { rootWasSigned, toSignedRoot, type NumberedRoot, type StoredRoot } from './root.view.ts';

/** Indexes of when every root was over more leaves than the one before. */
const formerIndexes = ['treeSize_1', 'previousSize_1'];

/** The signed roots, in one line: written once, never changed. */
@Injectable()
export class RootRepository extends AggregateRepository<StoredRoot> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, rootAggregate, 'roots', rootSchema, relay);
  }

  override async prepare(): Promise<void> {
    await this.model.createCollection();
    await this.placeFormerRoots();
    await this.model.createIndexes();
  }

  newest(): Promise<StoredRoot | null> {
    return this.model
      .findOne({} as never)
      .sort({ place: -1 })
      .lean<StoredRoot>();
  }

  /** The first root over so many leaves: later ones say the same at another time. */
  async ofSize(treeSize: number): Promise<SignedRoot | null> {
    const root = await this.model
      .findOne({ treeSize } as never)
      .sort({ place: 1 })
      .lean<StoredRoot>();
    return root && toSignedRoot(root);
  }

  /** The roots behind the first `count`, in order. */
  async behind(count: number, limit: number): Promise<SignedRoot[]> {
    const roots = await this.model
      .find({} as never)
      .sort({ place: 1 })
      .skip(count)
      .limit(limit)
      .lean<StoredRoot[]>();
    return roots.map(toSignedRoot);
  }

  page(paging: Paging): Promise<Page<RootView>> {
    return readPage(this.model, {}, { ...paging, sort: '-place' }, (document) =>
      toSignedRoot(document as unknown as StoredRoot),
    );
  }

  /** Keeps a root. False: another replica's root stands in its place. */
  async add(root: NumberedRoot, context: WriteContext): Promise<boolean> {
    const { number } = root;
    const state = { ...toSignedRoot(root), place: number };
    try {
      const id = derivedId(rootAggregate, 'number', String(number));
      await this.create(id, { state, events: [rootWasSigned(root)] }, context);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'already-exists') return false;
      throw error;
    }
  }

  /**
   * Those that were signed before there were numbers stand in the order of their sizes. May be repeated, also after
   * a crash in the midst of it: each one's place is counted among all of them, not among those that still lack one.
   */
  private async placeFormerRoots(): Promise<void> {
    const { collection } = this.model;
    for (const { name = '' } of await collection.indexes()) {
      // Another replica may have dropped it meanwhile.
      if (formerIndexes.includes(name)) await collection.dropIndex(name).catch(() => undefined);
    }
    if (!(await collection.findOne({ place: { $exists: false } }))) return;
    const former = collection.find({ number: { $exists: false } }).sort({ treeSize: 1 });
    for (const [index, { _id }] of (await former.toArray()).entries())
      await collection.updateOne({ _id, place: { $exists: false } }, { $set: { place: index + 1 } });
  }
}
