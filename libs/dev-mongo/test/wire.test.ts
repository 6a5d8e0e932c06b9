import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { deserialize, serialize } from 'bson';
import type { Document } from 'bson';
import { crc32c } from '../src/crc32c.ts';
import { TestServer } from './support.ts';

let server: TestServer;
let socket: Socket | undefined;

beforeAll(async () => {
  server = await TestServer.start();
});
afterEach(() => {
  socket?.destroy();
});
afterAll(() => server.stop());

async function open(): Promise<Socket> {
  socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

function frame(opCode: number, requestId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + payload.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, payload]);
}

function flagBits(value: number): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32LE(value);
  return bits;
}

function message(requestId: number, body: Document, options: { flags?: number; sections?: Buffer[] } = {}) {
  const kind0 = Buffer.concat([Buffer.from([0]), serialize(body)]);
  return frame(
    2013,
    requestId,
    Buffer.concat([flagBits(options.flags ?? 0), kind0, ...(options.sections ?? [])]),
  );
}

function sequence(name: string, documents: Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((doc) => serialize(doc))]);
  return Buffer.concat([Buffer.from([1]), flagBits(content.length + 4), content]);
}

function withChecksum(plain: Buffer): Buffer {
  const signed = Buffer.concat([plain, Buffer.alloc(4)]);
  signed.writeInt32LE(signed.length, 0);
  signed.writeUInt32LE(signed.readUInt32LE(16) | 1, 16);
  signed.writeUInt32LE(crc32c(signed.subarray(0, -4)), signed.length - 4);
  return signed;
}

async function nextReply(from: Socket): Promise<{ responseTo: number; opCode: number; doc: Document }> {
  let data = Buffer.alloc(0);
  while (data.length < 4 || data.length < data.readInt32LE(0)) {
    const [chunk] = (await once(from, 'data')) as [Buffer];
    data = Buffer.concat([data, chunk]);
  }
  const opCode = data.readInt32LE(12);
  return {
    responseTo: data.readInt32LE(8),
    opCode,
    doc: deserialize(data.subarray(opCode === 2013 ? 21 : 36)),
  };
}

test('crc32c gives the check value of its standard', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('the first hello as OP_QUERY is answered as a one-member replica set at the address of the socket', async () => {
  const connection = await open();
  const query = Buffer.concat([
    flagBits(0),
    Buffer.from('admin.$cmd\0'),
    flagBits(0),
    flagBits(0xffffffff),
    serialize({ ismaster: 1, helloOk: true }),
  ]);
  connection.write(frame(2004, 7, query));
  const { responseTo, opCode, doc } = await nextReply(connection);
  expect({ responseTo, opCode }).toEqual({ responseTo: 7, opCode: 1 });
  expect(doc).toMatchObject({
    ok: 1,
    ismaster: true,
    setName: 'dev-mongo',
    hosts: [`127.0.0.1:${server.port}`],
    me: `127.0.0.1:${server.port}`,
    maxWireVersion: 25,
    logicalSessionTimeoutMinutes: 30,
  });
  expect(doc).not.toHaveProperty('topologyVersion');
  expect(doc).not.toHaveProperty('compression');
});

test('any other command as OP_QUERY is refused by name', async () => {
  const connection = await open();
  const query = Buffer.concat([
    flagBits(0),
    Buffer.from('wire.$cmd\0'),
    flagBits(0),
    flagBits(0xffffffff),
    serialize({ find: 'a' }),
  ]);
  connection.write(frame(2004, 8, query));
  expect((await nextReply(connection)).doc).toMatchObject({ ok: 0, code: 352 });
});

test('documents may come as a sequence of kind 1, in any chunks', async () => {
  const connection = await open();
  const bytes = message(
    3,
    { insert: 'chunks', $db: 'wire' },
    { sections: [sequence('documents', [{ _id: 1 }, { _id: 2 }])] },
  );
  for (let at = 0; at < bytes.length; at += 7) {
    connection.write(bytes.subarray(at, at + 7));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { responseTo, doc } = await nextReply(connection);
  expect(responseTo).toBe(3);
  expect(doc).toMatchObject({ ok: 1, n: 2 });
});

test('several messages in one chunk are answered in their order', async () => {
  const connection = await open();
  connection.write(
    Buffer.concat([
      message(1, { insert: 'order', documents: [{ _id: 1 }], $db: 'wire' }),
      message(2, { count: 'order', $db: 'wire' }),
    ]),
  );
  const replies: number[] = [];
  let data = Buffer.alloc(0);
  while (replies.length < 2) {
    const [chunk] = (await once(connection, 'data')) as [Buffer];
    data = Buffer.concat([data, chunk]);
    while (data.length >= 4 && data.length >= data.readInt32LE(0)) {
      replies.push(data.readInt32LE(8));
      data = data.subarray(data.readInt32LE(0));
    }
  }
  expect(replies).toEqual([1, 2]);
});

test('a right checksum is accepted', async () => {
  const connection = await open();
  connection.write(withChecksum(message(4, { ping: 1, $db: 'admin' })));
  expect((await nextReply(connection)).doc).toMatchObject({ ok: 1 });
});

test('a wrong checksum closes the connection', async () => {
  const connection = await open();
  const signed = withChecksum(message(5, { ping: 1, $db: 'admin' }));
  signed[signed.length - 1]! ^= 0xff;
  connection.write(signed);
  await once(connection, 'close');
  expect(connection.bytesRead).toBe(0);
});

test('moreToCome gets no reply, and what was written is there', async () => {
  const connection = await open();
  connection.write(
    message(
      6,
      { insert: 'silent', documents: [{ _id: 1 }], writeConcern: { w: 0 }, $db: 'wire' },
      { flags: 2 },
    ),
  );
  connection.write(message(9, { count: 'silent', $db: 'wire' }));
  const { responseTo, doc } = await nextReply(connection);
  expect(responseTo).toBe(9);
  expect(doc).toMatchObject({ n: 1 });
});

test.each([
  ['an unknown operation code', frame(2012, 1, Buffer.alloc(20))],
  ['an unknown required flag', message(1, { ping: 1, $db: 'admin' }, { flags: 8 })],
  ['a length below the header', Buffer.from([3, 0, 0, 0])],
  ['a length above the limit', Buffer.from([0, 0, 0, 0x7f])],
  ['a document longer than its message', frame(2013, 1, Buffer.from([0, 0, 0, 0, 0, 99, 0, 0, 0, 0]))],
  ['no body at all', frame(2013, 1, flagBits(0))],
])('%s closes that connection and no other', async (_name, bytes) => {
  const other = connect(server.port, '127.0.0.1');
  await once(other, 'connect');
  const connection = await open();
  connection.write(bytes);
  await once(connection, 'close');
  other.write(message(1, { ping: 1, $db: 'admin' }));
  expect((await nextReply(other)).doc).toMatchObject({ ok: 1 });
  other.destroy();
});

test('a document that is not BSON is an error of the command', async () => {
  const connection = await open();
  const bytes = message(1, { insert: 'broken', documents: [{ _id: 1, text: 'abc' }], $db: 'wire' });
  const at = bytes.indexOf('abc');
  bytes[at] = 0xff;
  connection.write(bytes);
  expect((await nextReply(connection)).doc).toMatchObject({ ok: 0, code: 22 });
});
