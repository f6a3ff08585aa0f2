const BLOCK_BYTES = 2 * 2 ** 20;
/** Spare blocks that were not needed while so many others were begun are let go. */
const BLOCKS_PER_LOOK = 256;

interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  used: number;
  /** Records in it that are still needed. */
  users: number;
}

/**
 * Memory for records on their way to the store, used again once they are there. With a buffer of its own for each, a
 * hundred cameras leave 50 MB/s to the garbage collector, which then is the largest cost of a recorder, in core time as in
 * memory. A record that is never given back costs its block, no more.
 */
export class RecordPool {
  readonly #spare: Block[] = [];
  readonly #blocks = new WeakMap<ArrayBufferLike, Block>();
  #block = this.#newBlock();
  /** The fewest spare ones there were since the last look. */
  #fewestSpare = 0;
  #begun = 0;

  /** What is in it is of an earlier record. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes > BLOCK_BYTES / 2) return new Uint8Array(bytes);
    if (this.#block.used + bytes > BLOCK_BYTES) {
      const full = this.#block;
      this.#block = this.#spare.pop() ?? this.#newBlock();
      this.#letGo();
      if (full.users === 0) this.#recycle(full);
    }
    const block = this.#block;
    const at = block.used;
    block.used += bytes;
    block.users++;
    return block.bytes.subarray(at, at + bytes);
  }

  /** Once for each record that was taken, when nothing reads it any more; others may be given too. */
  giveBack(record: Uint8Array): void {
    const block = this.#blocks.get(record.buffer);
    if (!block) return;
    block.users--;
    if (block.users > 0) return;
    if (block === this.#block) block.used = 0;
    else this.#recycle(block);
  }

  #newBlock(): Block {
    const block = { bytes: new Uint8Array(BLOCK_BYTES), used: 0, users: 0 };
    this.#blocks.set(block.bytes.buffer, block);
    return block;
  }

  #recycle(block: Block): void {
    block.used = 0;
    this.#spare.push(block);
  }

  #letGo(): void {
    this.#fewestSpare = Math.min(this.#fewestSpare, this.#spare.length);
    if (++this.#begun < BLOCKS_PER_LOOK) return;
    this.#spare.splice(0, this.#fewestSpare);
    this.#begun = 0;
    this.#fewestSpare = this.#spare.length;
  }
}
