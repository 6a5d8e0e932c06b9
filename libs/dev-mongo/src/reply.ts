import { encode } from './bson-codec.ts';
import type { Document } from './engine/index.ts';

/** A document that is already BSON: stored documents go to the client byte for byte, unread. */
export class RawDocument {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Encodes a reply whose objects and arrays may hold {@link RawDocument}s. */
export function encodeReply(reply: Document): Uint8Array {
  return holdsRaw(reply, 2) ? encodeObject(Object.entries(reply)) : encode(reply);
}

// Raw documents stand at most in cursor.firstBatch; deeper levels are plain values.
function holdsRaw(value: unknown, depth: number): boolean {
  if (value instanceof RawDocument) return true;
  if (Array.isArray(value)) return value[0] instanceof RawDocument;
  if (depth === 0 || !isPlainObject(value)) return false;
  for (const child of Object.values(value)) if (holdsRaw(child, depth - 1)) return true;
  return false;
}

function isPlainObject(value: unknown): value is Document {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

function encodeObject(entries: Iterable<[string, unknown]>): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 5;
  const push = (part: Uint8Array) => {
    parts.push(part);
    size += part.length;
  };
  for (const [name, value] of entries) {
    if (value instanceof RawDocument) {
      push(elementHead(0x03, name));
      push(value.bytes);
    } else if (Array.isArray(value) && value.length > 0 && holdsRaw(value, 0)) {
      push(elementHead(0x04, name));
      push(encodeObject(arrayEntries(value)));
    } else if (isPlainObject(value) && holdsRaw(value, 2)) {
      push(elementHead(0x03, name));
      push(encodeObject(Object.entries(value)));
    } else {
      const whole = encode({ [name]: value });
      push(whole.subarray(4, whole.length - 1));
    }
  }
  const out = new Uint8Array(size);
  new DataView(out.buffer).setInt32(0, size, true);
  let at = 4;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function* arrayEntries(list: unknown[]): Generator<[string, unknown]> {
  for (let i = 0; i < list.length; i += 1) yield [String(i), list[i]];
}

function elementHead(type: number, name: string): Uint8Array {
  const head = Buffer.alloc(2 + Buffer.byteLength(name));
  head[0] = type;
  head.write(name, 1);
  return head;
}
