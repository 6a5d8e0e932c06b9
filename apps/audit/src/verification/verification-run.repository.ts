import { Inject, Injectable } from '@nestjs/common';
import { type Collection, type Connection } from 'mongoose';
import { CONNECTION } from '#libs/service';
import { type VerificationRun } from './verification-run.ts';

interface RunDocument extends VerificationRun {
  readonly _id: 'latest';
  readonly version: number;
}

/** A run, and the version under which it was read. */
export interface KnownRun {
  readonly run: VerificationRun;
  readonly version: number;
}

const duplicateKey = 11000;

/** The latest verification, shared by all replicas. */
@Injectable()
export class VerificationRunRepository {
  private readonly collection: Collection<RunDocument>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.collection = connection.collection<RunDocument>('verifications');
  }

  async latest(): Promise<KnownRun | null> {
    const document = await this.collection.findOne({ _id: 'latest' });
    if (!document) return null;
    const { _id, version, ...run } = document;
    return { run, version };
  }

  /** Keeps a run unless somebody else has gone on from `version` meanwhile; 0: when there was none. */
  async keep(run: VerificationRun, version: number): Promise<boolean> {
    const next = { ...run, version: version + 1 };
    try {
      const { matchedCount, upsertedCount } = await this.collection.updateOne(
        { _id: 'latest', version },
        { $set: next },
        { upsert: version === 0 },
      );
      return matchedCount + upsertedCount === 1;
    } catch (error) {
      if ((error as { code?: unknown }).code === duplicateKey) return false;
      throw error;
    }
  }
}
