import { OvertError } from "@overt/core";
import type { PicturePlanes } from "@overt/media/pixels";
import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AV_PKT_FLAG_KEY,
  AVCOL_RANGE_JPEG,
  type AVPacketFlag,
  type AVPixelFormat,
  SWS_AREA,
  SWS_BILINEAR,
} from "node-av/constants";
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from "node-av/lib";

/** Wider pictures are scaled down: nobody is watched in more detail than that through an anonymised track. */
const WIDEST_PX = 1_280;
/** Time stamps are passed through FFmpeg in ms. */
const MS = () => new Rational(1, 1_000);

export interface DecodedPicture {
  readonly planes: PicturePlanes;
  /** UTC ms, as given with the access unit that held the picture. */
  readonly at: number;
  readonly fullRange: boolean;
  readonly frame: Frame;
}

/** Access units in Annex B to pictures in YUV 4:2:0 with 8 bits that may be written to. Synchronous, one thread. */
export class PictureDecoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  #scaled: { readonly frame: Frame; readonly context: SoftwareScaleContext; readonly from: string } | null = null;

  /** @throws OvertError `DECODER_FAILED` */
  constructor(codec: "h264" | "h265", extraData?: Uint8Array) {
    const decoder = Codec.findDecoder(codec === "h264" ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC);
    if (!decoder) throw new OvertError("DECODER_FAILED", `This FFmpeg has no decoder for ${codec}.`);
    this.#context.allocContext3(decoder);
    this.#context.threadCount = 1;
    this.#context.pktTimebase = MS();
    if (extraData && extraData.length > 0) this.#context.extraData = Buffer.from(extraData);
    check(this.#context.open2Sync(decoder), "open the decoder");
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /**
   * Takes in one access unit; `next` gives what came out.
   * @throws OvertError `DECODER_FAILED` for a damaged unit
   */
  send(accessUnit: Uint8Array, at: number, key: boolean): void {
    this.#packet.data = Buffer.from(accessUnit.buffer, accessUnit.byteOffset, accessUnit.byteLength);
    this.#packet.pts = BigInt(Math.round(at));
    this.#packet.flags = (key ? AV_PKT_FLAG_KEY : 0) as AVPacketFlag;
    check(this.#context.sendPacketSync(this.#packet), "decode a picture");
  }

  /** After the last access unit: `next` gives the pictures that waited for a later one. */
  end(): void {
    check(this.#context.sendPacketSync(null), "end the decoding");
  }

  /**
   * The next picture in order of display, or null until more is sent. It is valid until the next call.
   * @throws OvertError `DECODER_FAILED` for a picture decoded from damaged data
   */
  next(): DecodedPicture | null {
    if (this.#context.receiveFrameSync(this.#frame) !== 0) return null;
    if (this.#frame.decodeErrorFlags)
      throw new OvertError("DECODER_FAILED", "A picture was decoded from damaged data.");
    return this.#usable();
  }

  close(): void {
    this.#scaled?.frame.free();
    this.#scaled?.context.freeContext();
    this.#packet.free();
    this.#frame.free();
    this.#context.freeContext();
  }

  #usable(): DecodedPicture {
    const source = this.#frame;
    const at = Number(source.pts);
    const fullRange = source.colorRange === AVCOL_RANGE_JPEG || source.format === AV_PIX_FMT_YUVJ420P;
    const plain = source.format === AV_PIX_FMT_YUV420P || source.format === AV_PIX_FMT_YUVJ420P;
    const frame = plain && source.width <= WIDEST_PX ? source : this.#convert(source);
    check(frame.makeWritable(), "copy a picture");
    return { planes: planesOf(frame), at, fullRange, frame };
  }

  #convert(source: Frame): Frame {
    const width = Math.min(source.width, WIDEST_PX) & ~1;
    const height = Math.round((source.height * width) / source.width / 2) * 2;
    const from = `${source.width}x${source.height}:${source.format}`;
    if (this.#scaled?.from !== from) {
      this.#scaled?.frame.free();
      this.#scaled?.context.freeContext();
      this.#scaled = { from, ...scalerFor(source, width, height) };
    }
    check(this.#scaled.context.scaleFrameSync(this.#scaled.frame, source), "scale a picture");
    return this.#scaled.frame;
  }
}

function scalerFor(source: Frame, width: number, height: number): { frame: Frame; context: SoftwareScaleContext } {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUV420P;
  frame.width = width;
  frame.height = height;
  check(frame.getBuffer(), "make room for a scaled picture");
  const context = new SoftwareScaleContext();
  const method = width < source.width ? SWS_AREA : SWS_BILINEAR;
  const format = source.format as AVPixelFormat;
  context.getContext(source.width, source.height, format, width, height, AV_PIX_FMT_YUV420P, method);
  return { frame, context };
}

export function planesOf(frame: Frame): PicturePlanes {
  const [y, u, v] = frame.data ?? [];
  const [strideY, strideUv] = frame.linesize;
  if (!y || !u || !v || !strideY || !strideUv)
    throw new OvertError("DECODER_FAILED", "FFmpeg gave a picture without planes.");
  return { width: frame.width, height: frame.height, y, u, v, strideY, strideUv };
}

/** @throws OvertError `DECODER_FAILED` for a negative FFmpeg result */
function check(result: number, what: string): void {
  if (result < 0) throw new OvertError("DECODER_FAILED", `FFmpeg could not ${what} (error ${result}).`);
}
