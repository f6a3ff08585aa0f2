import type { VideoFormat } from "../codec/format.ts";
import { type Codec, isKeyType, isSkippedLeading, nalPlace, nalType, startsPicture } from "../codec/nal.ts";
import type { NalSink } from "./depacketizer.ts";
import type { ParameterSetTracker } from "./parameter-set-tracker.ts";
import type { Tally } from "./tally.ts";

/** Hard limit of one access unit (case rtp-08). */
export const MAX_UNIT_BYTES = 16 * 1024 * 1024;
const MAX_UNIT_NALS = 4_096;
const MAX_HEAD_NALS = 256;

/** One picture as it came, before time is given to it. */
export interface RawUnit {
  readonly nals: readonly Uint8Array[];
  readonly key: boolean;
  /** A leading picture that needs what came before its key picture (H.265 RASL). */
  readonly leading: boolean;
  /** What the key picture activates; null for other pictures and while its sets are unknown. */
  readonly format: VideoFormat | null;
  /** 32-bit RTP timestamp. */
  readonly timestamp: number;
  /** When its first packet came. */
  readonly receivedAtMs: number;
  /** Parts are missing: not to be stored. */
  readonly damaged: boolean;
}

/**
 * Groups NAL units into pictures. A picture ends after a slice, on the marker or on a new timestamp; what stands
 * before the next slice belongs to the next picture (cases rtp-01, rtp-02, rtp-08).
 */
export class UnitAssembler implements NalSink {
  readonly #codec: Codec;
  readonly #sets: ParameterSetTracker;
  readonly #tally: Tally;
  readonly #emit: (unit: RawUnit) => void;
  readonly #onLostPicture: () => void;

  #nals: Uint8Array[] = [];
  /** Units after the last slice that begin the next picture, unless another slice of this one follows. */
  #head: Uint8Array[] = [];
  #bytes = 0;
  #firstSliceType = -1;
  #format: VideoFormat | null = null;
  #damaged = false;
  /** Something was lost since the last picture, so that a slice which is not a picture's first is a rest. */
  #suspect = false;
  /** A loss that no picture has answered for yet: if none comes, the picture was lost as a whole. */
  #unanswered = false;
  #timestamp = -1;
  #receivedAtMs = 0;
  #headReceivedAtMs = 0;
  #packetAtMs = 0;
  #endedByMarkerAt = -1;
  #markerTrusted = true;
  #markerSeen = false;

  /** @param onLostPicture told of a picture of which nothing usable came. */
  constructor(
    codec: Codec,
    sets: ParameterSetTracker,
    tally: Tally,
    emit: (unit: RawUnit) => void,
    onLostPicture: () => void,
  ) {
    this.#codec = codec;
    this.#sets = sets;
    this.#tally = tally;
    this.#emit = emit;
    this.#onLostPicture = onLostPicture;
  }

  /** Before the payload of each packet. */
  startPacket(timestamp: number, receivedAtMs: number): void {
    this.#packetAtMs = receivedAtMs;
    if (timestamp === this.#timestamp) return;
    if (this.#hasSlice) {
      if (!this.#markerSeen) this.#tally.note("marker-absent");
      this.#close();
    } else this.#answerLoss();
    this.#timestamp = timestamp;
    this.#endedByMarkerAt = -1;
  }

  /** After the payload of a packet with the marker set. */
  marker(): void {
    this.#markerSeen = true;
    if (!this.#hasSlice) {
      if (this.#unanswered) this.#answerLoss();
      else if (this.#nals.length > 0) this.#tally.note("marker-on-parameter-set");
    } else if (this.#markerTrusted) {
      this.#close();
      this.#endedByMarkerAt = this.#timestamp;
    }
  }

  nal(nal: Uint8Array): void {
    const type = nalType(this.#codec, nal);
    const place = nalPlace(this.#codec, type);
    if (place === "slice") this.#slice(nal, type);
    else if (place === "head") {
      this.#sets.take(nal, type);
      this.#headUnit(nal);
    } else this.#append(nal);
  }

  damage(): void {
    if (!this.#hasSlice) this.#unanswered = true;
    this.gap();
  }

  /** Packets are missing before the next one: of the picture at hand, of the next, or of some between. */
  gap(): void {
    if (this.#hasSlice) this.#spoil();
    this.#suspect = true;
  }

  /** Ends what is pending, as at the end of a session. Of a camera that sets markers it is only a part. */
  flush(): void {
    if (!this.#hasSlice) return;
    if (this.#markerSeen && this.#markerTrusted) this.#spoil();
    this.#close();
  }

  /** Tells of a picture of which no slice came; what stood before it goes on to the next. */
  #answerLoss(): void {
    if (!this.#unanswered) return;
    this.#unanswered = false;
    this.#onLostPicture();
  }

  /** Forgets what is pending, as when the source changes. */
  reset(): void {
    this.#clear();
    this.#nals = [];
    this.#head = [];
    this.#unanswered = false;
    this.#suspect = true;
  }

  /** Bytes held. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  get #hasSlice(): boolean {
    return this.#firstSliceType >= 0;
  }

  #slice(nal: Uint8Array, type: number): void {
    const first = startsPicture(this.#codec, nal);
    if (this.#hasSlice && first && this.#startsUnit()) this.#close();
    else if (this.#hasSlice) this.#mergeHead();
    if (!this.#hasSlice) {
      this.#firstSliceType = type;
      if (this.#nals.length === 0) this.#receivedAtMs = this.#packetAtMs;
      if (first) {
        this.#suspect = false;
        if (isKeyType(this.#codec, type)) this.#format = this.#sets.activate(nal);
      } else this.#withoutFirst();
    }
    this.#append(nal);
  }

  /**
   * Whether a first slice after other slices of the same timestamp begins another unit: in H.265 always; in H.264 it
   * may be the second field of a frame, which stays with the first unless something stands between them.
   */
  #startsUnit(): boolean {
    return this.#codec === "h265" || this.#head.length > 0;
  }

  /** The picture's first slice is missing: lost, or cut off by a marker that stood on each slice. */
  #withoutFirst(): void {
    if (this.#endedByMarkerAt === this.#timestamp) {
      this.#tally.note("marker-inside-picture");
      this.#markerTrusted = false;
      this.#damaged = true;
    } else if (this.#suspect) this.#damaged = true;
    else this.#tally.note("first-slice-missing");
  }

  #headUnit(nal: Uint8Array): void {
    if (!this.#hasSlice) {
      if (this.#nals.length === 0) this.#receivedAtMs = this.#packetAtMs;
      this.#append(nal);
      return;
    }
    if (this.#head.length === 0) this.#headReceivedAtMs = this.#packetAtMs;
    this.#head.push(nal);
    this.#bytes += nal.length;
    if (this.#overLimit()) this.#tooLarge();
  }

  #append(nal: Uint8Array): void {
    if (this.#damaged && this.#hasSlice) return;
    this.#nals.push(nal);
    this.#bytes += nal.length;
    if (this.#overLimit()) this.#tooLarge();
  }

  #mergeHead(): void {
    if (this.#head.length === 0) return;
    if (!this.#damaged) for (const nal of this.#head) this.#nals.push(nal);
    this.#head = [];
  }

  #overLimit(): boolean {
    const nals = this.#nals.length + this.#head.length;
    return this.#bytes > MAX_UNIT_BYTES || nals > (this.#hasSlice ? MAX_UNIT_NALS : MAX_HEAD_NALS);
  }

  #tooLarge(): void {
    this.#tally.note(this.#hasSlice ? "unit-too-large" : "head-without-picture");
    this.#head = [];
    if (this.#hasSlice) this.#spoil();
    else {
      this.#nals = [];
      this.#bytes = 0;
    }
  }

  /** A damaged picture is not stored, so that its bytes need not be held until it ends. */
  #spoil(): void {
    this.#damaged = true;
    this.#nals = [];
    this.#bytes = 0;
    for (const nal of this.#head) this.#bytes += nal.length;
  }

  #close(): void {
    const unit: RawUnit = {
      nals: this.#nals,
      key: isKeyType(this.#codec, this.#firstSliceType),
      leading: isSkippedLeading(this.#codec, this.#firstSliceType),
      format: this.#format,
      timestamp: this.#timestamp,
      receivedAtMs: this.#receivedAtMs,
      damaged: this.#damaged,
    };
    this.#nals = this.#head;
    this.#head = [];
    this.#receivedAtMs = this.#headReceivedAtMs;
    this.#clear();
    for (const nal of this.#nals) this.#bytes += nal.length;
    this.#emit(unit);
  }

  #clear(): void {
    this.#bytes = 0;
    this.#firstSliceType = -1;
    this.#format = null;
    this.#damaged = false;
    this.#unanswered = false;
  }
}
