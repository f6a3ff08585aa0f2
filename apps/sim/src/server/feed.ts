import type { VideoCodec } from "../codec/annexb.ts";
import type { AccessUnit } from "../codec/unit.ts";
import type { PreparedStream } from "../prepare/stored.ts";
import { packetise } from "./packetise.ts";
import type { PacketRun, RtpPayload } from "./rtp.ts";
import { packetRun } from "./rtp.ts";
import { VIDEO_PAYLOAD_TYPE } from "./sdp.ts";

/** A picture on its way to all clients of a stream. */
export interface SentPicture {
  readonly codec: VideoCodec;
  readonly unit: AccessUnit;
  /** Pictures since the feed began, in the order of sending. */
  readonly index: number;
  /** Display time since the feed began, 90 kHz, growing past 32 bits. */
  readonly ticks: number;
  /** Key pictures since the feed began, and pictures since the last one of them: 0 for itself. */
  readonly group: { readonly number: number; readonly place: number };
  readonly packets: Packets;
}

/** What is sent of one access unit; made once, whoever watches. */
export interface Packets {
  readonly payloads: readonly RtpPayload[];
  readonly run: PacketRun;
}

export interface FeedFormat {
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly parameterSets: readonly Uint8Array[];
}

/** The pictures of one stream of a camera, in real time, for any number of clients. */
export interface Feed {
  readonly format: FeedFormat;
  /** Ticks since the feed began, now. */
  nowTicks(): number;
  /**
   * Pictures from the next one on. A client that joins is sent a key picture soon, as cameras do.
   *
   * @returns how to stop.
   */
  subscribe(listener: (picture: SentPicture) => void): () => void;
  stop(): void;
}

export const TICKS_PER_SECOND = 90_000;

const prepared = new WeakMap<AccessUnit, Packets>();

export function packetsOf(codec: VideoCodec, unit: AccessUnit): Packets {
  const known = prepared.get(unit);
  if (known) return known;
  const payloads = packetise(codec, unit.nals);
  const packets = { payloads, run: packetRun(payloads, VIDEO_PAYLOAD_TYPE) };
  prepared.set(unit, packets);
  return packets;
}

/** Counts groups of pictures as they are sent. */
export class GroupCount {
  #number = 0;
  #place = 0;

  next(key: boolean): SentPicture["group"] {
    if (key) this.#number++;
    this.#place = key ? 0 : this.#place + 1;
    return { number: this.#number, place: this.#place };
  }
}

/** How long a client may wait for the loop's own key picture before the camera makes one for it. */
const KEY_PATIENCE_S = 2.5;

/** Plays loops for ever: timestamps and picture numbers run on over the seam. */
export class LoopFeed implements Feed {
  readonly #stream: PreparedStream;
  readonly #startedMs: number;
  readonly #listeners = new Set<(picture: SentPicture) => void>();
  readonly #onPicture: ((picture: SentPicture) => void) | undefined;
  readonly #groups = new GroupCount();
  #timer: NodeJS.Timeout | undefined;
  #index = 0;
  /** Added to the picture number to give the place in the loop; grows when a key picture is made early. */
  #shift = 0;

  /** @param aheadMs how far into its loop it begins */
  constructor(stream: PreparedStream, aheadMs: number, onPicture?: (picture: SentPicture) => void) {
    this.#startedMs = performance.now() - aheadMs;
    this.#stream = stream;
    this.#onPicture = onPicture;
  }

  get format(): FeedFormat {
    return this.#stream;
  }

  nowTicks(): number {
    return Math.round(((performance.now() - this.#startedMs) / 1000) * TICKS_PER_SECOND);
  }

  subscribe(listener: (picture: SentPicture) => void): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) {
      this.#index = Math.ceil(((performance.now() - this.#startedMs) / 1000) * this.#stream.fps);
      this.#wait();
    }
    this.#hurryKey();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    const dueMs = this.#startedMs + (this.#index * 1000) / this.#stream.fps;
    this.#timer = setTimeout(() => this.#send(), Math.max(0, dueMs - performance.now()));
  }

  #send(): void {
    const { units, fps, codec } = this.#stream;
    const place = (this.#index + this.#shift) % units.length;
    const unit = units[place]!;
    const display = this.#index - place + unit.displayIndex;
    const picture = {
      codec,
      unit,
      index: this.#index,
      ticks: Math.round((display * TICKS_PER_SECOND) / fps),
      group: this.#groups.next(unit.key),
      packets: packetsOf(codec, unit),
    };
    this.#index++;
    this.#onPicture?.(picture);
    for (const listener of this.#listeners) listener(picture);
    if (this.#listeners.size) this.#wait();
  }

  #hurryKey(): void {
    const { units, fps } = this.#stream;
    const place = (this.#index + this.#shift) % units.length;
    const patience = Math.min(units.length, Math.ceil(KEY_PATIENCE_S * fps));
    for (let ahead = 0; ahead < patience; ahead++) if (units[(place + ahead) % units.length]!.key) return;
    this.#shift += units.length - place;
  }
}
