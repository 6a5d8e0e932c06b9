import mongoose from 'mongoose';
import { measure, type Run } from './load.ts';

/** The floor: one journaled update of a small document, with nothing around it. */
export async function measureRaw(
  url: string,
  counts: { one: number; many: number },
): Promise<{ one: Run; many: Run }> {
  const connection = await mongoose
    .createConnection(url, {
      dbName: 'bench_raw',
      writeConcern: { w: 'majority', journal: true },
      maxPoolSize: 32,
    })
    .asPromise();
  try {
    const documents = connection.collection<{ _id: number; n: number }>('counters');
    await documents.insertMany(Array.from({ length: 64 }, (_each, index) => ({ _id: index, n: 0 })));
    const update = async (index: number): Promise<void> => {
      await documents.updateOne({ _id: index % 64 }, { $inc: { n: 1 } });
    };
    await measure(counts.one, 8, update);
    return { one: await measure(counts.one, 1, update), many: await measure(counts.many, 32, update) };
  } finally {
    await connection.dropDatabase();
    await connection.close();
  }
}
