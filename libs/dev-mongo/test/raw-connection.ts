import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { deserialize, serialize } from 'bson';
import type { Document } from 'bson';

/** A reply as it came over the wire. */
export interface RawReply {
  responseTo: number;
  opCode: number;
  doc: Document;
}

/** A connection without a driver, for what a driver never sends or always decides by itself. */
export class RawConnection {
  readonly socket: Socket;
  #data = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const connection = new RawConnection(socket);
    socket.pause();
    return connection;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Waits until the server has closed the connection; gives the bytes that came before. */
  async closed(): Promise<number> {
    this.socket.resume();
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.socket.bytesRead;
  }

  async reply(): Promise<RawReply> {
    while (this.#data.length < 4 || this.#data.length < this.#data.readInt32LE(0)) {
      this.#data = Buffer.concat([this.#data, await this.#chunk()]);
    }
    const whole = this.#data.subarray(0, this.#data.readInt32LE(0));
    this.#data = this.#data.subarray(whole.length);
    const opCode = whole.readInt32LE(12);
    return {
      responseTo: whole.readInt32LE(8),
      opCode,
      doc: deserialize(whole.subarray(opCode === 2013 ? 21 : 36)),
    };
  }

  async #chunk(): Promise<Buffer> {
    const ended = new AbortController();
    const end = () => ended.abort();
    this.socket.once('close', end);
    try {
      if (this.socket.destroyed) throw new Error('the connection is closed');
      this.socket.resume();
      const [chunk] = (await once(this.socket, 'data', { signal: ended.signal })) as [Buffer];
      this.socket.pause();
      return chunk;
    } finally {
      this.socket.removeListener('close', end);
    }
  }

  async command(body: Document): Promise<Document> {
    this.send(message(1, body));
    return (await this.reply()).doc;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Header and payload of a message. */
export function frame(opCode: number, requestId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + payload.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, payload]);
}

export function uint32(value: number): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32LE(value);
  return bits;
}

/** An OP_MSG with the body as section of kind 0. */
export function message(
  requestId: number,
  body: Document,
  options: { flags?: number; sections?: Buffer[] } = {},
): Buffer {
  const kind0 = Buffer.concat([Buffer.from([0]), serialize(body)]);
  const payload = [uint32(options.flags ?? 0), kind0, ...(options.sections ?? [])];
  return frame(2013, requestId, Buffer.concat(payload));
}

/** A section of kind 1. */
export function sequence(name: string, documents: Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((doc) => serialize(doc))]);
  return Buffer.concat([Buffer.from([1]), uint32(content.length + 4), content]);
}
