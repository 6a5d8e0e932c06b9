import { afterAll, beforeAll, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import { serverError, TestServer } from './support.ts';

// Everything with mongoose's own defaults: autoCreate, autoIndex, buffering, majority write concern.
let server: TestServer;
let connection: mongoose.Connection;

beforeAll(async () => {
  server = await TestServer.start();
  connection = await mongoose.createConnection(server.url, { dbName: 'house' }).asPromise();
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

test('autoCreate and autoIndex make collection and indexes while documents are already coming in', async () => {
  const schema = new mongoose.Schema({
    email: { type: String, unique: true },
    name: { type: String, index: true },
  });
  const Person = connection.model('Person', schema);
  await Promise.all([
    Person.init(),
    ...Array.from({ length: 20 }, (_, i) => Person.create({ email: `p${i}`, name: 'x' })),
  ]);
  expect(await Person.countDocuments()).toBe(20);
  expect((await Person.collection.indexes()).map((index) => index.name).toSorted()).toEqual([
    '_id_',
    'email_1',
    'name_1',
  ]);
  expect((await serverError(Person.create({ email: 'p1' }))).code).toBe(11000);
  expect(await Person.syncIndexes()).toEqual([]);
});

test('timestamps are set on create and moved on update', async () => {
  const Note = connection.model('Note', new mongoose.Schema({ text: String }, { timestamps: true }));
  const note = await Note.create({ text: 'a' });
  const changed = await Note.findOneAndUpdate({ _id: note._id }, { text: 'b' }, { returnDocument: 'after' });
  expect(changed!.createdAt).toEqual(note.createdAt);
  expect(changed!.updatedAt.getTime()).toBeGreaterThanOrEqual(note.updatedAt.getTime());
  const upserted = await Note.findOneAndUpdate(
    { text: 'new' },
    {},
    { upsert: true, returnDocument: 'after' },
  );
  expect(upserted.createdAt).toBeInstanceOf(Date);
});

test('discriminators share a collection and are told apart', async () => {
  const Base = connection.model('Event', new mongoose.Schema({ at: Date }, { discriminatorKey: 'kind' }));
  const Mail = Base.discriminator('Mail', new mongoose.Schema({ to: String }));
  const Call = Base.discriminator('Call', new mongoose.Schema({ number: String }));
  await Mail.create({ at: new Date(), to: 'a' });
  await Call.create([{ number: '1' }, { number: '2' }]);
  expect(await Base.countDocuments()).toBe(3);
  expect(await Call.countDocuments()).toBe(2);
  expect((await Base.findOne({ kind: 'Mail' }))!.get('to')).toBe('a');
});

test('optimistic concurrency refuses the second save', async () => {
  const Plan = connection.model(
    'Plan',
    new mongoose.Schema({ title: String, list: [String] }, { optimisticConcurrency: true }),
  );
  const { _id } = await Plan.create({ title: 'a', list: ['x'] });
  const [first, second] = await Promise.all([Plan.findById(_id), Plan.findById(_id)]);
  first!.title = 'first';
  await first!.save();
  second!.title = 'second';
  await expect(second!.save()).rejects.toThrow(mongoose.Error.VersionError);
  expect((await Plan.findById(_id))!.title).toBe('first');
});

test('populate follows references, also in arrays and virtuals', async () => {
  const Author = connection.model(
    'Author',
    new mongoose.Schema(
      { name: String },
      { virtuals: { books: { options: { ref: 'Book', localField: '_id', foreignField: 'authors' } } } },
    ),
  );
  const Book = connection.model(
    'Book',
    new mongoose.Schema({ title: String, authors: [{ type: mongoose.Types.ObjectId, ref: 'Author' }] }),
  );
  const [a, b] = await Author.create([{ name: 'Selma' }, { name: 'Astrid' }]);
  await Book.create({ title: 'Bok', authors: [b!._id, a!._id] });
  const book = await Book.findOne().populate<{ authors: { name: string }[] }>('authors');
  expect(book!.authors.map((author) => author.name)).toEqual(['Astrid', 'Selma']);
  const author = await Author.findOne({ name: 'Selma' }).populate('books');
  expect((author!.get('books') as { title: string }[]).map(({ title }) => title)).toEqual(['Bok']);
});

test('sub-documents, maps, decimals and array methods round trip', async () => {
  const Application = connection.model(
    'Application',
    new mongoose.Schema({
      amount: mongoose.Schema.Types.Decimal128,
      answers: { type: Map, of: String },
      rows: [{ code: String, sum: Number }],
    }),
  );
  const doc = await Application.create({
    amount: '1234.50',
    answers: { a: 'ja' },
    rows: [
      { code: 'x', sum: 1 },
      { code: 'y', sum: 2 },
    ],
  });
  doc.rows.pull(doc.rows[0]!._id);
  doc.rows.push({ code: 'z', sum: 3 });
  doc.answers!.set('b', 'nej');
  await doc.save();
  const read = await Application.findById(doc._id).orFail();
  expect(read.amount!.toString()).toBe('1234.50');
  expect(read.rows.map((row) => row.code)).toEqual(['y', 'z']);
  expect(Object.fromEntries(read.answers!)).toEqual({ a: 'ja', b: 'nej' });
  await Application.updateOne({ 'rows.code': 'y' }, { $set: { 'rows.$.sum': 20 } });
  expect((await Application.findOne({ 'rows.sum': 20 }))!.rows[0]!.sum).toBe(20);
});

test('bulkWrite, insertMany, distinct, aggregate and cursors work through models', async () => {
  const Item = connection.model('Item', new mongoose.Schema({ group: String, n: Number }));
  await Item.insertMany(Array.from({ length: 250 }, (_, n) => ({ group: n % 2 ? 'odd' : 'even', n })));
  const result = await Item.bulkWrite([
    { updateMany: { filter: { group: 'odd' }, update: { $inc: { n: 1000 } } } },
    { deleteOne: { filter: { n: 0 } } },
    { insertOne: { document: { group: 'new', n: -1 } } },
  ]);
  expect(result).toMatchObject({ modifiedCount: 125, deletedCount: 1, insertedCount: 1 });
  expect((await Item.distinct('group')).toSorted()).toEqual(['even', 'new', 'odd']);
  expect(
    await Item.aggregate([{ $match: { group: 'odd' } }, { $group: { _id: null, max: { $max: '$n' } } }]),
  ).toEqual([{ _id: null, max: 1249 }]);
  let seen = 0;
  for await (const item of Item.find().lean().cursor({ batchSize: 40 })) seen += item.n === undefined ? 0 : 1;
  expect(seen).toBe(250);
});
