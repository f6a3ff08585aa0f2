import type { VideoCodec } from "../codec/annexb.ts";
import { isParameterSet } from "../codec/annexb.ts";
import { VideoEncoder } from "../codec/encoder.ts";
import type { AccessUnit } from "../codec/unit.ts";
import type { Picture, PictureSource } from "../picture.ts";
import type { Marks } from "../scene/marks.ts";
import { markPicture } from "../scene/marks.ts";
import type { Feed, FeedFormat, SentPicture } from "./feed.ts";
import { GroupCount, packetsOf, TICKS_PER_SECOND } from "./feed.ts";

export interface RealtimeOptions {
  readonly source: PictureSource;
  readonly codec: VideoCodec;
  readonly fps: number;
  readonly bitrateBps: number;
  readonly marks: Marks;
}

/**
 * Pictures that are drawn and encoded when they are due, so that each can carry the time at which it was taken.
 * A key picture comes every second. Nothing is drawn while nobody watches.
 */
export class RealtimeFeed implements Feed {
  readonly format: FeedFormat;
  readonly #options: RealtimeOptions;
  readonly #encoder: VideoEncoder;
  readonly #pictures: AsyncIterator<Picture>;
  readonly #startedMs = performance.now();
  readonly #listeners = new Set<(picture: SentPicture) => void>();
  readonly #onPicture: ((picture: SentPicture) => void) | undefined;
  readonly #groups = new GroupCount();
  #running = false;
  #closed = false;
  #number = 0;

  /** @throws OvertError `SIM_ENCODER` */
  static async open(options: RealtimeOptions, onPicture?: (picture: SentPicture) => void): Promise<RealtimeFeed> {
    const { source, codec, fps, bitrateBps } = options;
    const { width, height } = source;
    const gop = Math.max(1, Math.round(fps));
    const encoder = await VideoEncoder.open({
      codec,
      width,
      height,
      fps,
      bitrateBps,
      gop,
      bPictures: 0,
      realtime: true,
    });
    const pictures = source.pictures(fps, Number.POSITIVE_INFINITY)[Symbol.asyncIterator]();
    // One picture is spent on learning the parameter sets that DESCRIBE must give.
    const first = await pictures.next();
    const [unit] = first.done ? [] : await encoder.encode(first.value);
    const parameterSets = unit?.nals.filter((nal) => isParameterSet(codec, nal)) ?? [];
    return new RealtimeFeed(options, encoder, pictures, { codec, width, height, fps, parameterSets }, onPicture);
  }

  private constructor(
    options: RealtimeOptions,
    encoder: VideoEncoder,
    pictures: AsyncIterator<Picture>,
    format: FeedFormat,
    onPicture: ((picture: SentPicture) => void) | undefined,
  ) {
    this.#options = options;
    this.#encoder = encoder;
    this.#pictures = pictures;
    this.format = format;
    this.#onPicture = onPicture;
  }

  nowTicks(): number {
    return Math.round(((performance.now() - this.#startedMs) / 1000) * TICKS_PER_SECOND);
  }

  subscribe(listener: (picture: SentPicture) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#running) void this.#run();
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#closed = true;
    this.#listeners.clear();
    if (!this.#running) this.#encoder.close();
  }

  async #run(): Promise<void> {
    this.#running = true;
    const { fps, marks } = this.#options;
    const periodMs = 1000 / fps;
    let dueMs = performance.now();
    while (this.#listeners.size) {
      const next = await this.#pictures.next();
      if (next.done || this.#closed) break;
      const ticks = this.nowTicks();
      markPicture(next.value, marks, this.#number, Date.now());
      for (const unit of await this.#encoder.encode(next.value)) this.#send(unit, ticks);
      dueMs = Math.max(dueMs + periodMs, performance.now());
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    }
    this.#running = false;
    if (this.#closed) this.#encoder.close();
  }

  #send(unit: AccessUnit, ticks: number): void {
    const { codec } = this.#options;
    const picture = {
      codec,
      unit,
      index: this.#number++,
      ticks,
      group: this.#groups.next(unit.key),
      packets: packetsOf(codec, unit),
    };
    this.#onPicture?.(picture);
    for (const listener of this.#listeners) listener(picture);
  }
}
