import { OvertError } from "@overt/core";
import {
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { Codec, CodecContext, type Frame, Packet, Rational } from "node-av/lib";

const KEY_EVERY_MS = 2_000;
/** Only a bound for x264: key pictures are asked for by time. */
const LONGEST_GROUP = 600;

export interface EncoderOptions {
  readonly width: number;
  readonly height: number;
  readonly fullRange: boolean;
  /** x264's constant rate factor. */
  readonly quality?: number;
}

export interface EncodedPicture {
  readonly at: number;
  readonly key: boolean;
  /** H.264 in Annex B, SPS and PPS before each key picture. */
  readonly accessUnit: Uint8Array;
}

/** Pictures to H.264 that every browser plays: no B pictures, a key picture at least every 2 s. Synchronous. */
export class PictureEncoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly width: number;
  readonly height: number;
  readonly fullRange: boolean;
  #lastKeyAt = Number.NEGATIVE_INFINITY;

  /** @throws OvertError `ENCODER_FAILED` */
  constructor({ width, height, fullRange, quality = 23 }: EncoderOptions) {
    this.width = width;
    this.height = height;
    this.fullRange = fullRange;
    const encoder = Codec.findEncoderByName(FF_ENCODER_LIBX264);
    if (!encoder) throw new OvertError("ENCODER_FAILED", "This FFmpeg has no x264.");
    const context = this.#context;
    context.allocContext3(encoder);
    context.width = width;
    context.height = height;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.colorRange = fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    context.timeBase = new Rational(1, 1_000);
    context.framerate = new Rational(25, 1);
    context.gopSize = LONGEST_GROUP;
    context.maxBFrames = 0;
    context.threadCount = 1;
    this.#set({ preset: "ultrafast", tune: "zerolatency", profile: "main", crf: String(quality), "forced-idr": "1" });
    check(context.open2Sync(encoder), "open the encoder");
    this.#packet.alloc();
  }

  /** @param at  UTC ms, greater than that of the picture before. */
  encode(frame: Frame, at: number): EncodedPicture {
    const askKey = at - this.#lastKeyAt >= KEY_EVERY_MS;
    frame.pts = BigInt(Math.round(at));
    frame.pictType = askKey ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    check(this.#context.sendFrameSync(frame), "encode a picture");
    check(this.#context.receivePacketSync(this.#packet), "encode a picture");
    const key = this.#packet.isKeyframe;
    if (key) this.#lastKeyAt = at;
    const accessUnit = Uint8Array.from(this.#packet.data ?? []);
    this.#packet.unref();
    return { at, key, accessUnit };
  }

  /** One by one: node-av 6.1 frees a dictionary of options twice when it is given to `open2Sync`. */
  #set(options: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(options))
      check(this.#context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), `set ${name}`);
  }

  close(): void {
    this.#packet.free();
    this.#context.freeContext();
  }
}

/** @throws OvertError `ENCODER_FAILED` for a negative FFmpeg result */
function check(result: number, what: string): void {
  if (result < 0) throw new OvertError("ENCODER_FAILED", `FFmpeg could not ${what} (error ${result}).`);
}
