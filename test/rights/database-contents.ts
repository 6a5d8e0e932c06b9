import { mongo } from 'mongoose';
import { eventually } from '#libs/testing';

/** Services whose databases hold what callers send. The audit service's goes on by itself. */
const services = ['applications', 'directory', 'follow-ups', 'notifications', 'plans'] as const;
/** What is written whether or not anybody asks for anything. */
const byThemselves = ['leases'];

export interface DatabaseContents {
  /** Every document of every service as it lies in the database, once nothing is under way any more. */
  read(): Promise<Readonly<Record<string, readonly string[]>>>;
  close(): Promise<void>;
}

/** Looks past the API, which shows neither all that is stored nor where. */
export async function databaseContents(url: string, prefix: string): Promise<DatabaseContents> {
  const client = await new mongo.MongoClient(url).connect();
  const once = async (): Promise<Record<string, string[]>> => {
    const found: Record<string, string[]> = {};
    for (const service of services) {
      const database = client.db(`${prefix}_${service}`);
      for (const { name } of await database.listCollections().toArray()) {
        if (byThemselves.includes(name)) continue;
        const documents = await database.collection(name).find().toArray();
        found[`${service}.${name}`] = documents.map((each) => mongo.BSON.EJSON.stringify(each)).toSorted();
      }
    }
    return found;
  };
  return {
    async read() {
      let before = await once();
      // What was asked for goes round the services after its answer.
      return eventually(async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        const now = await once();
        const isSettled = JSON.stringify(now) === JSON.stringify(before);
        before = now;
        return isSettled && now;
      }, 60_000);
    },
    close: () => client.close(),
  };
}
