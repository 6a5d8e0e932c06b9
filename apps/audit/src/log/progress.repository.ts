import { Inject, Injectable } from '@nestjs/common';
import { type Collection, type Connection } from 'mongoose';
import { CONNECTION } from '#libs/service';

/** How far the log has followed the journals. */
export interface Progress {
  /** Product time of the last sealing, in whole hours since 1970. */
  readonly hour: number;
  /** Machine time from which each service's journal must be looked at, in milliseconds. */
  readonly since: Readonly<Record<string, number>>;
  /** Services that did not answer in that hour: the log still lacks what they did. */
  readonly unheard: readonly string[];
}

interface ProgressDocument extends Progress {
  readonly _id: 'sealing';
}

@Injectable()
export class ProgressRepository {
  private readonly collection: Collection<ProgressDocument>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.collection = connection.collection<ProgressDocument>('progress');
  }

  async read(): Promise<Progress | null> {
    return this.collection.findOne({ _id: 'sealing' });
  }

  /** Losing it, or an older one overtaking a newer, only makes the next sealing look at more. */
  async keep({ hour, since, unheard }: Progress): Promise<void> {
    await this.collection.updateOne({ _id: 'sealing' }, { $set: { hour, since, unheard } }, { upsert: true });
  }
}
