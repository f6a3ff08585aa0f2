import type { Codec } from "../codec/nal.ts";
import type { NalStore } from "./nal-store.ts";
import type { Tally } from "./tally.ts";

/** What a depacketiser finds, in order of arrival. */
export interface NalSink {
  /** A whole NAL unit without framing; the sink's to keep. */
  nal(nal: Uint8Array): void;
  /** A part of the current picture did not arrive or made no sense. */
  damage(): void;
}

/** Turns the payloads of one RTP stream, in sequence, into NAL units. */
export interface Depacketizer {
  readonly codec: Codec;
  /** A fragmented unit has begun and not ended. */
  readonly unfinished: boolean;
  /** Takes the payload `[from, to)`, which is not empty. A marker ends an unfinished fragment (case rtp-03's kin). */
  take(packet: Uint8Array, from: number, to: number, marker: boolean): void;
  /** Throws away an unfinished fragment, damaging its picture. */
  abandon(): void;
}

/** Fragments of one NAL unit, put together by the rules that both codecs share (cases rtp-03, rtp-04, rtp-05). */
export class FragmentJoiner {
  readonly #store: NalStore;
  readonly #sink: NalSink;
  readonly #tally: Tally;
  readonly #give: (nal: Uint8Array) => void;
  #inOrphan = false;

  constructor(store: NalStore, sink: NalSink, tally: Tally) {
    this.#store = store;
    this.#sink = sink;
    this.#tally = tally;
    this.#give = (nal) => sink.nal(nal);
  }

  get unfinished(): boolean {
    return this.#store.open;
  }

  /**
   * One fragment. The header that the first one stands for is in `header0` and, in H.265, `header1` (else -1); later
   * ones are not compared, since cameras get them wrong.
   */
  fragment(
    start: boolean,
    end: boolean,
    header0: number,
    header1: number,
    packet: Uint8Array,
    from: number,
    to: number,
    marker: boolean,
  ): void {
    if (start) {
      this.abandon();
      this.#inOrphan = false;
      if (end) this.#tally.note("fragment-is-whole");
      if (end && from >= to) return;
      this.#begin(header0, header1, to - from);
    } else if (!this.#store.open) {
      this.#orphan();
      return;
    }
    this.#store.append(packet, from, to);
    if (end) this.#store.finish(this.#give);
    else if (marker) {
      this.#tally.note("fragment-without-end");
      this.#store.finish(this.#give);
    }
  }

  /** A unit that is whole in one packet, behind its header bytes (-1 for none). */
  whole(header0: number, header1: number, packet: Uint8Array, from: number, to: number): void {
    this.#begin(header0, header1, to - from);
    this.#store.append(packet, from, to);
    this.#store.finish(this.#give);
  }

  abandon(): void {
    this.#inOrphan = false;
    if (!this.#store.open) return;
    this.#store.drop();
    this.#tally.note("fragment-without-end");
    this.#sink.damage();
  }

  #begin(header0: number, header1: number, bodyBytes: number): void {
    this.#store.begin(bodyBytes + 2);
    if (header0 >= 0) this.#store.push(header0);
    if (header1 >= 0) this.#store.push(header1);
  }

  #orphan(): void {
    if (!this.#inOrphan) this.#tally.note("fragment-without-start");
    this.#inOrphan = true;
    this.#sink.damage();
  }
}
