import { Inject, Injectable } from '@nestjs/common';
import { type Collection, type Connection } from 'mongoose';
import { CONNECTION } from '#libs/service';
import { type PublishedKey } from './signing-key.store.ts';

type KeyDocument = Omit<PublishedKey, 'kid'> & { readonly _id: string };

/** Every public key that roots have been signed with: those of retired keys must remain verifiable. */
@Injectable()
export class KeyRepository {
  private readonly collection: Collection<KeyDocument>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.collection = connection.collection<KeyDocument>('keys');
  }

  /** Errors: a plain error when another key has been published under the same name. */
  async publish({ kid, ...key }: PublishedKey): Promise<void> {
    await this.collection.updateOne({ _id: kid }, { $setOnInsert: key }, { upsert: true });
    const known = await this.collection.findOne({ _id: kid });
    if (known?.x !== key.x) throw new Error(`AUDIT_SIGNING_KEY: another key has the name ${kid} already`);
  }

  async all(): Promise<PublishedKey[]> {
    const keys = await this.collection.find({}).sort({ _id: 1 }).toArray();
    return keys.map(({ _id, x }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      kid: _id,
      use: 'sig',
      alg: 'EdDSA',
    }));
  }
}
