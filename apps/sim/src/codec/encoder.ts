import { OvertError } from "@overt/core";
import {
  AV_LOG_ERROR,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
} from "node-av/constants";
import { Codec, CodecContext, Dictionary, Frame, Log, Packet, Rational } from "node-av/lib";
import type { Picture } from "../picture.ts";
import type { VideoCodec } from "./annexb.ts";
import { splitAnnexB } from "./annexb.ts";
import type { AccessUnit } from "./unit.ts";
import { accessUnit } from "./unit.ts";

export interface EncoderOptions {
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateBps: number;
  /** Pictures from one key picture to the next. */
  readonly gop: number;
  /** Reordered pictures between two references; 0 for cameras as most are. */
  readonly bPictures: number;
  /** No delay between a picture and its access unit. */
  readonly realtime: boolean;
}

/** x264 or x265 with parameter sets before each key picture, as cameras send them. */
export class VideoEncoder {
  readonly #options: EncoderOptions;
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  #next = 0n;

  /** @throws OvertError `SIM_ENCODER` when the codec is absent or refuses the options. */
  static async open(options: EncoderOptions): Promise<VideoEncoder> {
    const encoder = new VideoEncoder(options);
    await encoder.#open();
    return encoder;
  }

  private constructor(options: EncoderOptions) {
    this.#options = options;
  }

  /** Takes one picture and gives the access units that are finished, in decode order. */
  async encode(picture: Picture): Promise<AccessUnit[]> {
    const frame = this.#frame;
    check(frame.makeWritable(), "could not get a frame buffer");
    copyInto(frame, picture);
    frame.pts = this.#next++;
    frame.pictType = AV_PICTURE_TYPE_NONE;
    check(await this.#context.sendFrame(frame), "refused a picture");
    return this.#finished();
  }

  /** The access units still inside; the encoder takes no picture afterwards. */
  async flush(): Promise<AccessUnit[]> {
    check(await this.#context.sendFrame(null), "could not be flushed");
    return this.#finished();
  }

  close(): void {
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }

  async #open(): Promise<void> {
    Log.setLevel(AV_LOG_ERROR);
    const { codec: name, width, height, fps, bitrateBps, gop, bPictures } = this.#options;
    const codec = Codec.findEncoderByName(name === "h264" ? FF_ENCODER_LIBX264 : FF_ENCODER_LIBX265);
    if (!codec) throw new OvertError("SIM_ENCODER", `This FFmpeg has no encoder for ${name}.`);
    const context = this.#context;
    context.allocContext3(codec);
    context.width = width;
    context.height = height;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.timeBase = new Rational(1, fps);
    context.framerate = new Rational(fps, 1);
    context.gopSize = gop;
    context.maxBFrames = bPictures;
    context.bitRate = BigInt(bitrateBps);
    context.rcMaxRate = BigInt(Math.round(bitrateBps * 1.2));
    context.rcBufferSize = bitrateBps * 2;
    context.threadCount = 1;
    check(await context.open2(codec, Dictionary.fromObject(settings(this.#options))), "could not be opened");
    this.#packet.alloc();
    this.#frame.alloc();
    this.#frame.width = width;
    this.#frame.height = height;
    this.#frame.format = AV_PIX_FMT_YUV420P;
    check(this.#frame.getBuffer(), "could not get a frame buffer");
  }

  async #finished(): Promise<AccessUnit[]> {
    const units: AccessUnit[] = [];
    while ((await this.#context.receivePacket(this.#packet)) >= 0) {
      const bytes = Uint8Array.from(this.#packet.data ?? []);
      units.push(accessUnit(splitAnnexB(bytes), this.#packet.isKeyframe, Number(this.#packet.pts)));
      this.#packet.unref();
    }
    return units;
  }
}

function settings(options: EncoderOptions): Record<string, string> {
  const { codec, gop, bPictures, realtime } = options;
  const preset = codec === "h265" || realtime ? "ultrafast" : "superfast";
  const tune: Record<string, string> = realtime ? { tune: "zerolatency" } : {};
  const keys = `keyint=${gop}:min-keyint=${gop}:scenecut=0:open-gop=0:repeat-headers=1`;
  // Adaptive placement would leave out B pictures where the scene is calm, and the bench needs them.
  const order = bPictures > 0 ? ":b-adapt=0" : "";
  return codec === "h264"
    ? { ...tune, preset, "x264-params": `${keys}${order}:rc-lookahead=0:mbtree=0` }
    : {
        ...tune,
        preset,
        "x265-params": `${keys}${order}:log-level=error:pools=1:frame-threads=1:aq-mode=0:cutree=0`,
      };
}

function copyInto(frame: Frame, picture: Picture): void {
  const data = frame.data;
  const lines = frame.linesize;
  const planes = [picture.y, picture.u, picture.v];
  planes.forEach((plane, i) => {
    const width = i === 0 ? picture.width : picture.width >> 1;
    const height = i === 0 ? picture.height : picture.height >> 1;
    const target = data?.[i];
    const line = lines[i];
    if (!target || line === undefined) throw new OvertError("SIM_ENCODER", "A frame has no pixel planes.");
    if (line === width) target.set(plane);
    else for (let row = 0; row < height; row++) target.set(plane.subarray(row * width, (row + 1) * width), row * line);
  });
}

function check(result: number, what: string): void {
  if (result < 0) throw new OvertError("SIM_ENCODER", `The encoder ${what} (FFmpeg error ${result}).`);
}
