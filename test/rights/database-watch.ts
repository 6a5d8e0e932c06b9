import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { mongo } from 'mongoose';

// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const opMsg = 2013;
const headerBytes = 16;
const checksumPresent = 1;

/** A command as the driver sent it, its document sequences under their names. */
export type Command = Readonly<Record<string, unknown>>;

export interface DatabaseWatch {
  /** Where the product finds the database. */
  readonly url: string;
  /** Every command that came through, oldest first. */
  readonly commands: Command[];
  close(): Promise<void>;
}

/** Stands between the product and its database and reads along; nothing is held back or changed. */
export async function watchDatabase(target: string): Promise<DatabaseWatch> {
  const there = new URL(target);
  const commands: Command[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(Number(there.port), there.hostname);
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('error', () => other.destroy());
    }
    const read = reader(commands);
    client.on('data', (chunk) => read(chunk));
    client.pipe(database);
    database.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(target);
  here.port = String((server.address() as AddressInfo).port);
  // Else the driver goes on to the address by which the server knows itself, past us.
  here.searchParams.delete('replicaSet');
  here.searchParams.set('directConnection', 'true');
  return {
    url: here.href,
    commands,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Takes the chunks of one connection and adds the commands in them. */
function reader(commands: Command[]): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let size = sizeOf(rest); size !== undefined && rest.length >= size; size = sizeOf(rest)) {
      const message = rest.subarray(0, size);
      rest = rest.subarray(size);
      if (message.readInt32LE(12) === opMsg) commands.push(commandIn(message));
    }
  };
}

function sizeOf(bytes: Buffer): number | undefined {
  return bytes.length < headerBytes ? undefined : bytes.readInt32LE(0);
}

function commandIn(message: Buffer): Command {
  const hasChecksum = (message.readInt32LE(headerBytes) & checksumPresent) !== 0;
  const end = message.length - (hasChecksum ? 4 : 0);
  const command: Record<string, unknown> = {};
  for (let at = headerBytes + 4; at < end;) {
    const kind = message[at];
    const size = message.readInt32LE(at + 1);
    if (kind === 0) Object.assign(command, documentAt(message, at + 1));
    else Object.assign(command, sequenceAt(message, at + 5, at + 1 + size));
    at += 1 + size;
  }
  return command;
}

function documentAt(message: Buffer, at: number): Record<string, unknown> {
  return mongo.BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)));
}

function sequenceAt(message: Buffer, at: number, end: number): Record<string, unknown[]> {
  const nameEnd = message.indexOf(0, at);
  const documents: unknown[] = [];
  for (let next = nameEnd + 1; next < end; next += message.readInt32LE(next)) {
    documents.push(documentAt(message, next));
  }
  return { [message.toString('utf8', at, nameEnd)]: documents };
}
