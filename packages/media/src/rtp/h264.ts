import { nalPlace } from "../codec/nal.ts";
import { type Depacketizer, FragmentJoiner, type NalSink } from "./depacketizer.ts";
import type { NalStore } from "./nal-store.ts";
import type { Tally } from "./tally.ts";

const STAP_A = 24;
const STAP_B = 25;
const MTAP16 = 26;
const MTAP24 = 27;
const FU_A = 28;
const FU_B = 29;

/**
 * RFC 6184: single NAL units, STAP-A, FU-A; those of the interleaved mode (STAP-B, MTAP, FU-B), which no camera
 * should send, are taken in order of arrival and counted.
 */
export class H264Depacketizer implements Depacketizer {
  readonly codec = "h264";
  readonly #joiner: FragmentJoiner;
  readonly #sink: NalSink;
  readonly #tally: Tally;

  constructor(store: NalStore, sink: NalSink, tally: Tally) {
    this.#joiner = new FragmentJoiner(store, sink, tally);
    this.#sink = sink;
    this.#tally = tally;
  }

  get unfinished(): boolean {
    return this.#joiner.unfinished;
  }

  abandon(): void {
    this.#joiner.abandon();
  }

  take(packet: Uint8Array, from: number, to: number, marker: boolean): void {
    const type = packet[from]! & 0x1f;
    if (type === FU_A || type === FU_B) this.#fragment(packet, from, to, marker, type);
    else {
      this.#joiner.abandon();
      if (type === STAP_A) this.#aggregate(packet, from + 1, to, 0);
      else if (type === STAP_B) this.#interleaved(packet, from + 3, to, 0);
      else if (type === MTAP16) this.#interleaved(packet, from + 3, to, 3);
      else if (type === MTAP24) this.#interleaved(packet, from + 3, to, 4);
      else this.#single(packet, from, to, type);
    }
  }

  /** §5.6 */
  #single(packet: Uint8Array, from: number, to: number, type: number): void {
    const annexB = packet[from] === 0 && packet[from + 1] === 0;
    if ((type === 0 && !annexB) || type > 29) {
      this.#tally.note("nal-type-unknown");
      return;
    }
    if (packet[from]! & 0x80) {
      this.#tally.note("nal-forbidden-bit");
      this.#sink.damage();
      return;
    }
    this.#joiner.whole(-1, -1, packet, from, to);
  }

  /** §5.8; the FU header's reserved bit is ignored. */
  #fragment(packet: Uint8Array, from: number, to: number, marker: boolean, type: number): void {
    if (to - from < 2) {
      this.#tally.note("payload-truncated");
      return;
    }
    const fu = packet[from + 1]!;
    const start = (fu & 0x80) !== 0;
    let body = from + 2;
    if (type === FU_B) {
      this.#tally.note("interleaved-mode");
      if (start) body = Math.min(to, body + 2);
    }
    const header = (packet[from]! & 0x60) | (fu & 0x1f);
    this.#joiner.fragment(start, (fu & 0x40) !== 0, header, -1, packet, body, to, marker);
  }

  #interleaved(packet: Uint8Array, from: number, to: number, unitExtra: number): void {
    this.#tally.note("interleaved-mode");
    this.#aggregate(packet, from, to, unitExtra);
  }

  /** §5.7; `unitExtra` bytes (DOND, timestamp offset) stand before each unit of an MTAP, counted in no size. */
  #aggregate(packet: Uint8Array, from: number, to: number, unitExtra: number): void {
    if (!this.#wholeAggregate(packet, from, to, unitExtra)) return;
    for (let at = from; at + 2 + unitExtra <= to; ) {
      const size = (packet[at]! << 8) | packet[at + 1]!;
      const start = at + 2 + unitExtra;
      if (size > 0) this.#joiner.whole(-1, -1, packet, start, start + size);
      at = start + size;
    }
  }

  /** A size beyond the packet drops that packet, and its picture only if a slice was in it (case rtp-16). */
  #wholeAggregate(packet: Uint8Array, from: number, to: number, unitExtra: number): boolean {
    let slice = false;
    let at = from;
    while (at + 2 + unitExtra <= to) {
      const start = at + 2 + unitExtra;
      if (start < to) slice ||= nalPlace("h264", packet[start]! & 0x1f) === "slice";
      at = start + ((packet[at]! << 8) | packet[at + 1]!);
    }
    if (at === to) return true;
    this.#tally.note("aggregate-broken");
    if (slice) this.#sink.damage();
    return false;
  }
}
