/** A piece of memory that NAL units are put together in. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, for searches of four bytes at a time. */
  readonly words: Int32Array;
  /** Units in it that were handed out and are not released. */
  units: number;
  /** Nothing is written into it any more. */
  retired: boolean;
}

/** Chunks are this large, or a multiple of it. */
const STEP_BYTES = 65_536;
/** Larger ones are rare, and not kept. */
const LARGEST_BYTES = 2 ** 20;
/** Spare chunks that none of so many takes in a row had need of are let go. */
const TAKES_PER_LOOK = 2_048;

/** Chunks of one size that nobody uses. */
interface Spare {
  readonly chunks: Chunk[];
  /** The fewest there were since the last look. */
  fewest: number;
  takes: number;
}

/**
 * Memory of pictures that are on their way, for one receiver or for many. Who has done with a picture may say so, and
 * its memory is wiped and used again; what is never released is left to the garbage collector. That alone is not
 * enough for hundreds of cameras: at 50 MB/s it collects several times a second, and pictures stay in the clear in
 * memory for as long as it likes.
 */
export class ChunkPool {
  readonly #chunks = new WeakMap<ArrayBufferLike, Chunk>();
  readonly #released = new WeakSet<readonly Uint8Array[]>();
  readonly #spare = new Map<number, Spare>();

  /** A chunk of at least `bytes`, of zeros or of what was in it before. */
  take(bytes: number): Chunk {
    const size = Math.max(1, Math.ceil(bytes / STEP_BYTES)) * STEP_BYTES;
    const spare = this.#spare.get(size);
    const chunk = spare?.chunks.pop();
    if (spare) this.#letGo(spare);
    if (!chunk) return this.#newChunk(size);
    chunk.retired = false;
    return chunk;
  }

  /** Whoever took it will write no more into it. */
  retire(chunk: Chunk): void {
    chunk.retired = true;
    this.#recycleIfFree(chunk);
  }

  /**
   * Nobody reads these NAL units any more: those of one picture, as one array, the one that was handed out. A second
   * time does nothing; units from elsewhere are passed over.
   */
  release(nals: readonly Uint8Array[]): void {
    if (this.#released.has(nals)) return;
    this.#released.add(nals);
    for (const nal of nals) {
      const chunk = this.#chunks.get(nal.buffer);
      if (!chunk) continue;
      chunk.units--;
      this.#recycleIfFree(chunk);
    }
  }

  #newChunk(size: number): Chunk {
    const bytes = new Uint8Array(size);
    const chunk = { bytes, words: new Int32Array(bytes.buffer), units: 0, retired: false };
    if (size <= LARGEST_BYTES) this.#chunks.set(bytes.buffer, chunk);
    return chunk;
  }

  #recycleIfFree(chunk: Chunk): void {
    const { length } = chunk.bytes;
    if (!chunk.retired || chunk.units > 0 || length > LARGEST_BYTES) return;
    chunk.bytes.fill(0);
    const spare = this.#spare.get(length);
    if (spare) spare.chunks.push(chunk);
    else this.#spare.set(length, { chunks: [chunk], fewest: 0, takes: 0 });
  }

  #letGo(spare: Spare): void {
    spare.fewest = Math.min(spare.fewest, spare.chunks.length);
    if (++spare.takes < TAKES_PER_LOOK) return;
    for (const { bytes } of spare.chunks.splice(0, spare.fewest)) this.#chunks.delete(bytes.buffer);
    spare.takes = 0;
    spare.fewest = spare.chunks.length;
  }
}
