import { existsSync } from "node:fs";
import { OvertError } from "@overt/core";
import { AVMEDIA_TYPE_VIDEO, AV_PIX_FMT_YUV420P, SWS_BILINEAR } from "node-av/constants";
import type { Stream } from "node-av/lib";
import { Codec, CodecContext, FormatContext, Frame, Packet, SoftwareScaleContext } from "node-av/lib";
import type { Picture, PictureSource } from "../picture.ts";

/**
 * A video file as a source of pictures of the given size. A file shorter than asked for starts again.
 *
 * @throws OvertError `SIM_VIDEO_UNREADABLE`
 */
export async function openVideoFile(path: string, width: number, height: number): Promise<PictureSource> {
  if (!existsSync(path)) throw unreadable(path, "there is no such file");
  const probe = await openReader(path, width, height);
  probe.close();
  return { width, height, pictures: (fps, count) => atRate(path, width, height, fps, count) };
}

/**
 * The size of a file's pictures, as a camera can send it: even, and no wider than `most`.
 *
 * @throws OvertError `SIM_VIDEO_UNREADABLE`
 */
export async function videoSize(path: string, most: number): Promise<{ width: number; height: number }> {
  if (!existsSync(path)) throw unreadable(path, "there is no such file");
  const reader = await openReader(path, 2, 2);
  const { width, height } = reader.size;
  reader.close();
  const scale = Math.min(1, most / width);
  const even = (pixels: number) => Math.max(64, Math.round((pixels * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

/** Picks or repeats pictures so that one stands at each tick of `fps`. */
async function* atRate(path: string, width: number, height: number, fps: number, count: number) {
  let made = 0;
  while (made < count) {
    const reader = await openReader(path, width, height);
    const before = made;
    try {
      let held: Picture | undefined;
      for await (const { picture, seconds } of reader.pictures()) {
        while (held && made < count && (made - before) / fps < seconds - 1e-6) {
          yield held;
          made++;
        }
        if (made >= count) return;
        held = picture;
      }
      if (held && made < count) {
        yield held;
        made++;
      }
    } finally {
      reader.close();
    }
    if (made === before) throw unreadable(path, "it holds no picture that can be decoded");
  }
}

async function openReader(path: string, width: number, height: number) {
  const format = new FormatContext();
  const opened = await format.openInput(path);
  if (opened < 0) throw unreadable(path, `FFmpeg error ${opened}`);
  await format.findStreamInfo();
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = format.streams?.[index];
  if (!stream) throw unreadable(path, "it has no video stream");
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (!codec) throw unreadable(path, "this FFmpeg has no decoder for it");
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  if ((await decoder.open2(codec, null)) < 0) throw unreadable(path, "its decoder could not be opened");
  return {
    size: { width: stream.codecpar.width, height: stream.codecpar.height },
    pictures: () => decodeAll(format, decoder, stream, width, height),
    close() {
      decoder.freeContext();
      format.closeInputSync();
    },
  };
}

async function* decodeAll(
  format: FormatContext,
  decoder: CodecContext,
  stream: Stream,
  width: number,
  height: number,
): AsyncGenerator<{ picture: Picture; seconds: number }> {
  const scale = scaler(width, height);
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const unit = stream.timeBase.num / stream.timeBase.den;
  let first: number | undefined;
  try {
    for (let ended = false; !ended; ) {
      ended = (await format.readFrame(packet)) < 0;
      if (!ended && packet.streamIndex !== stream.index) {
        packet.unref();
        continue;
      }
      await decoder.sendPacket(ended ? null : packet);
      if (!ended) packet.unref();
      while ((await decoder.receiveFrame(frame)) >= 0) {
        const at = Number(frame.bestEffortTimestamp) * unit;
        first ??= at;
        yield { picture: await scale(frame), seconds: at - first };
        frame.unref();
      }
    }
  } finally {
    scale.close();
    packet.free();
    frame.free();
  }
}

/** Two pictures in turn: the caller still shows one while the next is scaled. */
function scaler(width: number, height: number) {
  const pictures = [roomyPicture(width, height), roomyPicture(width, height)];
  const context = new SoftwareScaleContext();
  let ready = false;
  let turn = 0;
  const scale = async (frame: Frame): Promise<Picture> => {
    if (!ready) {
      context.getContext(
        frame.width,
        frame.height,
        frame.format as typeof AV_PIX_FMT_YUV420P,
        width,
        height,
        AV_PIX_FMT_YUV420P,
        SWS_BILINEAR,
      );
      ready = true;
    }
    turn ^= 1;
    const target = pictures[turn]!;
    const planes = [target.y, target.u, target.v].map((p) => Buffer.from(p.buffer, p.byteOffset, p.length));
    await context.scale(frame.data ?? [], frame.linesize, 0, frame.height, planes, [width, width >> 1, width >> 1]);
    return target;
  };
  return Object.assign(scale, { close: () => context.freeContext() });
}

/** FFmpeg's scaler writes whole vectors, up to 64 bytes past the end of a plane. */
function roomyPicture(width: number, height: number): Picture {
  const plane = (size: number) => new Uint8Array(size + 64).subarray(0, size);
  const chroma = (width >> 1) * (height >> 1);
  return { width, height, y: plane(width * height), u: plane(chroma), v: plane(chroma) };
}

function unreadable(path: string, why: string): OvertError {
  return new OvertError("SIM_VIDEO_UNREADABLE", `The video file ${path} cannot be used: ${why}.`, {
    hint: "Give a file with a video stream that ffprobe can read.",
  });
}
