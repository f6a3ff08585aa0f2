import { OvertError } from "@overt/core";
import type { PicturePlanes } from "@overt/media/pixels";
import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AV_PKT_FLAG_KEY,
  AVCOL_RANGE_JPEG,
  type AVCodecID,
  type AVPacketFlag,
  type AVPixelFormat,
  SWS_AREA,
  SWS_BILINEAR,
} from "node-av/constants";
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from "node-av/lib";

/** Wider pictures are scaled down: nobody is watched in more detail than that through an anonymised track. */
const WIDEST_PX = 1_280;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

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
  readonly #size: PictureSize | undefined;
  #scaled: { readonly frame: Frame; readonly context: SoftwareScaleContext; readonly from: string } | null = null;

  /**
   * @param configure  Called before the decoder is opened.
   * @param size  What pictures are scaled to, instead of only when they are too wide.
   * @throws OvertError `DECODER_FAILED`
   */
  constructor(id: AVCodecID, configure: (context: CodecContext) => void, size?: PictureSize) {
    this.#size = size;
    const decoder = Codec.findDecoder(id);
    if (!decoder) throw new OvertError("DECODER_FAILED", `This FFmpeg has no decoder for codec ${id}.`);
    this.#context.allocContext3(decoder);
    configure(this.#context);
    this.#context.threadCount = 1;
    this.#context.pktTimebase = new Rational(1, 1_000);
    check(this.#context.open2Sync(decoder), "open the decoder");
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** @param parameterSets  In Annex B; may be empty when they come in the stream. */
  static ofCamera(codec: "h264" | "h265", parameterSets: Uint8Array): PictureDecoder {
    return new PictureDecoder(codec === "h264" ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC, (context) => {
      if (parameterSets.length > 0) context.extraData = Buffer.from(parameterSets);
    });
  }

  /**
   * Takes in one access unit; `next` gives what came out.
   * @throws OvertError `DECODER_FAILED` for a damaged unit
   */
  send(accessUnit: Uint8Array, at: number, key: boolean): void {
    this.#packet.data = Buffer.from(accessUnit.buffer, accessUnit.byteOffset, accessUnit.byteLength);
    this.#packet.pts = BigInt(Math.round(at));
    this.#packet.flags = (key ? AV_PKT_FLAG_KEY : 0) as AVPacketFlag;
    this.sendPacket(this.#packet);
  }

  /** The same for a packet of a file, its times in ms. */
  sendPacket(packet: Packet): void {
    check(this.#context.sendPacketSync(packet), "decode a picture");
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
    const at = Number(source.bestEffortTimestamp);
    const fullRange = source.colorRange === AVCOL_RANGE_JPEG || source.format === AV_PIX_FMT_YUVJ420P;
    const plain = source.format === AV_PIX_FMT_YUV420P || source.format === AV_PIX_FMT_YUVJ420P;
    const wanted = this.#size ?? fitting(source);
    const fits = plain && source.width === wanted.width && source.height === wanted.height;
    const frame = fits ? source : this.#convert(source, wanted);
    check(frame.makeWritable(), "copy a picture");
    return { planes: planesOf(frame), at, fullRange, frame };
  }

  #convert(source: Frame, { width, height }: PictureSize): Frame {
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

function fitting({ width, height }: PictureSize): PictureSize {
  if (width <= WIDEST_PX && width % 2 === 0 && height % 2 === 0) return { width, height };
  const fit = Math.min(width, WIDEST_PX) & ~1;
  return { width: fit, height: Math.max(2, Math.round((height * fit) / width / 2) * 2) };
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
