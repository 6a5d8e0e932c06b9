import { Inject, Injectable } from '@nestjs/common';
import { type Collection, type Connection } from 'mongoose';
import { derivedId } from '#libs/persistence';
import { CONNECTION } from '#libs/service';

interface UsedAssertion {
  /** From client and `jti`: unique, which is the whole guarantee. */
  readonly _id: string;
  readonly expiresAt: Date;
}

const duplicateKey = 11000;
/** Seconds of margin for clocks that differ: forgotten too early, an assertion would work again. */
const margin = 300;

/** Assertions that have been used, over all replicas, until they have expired (RFC 7523, 3: `jti`). */
@Injectable()
export class UsedAssertions {
  private readonly collection: Collection<UsedAssertion>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.collection = connection.collection<UsedAssertion>('used-assertions');
  }

  async prepare(): Promise<void> {
    await this.collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: margin });
  }

  /** True for exactly one of all who ask. */
  async use(clientId: string, jti: string, expiresAt: Date): Promise<boolean> {
    try {
      await this.collection.insertOne({ _id: derivedId('assertion', clientId, jti), expiresAt });
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === duplicateKey) return false;
      throw error;
    }
  }
}
