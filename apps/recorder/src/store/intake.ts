import { fromUtf8, OvertError } from "@overt/core";
import { FRAME_LIMIT_BYTES, type Frame } from "@overt/link";

const BLOCK_BYTES = 8 * 2 ** 20;
/** Blocks kept for the next commit. More are needed only while a disk is slow. */
const SPARE_BLOCKS = 3;
const LENGTHS_BYTES = 8;

/**
 * Cuts what a socket reads into frames whose bodies lie back to back in large blocks that are used again. At 50 MB/s a
 * buffer of its own for each body, and for each read, makes the garbage collector the largest cost of the writer.
 * (`FrameReader` of `@overt/link` is for everyone else.)
 */
export class Intake {
  readonly #onFrame: (frame: Frame, release: () => void) => void;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  #block: Block;
  #lengths = new Uint8Array(LENGTHS_BYTES);
  #lengthsHave = 0;
  #head: Uint8Array | null = null;
  #headHave = 0;
  #body: { bytes: Uint8Array; block: Block } | null = null;
  #bodyHave = 0;

  /** @param onFrame Calls `release` when it no longer needs the frame's body, once. */
  constructor(onFrame: (frame: Frame, release: () => void) => void) {
    this.#onFrame = onFrame;
    this.#block = this.#newBlock(BLOCK_BYTES);
  }

  /** @throws OvertError `FRAME_INVALID`: the connection must be closed */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at += this.#take(chunk.subarray(at));
  }

  #take(chunk: Uint8Array): number {
    if (this.#head === null) {
      const taken = copy(chunk, this.#lengths, this.#lengthsHave);
      this.#lengthsHave += taken;
      if (this.#lengthsHave === LENGTHS_BYTES) this.#begin();
      return taken;
    }
    if (this.#headHave < this.#head.length) {
      const taken = copy(chunk, this.#head, this.#headHave);
      this.#headHave += taken;
      this.#endIfWhole();
      return taken;
    }
    const { bytes } = this.#body as { bytes: Uint8Array };
    const taken = copy(chunk, bytes, this.#bodyHave);
    this.#bodyHave += taken;
    this.#endIfWhole();
    return taken;
  }

  #begin(): void {
    const view = new DataView(this.#lengths.buffer);
    const rest = view.getUint32(0);
    const headBytes = view.getUint32(4);
    if (rest > FRAME_LIMIT_BYTES || headBytes === 0 || headBytes > rest - 4)
      throw new OvertError(
        "FRAME_INVALID",
        `A recorder announced a frame of ${rest} bytes with a head of ${headBytes}.`,
      );
    this.#head = new Uint8Array(headBytes);
    this.#headHave = 0;
    this.#body = this.#room(rest - 4 - headBytes);
    this.#bodyHave = 0;
  }

  #endIfWhole(): void {
    const body = this.#body;
    if (!this.#head || !body || this.#headHave < this.#head.length || this.#bodyHave < body.bytes.length) return;
    const frame = { head: JSON.parse(fromUtf8(this.#head)) as unknown, body: body.bytes };
    this.#head = null;
    this.#lengthsHave = 0;
    this.#onFrame(frame, () => this.#release(body.block));
  }

  #room(bytes: number): { bytes: Uint8Array; block: Block } {
    if (this.#block.used + bytes > this.#block.bytes.length) {
      const full = this.#block;
      this.#block = this.#newBlock(Math.max(BLOCK_BYTES, bytes));
      if (full.users === 0) this.#recycle(full);
    }
    const block = this.#block;
    const at = block.used;
    block.used += bytes;
    block.users++;
    return { bytes: block.bytes.subarray(at, at + bytes), block };
  }

  #newBlock(bytes: number): Block {
    const spare = bytes === BLOCK_BYTES ? this.#spare.pop() : undefined;
    return { bytes: spare ?? new Uint8Array(new ArrayBuffer(bytes)), used: 0, users: 0 };
  }

  #release(block: Block): void {
    block.users--;
    if (block.users > 0) return;
    if (block === this.#block) block.used = 0;
    else this.#recycle(block);
  }

  #recycle(block: Block): void {
    if (block.bytes.length === BLOCK_BYTES && this.#spare.length < SPARE_BLOCKS) this.#spare.push(block.bytes);
  }
}

interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  used: number;
  /** Bodies in it that are still needed, the one that is being read among them. */
  users: number;
}

function copy(from: Uint8Array, into: Uint8Array, at: number): number {
  const bytes = Math.min(from.length, into.length - at);
  into.set(bytes === from.length ? from : from.subarray(0, bytes), at);
  return bytes;
}
