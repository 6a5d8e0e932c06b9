import { mongo } from 'mongoose';
import { eventually } from '#libs/testing';

/** Services whose databases hold what callers send. The audit service's goes on by itself. */
const services = ['applications', 'directory', 'follow-ups', 'notifications', 'plans'] as const;
/** Written whether or not anybody asks for anything; and a journal follows what changes, when there is time. */
const byThemselves = ['leases', 'journal'];
/** Of these new ones alone are somebody's doing: what is due is reminded of, and a mail is sent in its own time. */
const goOn = ['deadlines', 'mails'];
/** What is on its way to the journal, of a change that its revision tells of. */
const underWay = ['outbox', 'outboxSince', 'journalHead'];

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
        found[`${service}.${name}`] = documents.map((each) => written(each, goOn.includes(name))).toSorted();
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

function written(document: mongo.BSON.Document, byIdAlone: boolean): string {
  const fields = Object.entries(document).filter(([name]) => !underWay.includes(name));
  return mongo.BSON.EJSON.stringify(byIdAlone ? document['_id'] : Object.fromEntries(fields));
}
