const newline = 0x0a;

/** Longest line in bytes: more than the largest document of the database (16 MiB) can become. */
const longest = 64 * 2 ** 20;

/** A line that is no text. */
export class UnreadableLine extends Error {
  constructor(
    /** From 1. */
    readonly line: number,
    readonly reason: 'encoding' | 'length',
  ) {
    super(`line ${line}: ${reason}`);
  }
}

/**
 * The lines of an NDJSON file. Node's own readline also ends a line at U+2028 and U+2029, which stand
 * unescaped in JSON texts.
 *
 * @throws {UnreadableLine} at a line that is not UTF-8, or longer than 64 MiB
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let number = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline);
    waiting.push(end < 0 ? chunk : chunk.subarray(0, end));
    waitingBytes += chunk.length;
    if (waitingBytes > longest) throw new UnreadableLine(number + 1, 'length');
    if (end < 0) continue;
    for (const line of textOf(Buffer.concat(waiting), number).split('\n')) {
      number += 1;
      yield line;
    }
    waiting = [chunk.subarray(end + 1)];
    waitingBytes = chunk.length - end - 1;
  }
  const rest = Buffer.concat(waiting);
  if (rest.length > 0) yield textOf(rest, number);
}

function textOf(bytes: Buffer, before: number): string {
  const text = decode(bytes);
  if (text !== undefined) return text;
  let number = before;
  for (let start = 0; ; number += 1) {
    const end = bytes.indexOf(newline, start);
    if (end < 0 || decode(bytes.subarray(start, end)) === undefined)
      throw new UnreadableLine(number + 1, 'encoding');
    start = end + 1;
  }
}

/** Strictly: a decoder that replaces what it cannot read would change what is verified. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
