import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes } from "@overt/core";
import { FRAGMENT_CLEAR_BYTES, type FragmentHead, parseFragmentHead } from "./fragment.ts";
import { type GcmOpen, NONCE_BYTES, webGcmOpen } from "./gcm.ts";
import { parseSegmentHeader, type SegmentHeader } from "./header.ts";
import { PREFIX_BYTES, type RawRecord, viewOf } from "./record.ts";

export interface OpenedFragment {
  readonly head: FragmentHead;
  /** One fMP4 fragment. */
  readonly media: Uint8Array;
}

/**
 * What is wrong with a segment. `foreign`: the record names another segment. `not_authentic`: its bytes, its header or
 * the key are not those it was sealed with. `missing`: messages from `counter` on, `count` of them, are not there.
 * `disordered`: it stands behind a later one. `repeated`: it was there before. `after_end`: it follows the end message.
 * `no_end`: the segment ended by fault, or its tail was cut off. `init`: not the init segment of the header.
 */
export interface SegmentFault {
  readonly fault: "foreign" | "not_authentic" | "missing" | "disordered" | "repeated" | "after_end" | "no_end" | "init";
  readonly counter: number;
  readonly count: number;
}

export interface OpenedSegment {
  readonly header: SegmentHeader;
  /** Empty when the init segment is not there. */
  readonly init: Uint8Array;
  /** Those that are authentic, in the order of their counters. */
  readonly fragments: readonly OpenedFragment[];
  /** Empty: the segment is whole, in order and as the recorder sealed it. */
  readonly faults: readonly SegmentFault[];
}

/**
 * Opens a segment: its header record, then its fragment records as they lie in the pack. What is authentic is returned
 * even when something else is wrong, since half an evidence is better than none; what is wrong is named.
 *
 * @returns `header` when the first record is no segment header
 */
export async function openSegment(
  records: readonly RawRecord[],
  key: Uint8Array,
  gcmOpen: (key: Uint8Array) => Promise<GcmOpen> = webGcmOpen,
): Promise<OpenedSegment | { readonly problem: "header" }> {
  const [first, ...rest] = records;
  const header = first && parseSegmentHeader(first);
  if (!header || "problem" in header) return { problem: "header" };
  const reading = new SegmentReading(header, sha256(first.bytes), await gcmOpen(key));
  for (const record of rest) await reading.add(record);
  return reading.finish();
}

class SegmentReading {
  readonly #header: SegmentHeader;
  readonly #headerSha256: Uint8Array;
  readonly #open: GcmOpen;
  readonly #messages = new Map<number, { head: FragmentHead; plaintext: Uint8Array }>();
  readonly #faults: SegmentFault[] = [];
  #highest = -1;
  #end: number | null = null;

  constructor(header: SegmentHeader, headerSha256: Uint8Array, open: GcmOpen) {
    this.#header = header;
    this.#headerSha256 = headerSha256;
    this.#open = open;
  }

  async add(record: RawRecord): Promise<void> {
    const head = parseFragmentHead(record.bytes);
    if ("problem" in head || !sameSegment(head, this.#header)) {
      this.#fault("foreign", "problem" in head ? this.#highest + 1 : head.counter);
      return;
    }
    const plaintext = await this.#decrypt(record.bytes, head.counter);
    if (plaintext === null) this.#fault("not_authentic", head.counter);
    else if (this.#messages.has(head.counter)) this.#fault("repeated", head.counter);
    else this.#take(head, plaintext);
  }

  finish(): OpenedSegment {
    const counters = [...this.#messages.keys()].sort((a, b) => a - b);
    let expected = 0;
    for (const counter of counters) {
      if (counter > expected) this.#fault("missing", expected, counter - expected);
      expected = counter + 1;
    }
    if (this.#end === null) this.#fault("no_end", expected);
    const inOrder = counters.map((counter) => this.#messages.get(counter)!);
    return {
      header: this.#header,
      init: this.#init(),
      fragments: inOrder.flatMap(({ head, plaintext }) =>
        head.kind === "key" || head.kind === "media" ? [{ head, media: plaintext }] : [],
      ),
      faults: this.#faults,
    };
  }

  #take(head: FragmentHead, plaintext: Uint8Array): void {
    if (head.counter < this.#highest) this.#fault("disordered", head.counter);
    else if (this.#end !== null) this.#fault("after_end", head.counter);
    this.#highest = Math.max(this.#highest, head.counter);
    if (head.kind === "end") this.#end = head.counter;
    this.#messages.set(head.counter, { head, plaintext });
  }

  #init(): Uint8Array {
    const init = this.#messages.get(0);
    if (!init) return new Uint8Array(0);
    if (init.head.kind === "init" && equalBytes(sha256(init.plaintext), this.#header.initSha256)) return init.plaintext;
    this.#fault("init", 0);
    return new Uint8Array(0);
  }

  /** The additional data is the header's hash, the prefix with its CRC zero, and the clear part of the body. */
  #decrypt(record: Uint8Array, counter: number): Promise<Uint8Array | null> {
    const aad = concatBytes([this.#headerSha256, record.subarray(0, FRAGMENT_CLEAR_BYTES)]);
    aad.fill(0, 32 + 12, 32 + PREFIX_BYTES);
    const nonce = new Uint8Array(NONCE_BYTES);
    viewOf(nonce).setUint32(8, counter);
    return this.#open(nonce, aad, record.subarray(FRAGMENT_CLEAR_BYTES));
  }

  #fault(fault: SegmentFault["fault"], counter: number, count = 1): void {
    this.#faults.push({ fault, counter, count });
  }
}

function sameSegment(a: FragmentHead, b: SegmentHeader): boolean {
  return a.segment === b.segment && a.epoch === b.epoch && a.camera === b.camera && a.track === b.track;
}
