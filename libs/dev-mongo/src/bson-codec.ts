import { deserialize, serialize, setInternalBufferSize } from 'bson';
import { asPlain, mongoError } from './engine/index.ts';
import type { Document } from './engine/index.ts';

/** MongoDB's limit for one stored document, in bytes. */
export const maxDocumentBytes = 16 * 1024 * 1024;
/** MongoDB's limit for documents within documents; it also keeps every recursion within the stack. */
const maxDepth = 200;
/** MongoDB's limit for one message, in bytes. */
export const maxMessageBytes = 48_000_000;

// bson writes into one buffer of its own and goes on silently when that buffer is too small. An update
// can at most join a whole stored document with a whole message; the pages are only taken when written.
setInternalBufferSize(maxMessageBytes + 2 * maxDocumentBytes);

// Without promotion every number keeps its BSON type: a Double 3.0 must not come back as an Int32.
const typedValues = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

/** Reads a BSON document that was checked before into typed values, never promoted to plain numbers. */
export function decode(bytes: Uint8Array): Document {
  return asPlain(deserialize(bytes, typedValues));
}

/**
 * Reads a BSON document that a client has sent.
 * @param fieldsAsRaw arrays whose documents stay BSON
 * @throws BSONError when it is none, MongoError 15 when it is nested too deeply
 */
export function decodeReceived(bytes: Uint8Array, fieldsAsRaw: Record<string, boolean> = {}): Document {
  const doc = asPlain(deserialize(bytes, { ...typedValues, fieldsAsRaw }));
  requireDepth(bytes);
  return doc;
}

/** Writes a document as BSON, in the field order of the object. */
export function encode(doc: Document): Uint8Array {
  return serialize(doc, { ignoreUndefined: false, checkKeys: false });
}

/** Writes a document that is to be stored; code 10334 when it is larger than MongoDB permits. */
export function encodeStored(doc: Document): Uint8Array {
  const bytes = encode(doc);
  if (bytes.length > maxDocumentBytes) {
    throw mongoError(
      10334,
      `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${maxDocumentBytes}`,
    );
  }
  requireDepth(bytes);
  return bytes;
}

/** Throws code 15 for documents nested more than 200 deep. The bytes must be valid BSON. */
function requireDepth(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let depth = 1;
  let at = 4;
  while (depth > 0) {
    const type = bytes[at]!;
    at += 1;
    if (type === 0) {
      depth -= 1;
      continue;
    }
    while (bytes[at] !== 0) at += 1;
    at += 1;
    if (type === 0x03 || type === 0x04) {
      depth += 1;
      at += 4;
      if (depth > maxDepth) throw mongoError(15, `BSON is nested more than ${maxDepth} levels deep`);
    } else at = valueEnd(view, bytes, type, at);
  }
}

/**
 * Makes a decoder of only the named top-level fields. Building indexes at start reads every document
 * once, and decoding 100,000 documents whole would take longer and hold more memory than all the rest.
 */
export function fieldDecoder(names: ReadonlySet<string>): (bytes: Uint8Array) => Document {
  const wanted = [...names].map((name) => Buffer.from(name));
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const parts: Uint8Array[] = [];
    let size = 5;
    let at = 4;
    while (at < bytes.length && bytes[at] !== 0) {
      let nameEnd = at + 1;
      while (bytes[nameEnd] !== 0) nameEnd += 1;
      const end = valueEnd(view, bytes, bytes[at]!, nameEnd + 1);
      if (wanted.some((name) => isName(bytes, at + 1, nameEnd, name))) {
        parts.push(bytes.subarray(at, end));
        size += end - at;
        if (parts.length === wanted.length) break;
      }
      at = end;
    }
    const out = Buffer.allocUnsafe(size);
    out.writeInt32LE(size, 0);
    out[size - 1] = 0;
    let to = 4;
    for (const part of parts) {
      out.set(part, to);
      to += part.length;
    }
    return decode(out);
  };
}

function isName(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if (bytes[start + i] !== name[i]) return false;
  return true;
}

// Sizes by element type: https://bsonspec.org/spec.html
function valueEnd(view: DataView, bytes: Uint8Array, type: number, at: number): number {
  switch (type) {
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // long
      return at + 8;
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return at + 4 + view.getInt32(at, true);
    case 0x03: // document
    case 0x04: // array
    case 0x0f: // code with scope
      return at + view.getInt32(at, true);
    case 0x05: // binary
      return at + 5 + view.getInt32(at, true);
    case 0x07: // object id
      return at + 12;
    case 0x08: // boolean
      return at + 1;
    case 0x10: // int
      return at + 4;
    case 0x13: // decimal
      return at + 16;
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // max key
    case 0xff: // min key
      return at;
    case 0x0b: // regular expression: two strings
      return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1;
    case 0x0c: // db pointer
      return at + 4 + view.getInt32(at, true) + 12;
    default:
      throw mongoError(22, `unrecognized BSON type: ${type}`);
  }
}
