import { type Chunk, ChunkPool } from "./chunk-pool.ts";
import type { Tally } from "./tally.ts";

const LOW_BITS = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/**
 * Where NAL units are put together: each byte of a packet is copied once (and again only when a unit outgrows its
 * chunk), to a place that is not written again before the unit is released, so that the finished unit is a view of it
 * and nobody's to change.
 *
 * A chunk lives as long as any of its units; what is kept longer than a picture (parameter sets) must be sliced off.
 */
export class NalStore {
  readonly #tally: Tally;
  readonly #pool: ChunkPool;
  #current: Chunk | null = null;
  #chunk: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  #start = 0;
  #end = 0;
  #open = false;

  constructor(tally: Tally, pool = new ChunkPool()) {
    this.#tally = tally;
    this.#pool = pool;
  }

  /** Whether a unit has been begun and neither finished nor dropped. */
  get open(): boolean {
    return this.#open;
  }

  /** Bytes of the unit in the making. */
  get length(): number {
    return this.#open ? this.#end - this.#start : 0;
  }

  /** Starts a unit; `roomBytes` is how much of it is known to come at once. */
  begin(roomBytes: number): void {
    // Whole words are searched for start codes, so that each unit starts on one.
    this.#start = (this.#end + 3) & ~3;
    this.#end = this.#start;
    this.#open = true;
    this.#reserve(roomBytes);
  }

  push(byte: number): void {
    this.#reserve(1);
    this.#chunk[this.#end++] = byte;
  }

  append(packet: Uint8Array, from: number, to: number): void {
    if (from >= to) return;
    this.#reserve(to - from);
    // Not `packet.subarray`: of a Node Buffer that makes another Buffer, at three times the cost.
    this.#chunk.set(new Uint8Array(packet.buffer, packet.byteOffset + from, to - from), this.#end);
    this.#end += to - from;
  }

  drop(): void {
    this.#end = this.#start;
    this.#open = false;
  }

  /**
   * Ends the unit and hands it to `take`: without trailing zeros, and in its pieces where start codes stand inside
   * it (cases rtp-06, rtp-07). Of an empty unit nothing is handed on.
   */
  finish(take: (nal: Uint8Array) => void): void {
    this.#open = false;
    const end = this.#end;
    let from = this.#start;
    let code = this.#startCode(from, end);
    if (code >= 0) this.#tally.note("start-code-inside");
    while (code >= 0) {
      this.#hand(from, code, take);
      from = code + 3;
      code = this.#startCode(from, end);
    }
    this.#hand(from, end, take);
  }

  #hand(from: number, to: number, take: (nal: Uint8Array) => void): void {
    let end = to;
    while (end > from && this.#chunk[end - 1] === 0) end--;
    if (end <= from) return;
    if (this.#current) this.#current.units++;
    take(this.#chunk.subarray(from, end));
  }

  /** Index of the first `00 00 01` in `[from, to)`, or -1; four bytes at a time, since every byte of video passes. */
  #startCode(from: number, to: number): number {
    const words = this.#words;
    const last = (to - 1) >> 2;
    for (let at = from >> 2; at <= last; at++) {
      const word = words[at]!;
      // The classic test for a zero byte in a word.
      if ((((word - LOW_BITS) | 0) & ~word & HIGH_BITS) === 0) continue;
      const found = this.#startCodeInWord(Math.max(from, at * 4), Math.min(at * 4 + 4, to - 2));
      if (found >= 0) return found;
    }
    return -1;
  }

  #startCodeInWord(from: number, to: number): number {
    const chunk = this.#chunk;
    for (let at = from; at < to; at++) if (chunk[at] === 0 && chunk[at + 1] === 0 && chunk[at + 2] === 1) return at;
    return -1;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#chunk.length) return;
    const begun = Math.max(0, this.#end - this.#start);
    const needed = begun + bytes;
    // Grown a little at a time: what a key picture leaves free is held as long as the pictures behind it that fill it.
    const next = this.#pool.take(begun > 0 ? needed * 1.25 : needed);
    if (begun > 0) next.bytes.set(this.#chunk.subarray(this.#start, this.#end));
    if (this.#current) this.#pool.retire(this.#current);
    this.#current = next;
    this.#chunk = next.bytes;
    this.#words = next.words;
    this.#start = 0;
    this.#end = begun;
  }
}
