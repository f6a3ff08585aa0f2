import { nalPlace } from "../codec/nal.ts";
import { type Depacketizer, FragmentJoiner, type NalSink } from "./depacketizer.ts";
import type { NalStore } from "./nal-store.ts";
import type { Tally } from "./tally.ts";

const AP = 48;
const FU = 49;
const PACI = 50;

/**
 * RFC 7798: single NAL units, AP, FU; of PACI the extension is dropped and the unit inside taken. Streams with
 * decoding order numbers (`sprop-max-don-diff` > 0), which no camera sends, are not read.
 */
export class H265Depacketizer implements Depacketizer {
  readonly codec = "h265";
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
    if (to - from < 2) {
      this.#tally.note("payload-truncated");
      return;
    }
    this.#unit(packet[from]!, packet[from + 1]!, packet, from + 2, to, marker);
  }

  /** A payload whose two header bytes stand apart from the rest, since PACI rewrites them. */
  #unit(header0: number, header1: number, packet: Uint8Array, from: number, to: number, marker: boolean): void {
    const type = (header0 >> 1) & 0x3f;
    if (type === FU) this.#fragment(header0, header1, packet, from, to, marker);
    else if (type === PACI) this.#paci(header0, header1, packet, from, to, marker);
    else {
      this.#joiner.abandon();
      if (type === AP) this.#aggregate(packet, from, to);
      else this.#single(type, header0, header1, packet, from, to);
    }
  }

  /** §4.4.1 */
  #single(type: number, header0: number, header1: number, packet: Uint8Array, from: number, to: number): void {
    const annexB = header0 === 0 && header1 === 0 && (packet[from] ?? 2) <= 1;
    if (header0 & 0x80) {
      this.#tally.note("nal-forbidden-bit");
      this.#sink.damage();
    } else if (type > PACI || (!annexB && (header1 & 7) === 0)) this.#tally.note("nal-type-unknown");
    else this.#joiner.whole(header0, header1, packet, from, to);
  }

  /** §4.4.3 */
  #fragment(header0: number, header1: number, packet: Uint8Array, from: number, to: number, marker: boolean): void {
    const fu = packet[from];
    if (fu === undefined || from >= to) {
      this.#tally.note("payload-truncated");
      return;
    }
    const first = (header0 & 0x81) | ((fu & 0x3f) << 1);
    this.#joiner.fragment((fu & 0x80) !== 0, (fu & 0x40) !== 0, first, header1, packet, from + 1, to, marker);
  }

  /** §4.4.4: A(1) cType(6) PHSsize(5) F0..2(3) Y(1), then PHSsize bytes of extension. */
  #paci(header0: number, header1: number, packet: Uint8Array, from: number, to: number, marker: boolean): void {
    this.#tally.note("paci");
    const fields = from + 2 <= to ? (packet[from]! << 8) | packet[from + 1]! : -1;
    const type = (fields >> 9) & 0x3f;
    const start = from + 2 + ((fields >> 4) & 0x1f);
    if (fields < 0 || start > to || type === PACI) {
      this.#tally.note("payload-truncated");
      return;
    }
    const inner0 = ((fields >> 8) & 0x80) | (type << 1) | (header0 & 1);
    this.#unit(inner0, header1, packet, start, to, marker);
  }

  /** §4.4.2 */
  #aggregate(packet: Uint8Array, from: number, to: number): void {
    if (!this.#wholeAggregate(packet, from, to)) return;
    for (let at = from; at + 2 <= to; ) {
      const size = (packet[at]! << 8) | packet[at + 1]!;
      if (size > 0) this.#joiner.whole(-1, -1, packet, at + 2, at + 2 + size);
      at += 2 + size;
    }
  }

  /** A size beyond the packet drops that packet, and its picture only if a slice was in it (case rtp-16). */
  #wholeAggregate(packet: Uint8Array, from: number, to: number): boolean {
    let slice = false;
    let at = from;
    while (at + 2 <= to) {
      if (at + 2 < to) slice ||= nalPlace("h265", (packet[at + 2]! >> 1) & 0x3f) === "slice";
      at += 2 + ((packet[at]! << 8) | packet[at + 1]!);
    }
    if (at === to) return true;
    this.#tally.note("aggregate-broken");
    if (slice) this.#sink.damage();
    return false;
  }
}
