import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { serialize } from 'bson';
import { crc32c } from '../src/crc32c.ts';
import { frame, message, RawConnection, sequence, uint32 } from './raw-connection.ts';
import { TestServer } from './support.ts';

let server: TestServer;
let connection: RawConnection | undefined;

beforeAll(async () => {
  server = await TestServer.start();
});
afterEach(() => {
  connection?.close();
});
afterAll(() => server.stop());

async function open(): Promise<RawConnection> {
  connection = await RawConnection.open(server.port);
  return connection;
}

function withChecksum(plain: Buffer): Buffer {
  const signed = Buffer.concat([plain, Buffer.alloc(4)]);
  signed.writeInt32LE(signed.length, 0);
  signed.writeUInt32LE(signed.readUInt32LE(16) | 1, 16);
  signed.writeUInt32LE(crc32c(signed.subarray(0, -4)), signed.length - 4);
  return signed;
}

test('crc32c gives the check value of its standard', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('the first hello as OP_QUERY is answered as a one-member replica set at the address of the socket', async () => {
  const raw = await open();
  const query = Buffer.concat([
    uint32(0),
    Buffer.from('admin.$cmd\0'),
    uint32(0),
    uint32(0xffffffff),
    serialize({ ismaster: 1, helloOk: true }),
  ]);
  raw.send(frame(2004, 7, query));
  const { responseTo, opCode, doc } = await raw.reply();
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
  const raw = await open();
  const query = Buffer.concat([
    uint32(0),
    Buffer.from('wire.$cmd\0'),
    uint32(0),
    uint32(0xffffffff),
    serialize({ find: 'a' }),
  ]);
  raw.send(frame(2004, 8, query));
  expect((await raw.reply()).doc).toMatchObject({ ok: 0, code: 352 });
});

test('documents may come as a sequence of kind 1, in any chunks', async () => {
  const raw = await open();
  const bytes = message(
    3,
    { insert: 'chunks', $db: 'wire' },
    { sections: [sequence('documents', [{ _id: 1 }, { _id: 2 }])] },
  );
  for (let at = 0; at < bytes.length; at += 7) {
    raw.send(bytes.subarray(at, at + 7));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { responseTo, doc } = await raw.reply();
  expect(responseTo).toBe(3);
  expect(doc).toMatchObject({ ok: 1, n: 2 });
});

test('several messages in one chunk are answered in their order', async () => {
  const raw = await open();
  raw.send(
    Buffer.concat([
      message(1, { insert: 'order', documents: [{ _id: 1 }], $db: 'wire' }),
      message(2, { count: 'order', $db: 'wire' }),
    ]),
  );
  const replies = [(await raw.reply()).responseTo, (await raw.reply()).responseTo];
  expect(replies).toEqual([1, 2]);
});

test('a right checksum is accepted', async () => {
  const raw = await open();
  raw.send(withChecksum(message(4, { ping: 1, $db: 'admin' })));
  expect((await raw.reply()).doc).toMatchObject({ ok: 1 });
});

test('a wrong checksum closes the connection', async () => {
  const raw = await open();
  const signed = withChecksum(message(5, { ping: 1, $db: 'admin' }));
  signed[signed.length - 1]! ^= 0xff;
  raw.send(signed);
  expect(await raw.closed()).toBe(0);
});

test('moreToCome gets no reply, and what was written is there', async () => {
  const raw = await open();
  raw.send(
    message(
      6,
      { insert: 'silent', documents: [{ _id: 1 }], writeConcern: { w: 0 }, $db: 'wire' },
      { flags: 2 },
    ),
  );
  raw.send(message(9, { count: 'silent', $db: 'wire' }));
  const { responseTo, doc } = await raw.reply();
  expect(responseTo).toBe(9);
  expect(doc).toMatchObject({ n: 1 });
});

test.each([
  ['an unknown operation code', frame(2012, 1, Buffer.alloc(20))],
  ['an unknown required flag', message(1, { ping: 1, $db: 'admin' }, { flags: 8 })],
  ['a length below the header', Buffer.from([3, 0, 0, 0])],
  ['a length above the limit', Buffer.from([0, 0, 0, 0x7f])],
  ['a document longer than its message', frame(2013, 1, Buffer.from([0, 0, 0, 0, 0, 99, 0, 0, 0, 0]))],
  [
    'a sequence without a name',
    frame(2013, 1, Buffer.concat([uint32(0), Buffer.from([1]), uint32(6), Buffer.from('ab')])),
  ],
  ['no body at all', frame(2013, 1, uint32(0))],
])('%s closes that connection and no other', async (_name, bytes) => {
  const other = await RawConnection.open(server.port);
  const raw = await open();
  raw.send(bytes);
  await raw.closed();
  expect(await other.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  other.close();
});

test('a document that is not BSON is an error of the command', async () => {
  const raw = await open();
  const bytes = message(1, { insert: 'broken', documents: [{ _id: 1, text: 'abc' }], $db: 'wire' });
  const at = bytes.indexOf('abc');
  bytes[at] = 0xff;
  raw.send(bytes);
  expect((await raw.reply()).doc).toMatchObject({ ok: 0, code: 22 });
});
