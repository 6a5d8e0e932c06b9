import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { TestServer } from './support.ts';

let server: TestServer;
let bucket: mongo.GridFSBucket;

beforeAll(async () => {
  server = await TestServer.start();
  bucket = new mongo.GridFSBucket((await server.client()).db('files'));
});
afterAll(() => server.stop());

async function upload(name: string, content: Buffer): Promise<mongo.ObjectId> {
  const stream = bucket.openUploadStream(name, { metadata: { name } });
  await pipeline(Readable.from([content]), stream);
  return stream.id;
}

async function download(id: mongo.ObjectId, range: { start?: number; end?: number } = {}): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bucket.openDownloadStream(id, range)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');

test('a file of 20 MB comes back byte for byte, whole and in part, also after a restart', async () => {
  const content = randomBytes(20 * 1024 * 1024);
  const id = await upload('big.bin', content);
  expect(hash(await download(id))).toBe(hash(content));
  const part = await download(id, { start: 5_000_000, end: 5_600_000 });
  expect(hash(part)).toBe(hash(content.subarray(5_000_000, 5_600_000)));
  await server.kill();
  await server.boot();
  expect(hash(await download(id))).toBe(hash(content));
}, 60_000);

test('files are found, renamed and deleted with their chunks', async () => {
  const id = await upload('a.txt', Buffer.from('hej'));
  await bucket.rename(id, 'b.txt');
  const found = await bucket.find({ filename: 'b.txt' }).toArray();
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ length: 3, chunkSize: 261_120, metadata: { name: 'a.txt' } });
  await bucket.delete(id);
  const db = (await server.client()).db('files');
  expect(await db.collection('fs.chunks').countDocuments({ files_id: id })).toBe(0);
  await expect(download(id)).rejects.toThrow(/FileNotFound/);
});

test('many files at once do not mix', async () => {
  const contents = Array.from({ length: 12 }, () => randomBytes(700_000));
  const ids = await Promise.all(contents.map((content, i) => upload(`f${i}`, content)));
  const read = await Promise.all(ids.map((id) => download(id)));
  expect(read.map(hash)).toEqual(contents.map(hash));
  const indexes = await (await server.client()).db('files').collection('fs.chunks').indexes();
  expect(indexes.find((index) => index.name === 'files_id_1_n_1')).toMatchObject({ unique: true });
});
