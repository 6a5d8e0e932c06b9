const bytes = 32;
const perBlock = 4096;

/** SHA-256 hashes one after the other, 32 bytes each: a million of them are 32 MB, a third of what strings take. */
export class DigestList {
  private readonly blocks: Buffer[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** @returns the place of the hash, from 0 */
  push(digest: Uint8Array): number {
    if (digest.length !== bytes) throw new RangeError(`a SHA-256 hash has ${bytes} bytes`);
    const within = this.count % perBlock;
    if (within === 0) this.blocks.push(Buffer.allocUnsafeSlow(perBlock * bytes));
    (this.blocks.at(-1) as Buffer).set(digest, within * bytes);
    this.count += 1;
    return this.count - 1;
  }

  /** A view, not a copy. @throws {RangeError} outside the list */
  at(index: number): Buffer {
    if (!Number.isInteger(index) || index < 0 || index >= this.count)
      throw new RangeError(`no hash at ${index}`);
    const start = (index % perBlock) * bytes;
    return (this.blocks[Math.floor(index / perBlock)] as Buffer).subarray(start, start + bytes);
  }
}
