import { maxMessageBytes } from './bson-codec.ts';
import { crc32c } from './crc32c.ts';

// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const flagChecksumPresent = 1;
const flagMoreToCome = 2;
const headerBytes = 16;

/** The peer broke the protocol: nothing sensible can be answered, the connection is closed. */
export class ProtocolError extends Error {}

/** One request: the command document as BSON, and what came beside it. */
export interface Request {
  kind: 'msg' | 'query';
  requestId: number;
  body: Uint8Array;
  /** Document sequences (sections of kind 1) by the name of the command's field. */
  sequences: Map<string, Uint8Array[]>;
  /** The sender wants no reply (write concern w: 0). */
  moreToCome: boolean;
  /** OP_QUERY only: `<database>.$cmd`. */
  collection?: string;
}

/** Cuts a byte stream into whole messages; chunks are joined once per message. */
export class MessageSplitter {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Takes a chunk and gives the messages that are now complete. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= 4) {
      if (this.#chunks[0]!.length < 4) this.#join();
      const size = this.#chunks[0]!.readInt32LE(0);
      if (size < headerBytes || size > maxMessageBytes) throw new ProtocolError(`message of ${size} bytes`);
      if (this.#length < size) return;
      if (this.#chunks[0]!.length < size) this.#join();
      const first = this.#chunks[0]!;
      const message = first.subarray(0, size);
      if (first.length === size) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(size);
      this.#length -= size;
      yield message;
    }
  }

  #join() {
    this.#chunks = [Buffer.concat(this.#chunks)];
  }
}

/** Reads one whole message. */
export function parseRequest(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === opMsg) return parseMsg(message, requestId);
  if (opCode === opQuery) return parseQuery(message, requestId);
  throw new ProtocolError(`opcode ${opCode} is not supported by dev-mongo`);
}

function parseMsg(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(headerBytes);
  const unknownRequired = flags & 0xffff & ~(flagChecksumPresent | flagMoreToCome);
  if (unknownRequired !== 0) throw new ProtocolError(`unknown required OP_MSG flags ${unknownRequired}`);
  let end = message.length;
  if (flags & flagChecksumPresent) {
    end -= 4;
    if (crc32c(message.subarray(0, end)) !== message.readUInt32LE(end)) {
      throw new ProtocolError('OP_MSG checksum does not match');
    }
  }
  let body: Uint8Array | undefined;
  const sequences = new Map<string, Uint8Array[]>();
  let at = headerBytes + 4;
  while (at < end) {
    const kind = message[at]!;
    at += 1;
    if (kind === 0) {
      if (body) throw new ProtocolError('OP_MSG with two bodies');
      body = documentAt(message, at, end);
      at += body.length;
    } else if (kind === 1) {
      const sectionEnd = at + message.readInt32LE(at);
      if (sectionEnd > end || sectionEnd <= at) throw new ProtocolError('OP_MSG section too long');
      const nameEnd = message.indexOf(0, at + 4);
      if (nameEnd < 0 || nameEnd >= sectionEnd) throw new ProtocolError('OP_MSG section without a name');
      const name = message.toString('utf8', at + 4, nameEnd);
      if (sequences.has(name)) throw new ProtocolError(`OP_MSG section '${name}' twice`);
      const documents: Uint8Array[] = [];
      for (let next = nameEnd + 1; next < sectionEnd; next += documents.at(-1)!.length) {
        documents.push(documentAt(message, next, sectionEnd));
      }
      sequences.set(name, documents);
      at = sectionEnd;
    } else throw new ProtocolError(`OP_MSG section kind ${kind}`);
  }
  if (!body) throw new ProtocolError('OP_MSG without a body');
  return { kind: 'msg', requestId, body, sequences, moreToCome: (flags & flagMoreToCome) !== 0 };
}

function parseQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, headerBytes + 4);
  if (nameEnd < 0) throw new ProtocolError('OP_QUERY without a collection');
  const collection = message.toString('utf8', headerBytes + 4, nameEnd);
  const body = documentAt(message, nameEnd + 9, message.length);
  return { kind: 'query', requestId, body, sequences: new Map(), moreToCome: false, collection };
}

function documentAt(message: Buffer, at: number, end: number): Uint8Array {
  if (at + 5 > end) throw new ProtocolError('truncated BSON document');
  const size = message.readInt32LE(at);
  if (size < 5 || at + size > end) throw new ProtocolError('BSON document longer than its message');
  return message.subarray(at, at + size);
}

let lastResponseId = 0;

/** Frames an encoded reply document for the request it answers. */
export function frameReply(request: Request, document: Uint8Array): Buffer {
  const extra = request.kind === 'msg' ? 5 : 20;
  const frame = Buffer.alloc(headerBytes + extra + document.length);
  lastResponseId = (lastResponseId + 1) & 0x7fffffff;
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(lastResponseId, 4);
  frame.writeInt32LE(request.requestId, 8);
  frame.writeInt32LE(request.kind === 'msg' ? opMsg : opReply, 12);
  // OP_MSG: no flags, section kind 0. OP_REPLY: flag AwaitCapable, cursor 0, one document from 0.
  if (request.kind === 'query') {
    frame.writeInt32LE(8, headerBytes);
    frame.writeInt32LE(1, headerBytes + 16);
  }
  frame.set(document, headerBytes + extra);
  return frame;
}
