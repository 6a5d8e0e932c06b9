import { Inject, Injectable } from '@nestjs/common';
import { type Connection, type Model } from 'mongoose';
import { type VisibleWhere } from '#libs/access';
import { type AccessRecord, type AccessView, type Page, type Paging } from '#libs/contracts';
import { readPage } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { accessSchema } from './access.schema.ts';

/** One record of the access log, as it is looked for. */
export interface AccessDocument extends Omit<AccessRecord, 'id' | 'at' | 'rccs'> {
  /** Batch and place in it. */
  readonly _id: string;
  readonly at: Date;
  /** Of the thing. */
  readonly thing: string | null;
  /** As the access table names it; those of all that was read. */
  readonly rcc: AccessRecord['rccs'];
}

export interface AccessFilter {
  readonly actor?: string | undefined;
  readonly resource?: string | undefined;
  readonly id?: string | undefined;
  readonly outcome?: string | undefined;
  /** RFC 3339; the first moment and the last. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The access log record by record, to be searched. What proves it is the batches' chains. */
@Injectable()
export class AccessRepository {
  private readonly model: Model<AccessDocument>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.model = connection.model<AccessDocument>('access', accessSchema, 'accesses');
  }

  async prepare(): Promise<void> {
    await this.model.createCollection();
    await this.model.createIndexes();
  }

  /** Adds the records of a batch; those already there are left as they are. */
  async add(batchId: string, records: readonly AccessRecord[]): Promise<void> {
    await this.model.collection.bulkWrite(
      records.map((record, index) => {
        const { _id, ...document } = toDocument(batchId, index, record);
        return { updateOne: { filter: { _id }, update: { $setOnInsert: document }, upsert: true } };
      }) as never,
      { ordered: false },
    );
  }

  /** Takes a batch's records away. Doing it again changes nothing. */
  async remove(batchId: string): Promise<void> {
    // From the point behind the batch's id to the next character (U+002F).
    await this.model.collection.deleteMany({ _id: { $gte: `${batchId}.`, $lt: `${batchId}/` } } as never);
  }

  /** The latest first. `where` null: nothing may be seen. */
  page(where: VisibleWhere, filter: AccessFilter, paging: Paging): Promise<Page<AccessView>> {
    const { actor, resource, id, outcome, from, to } = filter;
    const conditions = where && {
      $and: [
        where,
        ...Object.entries({ actor, resource, thing: id, outcome })
          .filter(([, value]) => value !== undefined)
          .map(([field, value]) => ({ [field]: value })),
        ...(from === undefined ? [] : [{ at: { $gte: new Date(from) } }]),
        ...(to === undefined ? [] : [{ at: { $lte: new Date(to) } }]),
      ],
    };
    return readPage(this.model, conditions, { ...paging, sort: '-at' }, (document) =>
      toView(document as unknown as AccessDocument),
    );
  }
}

function toDocument(batchId: string, index: number, record: AccessRecord): AccessDocument {
  const { id, at, rccs, ...rest } = record;
  return { _id: `${batchId}.${index}`, ...rest, at: new Date(at), thing: id, rcc: rccs };
}

function toView({ _id, at, thing, rcc, ...rest }: AccessDocument): AccessView {
  return { ...rest, at: at.toISOString(), id: thing, rccs: rcc };
}
