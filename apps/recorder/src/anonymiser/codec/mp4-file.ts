import { closeSync, openSync, writeSync } from "node:fs";
import { OvertError } from "@overt/core";
import { H264_NAL, nalType, splitAnnexB, videoFormat } from "@overt/media/codec";
import { type FragmentSample, fragment, initSegment } from "@overt/media/fmp4";
import type { EncodedPicture } from "./encoder.ts";

const TICKS_PER_S = 1_000;
/** How long the last picture stays, since nothing follows it. */
const LAST_MS = 40;

/** A fragmented MP4 file of H.264 pictures, one fragment per group of pictures. */
export class Mp4File {
  readonly #file: number;
  #firstAt = Number.NaN;
  #started = false;
  #sequence = 0;
  #group: EncodedPicture[] = [];

  private constructor(file: number) {
    this.#file = file;
  }

  /** @throws OvertError `FILE_UNWRITABLE` */
  static create(path: string): Mp4File {
    try {
      return new Mp4File(openSync(path, "w"));
    } catch (cause) {
      throw new OvertError("FILE_UNWRITABLE", `${path} cannot be written.`, {
        hint: "Check that its folder exists and has room.",
        cause,
      });
    }
  }

  add(picture: EncodedPicture): void {
    if (Number.isNaN(this.#firstAt)) this.#firstAt = picture.at;
    if (picture.key && this.#group.length > 0) this.#writeGroup(picture.at);
    this.#group.push(picture);
  }

  end(): void {
    const last = this.#group.at(-1);
    if (last) this.#writeGroup(last.at + LAST_MS);
  }

  close(): void {
    closeSync(this.#file);
  }

  #writeGroup(until: number): void {
    const group = this.#group;
    this.#group = [];
    const first = group[0] as EncodedPicture;
    this.#writeStart(first);
    const samples = group.map((picture, i): FragmentSample => {
      const next = group[i + 1]?.at ?? until;
      const nals = splitAnnexB(picture.accessUnit);
      return { nals, durationTicks: next - picture.at, compositionOffsetTicks: 0, key: picture.key };
    });
    this.#write(fragment({ sequence: ++this.#sequence, baseDecodeTime: first.at - this.#firstAt, samples }));
  }

  #writeStart({ accessUnit }: EncodedPicture): void {
    if (this.#started) return;
    const nals = splitAnnexB(accessUnit);
    const ofType = (type: number) => nals.filter((nal) => nalType("h264", nal) === type);
    const format = videoFormat("h264", { vps: [], sps: ofType(H264_NAL.sps), pps: ofType(H264_NAL.pps) });
    if (!format) throw new OvertError("ENCODER_FAILED", "The encoder gave no parameter sets.");
    this.#write(initSegment(format, TICKS_PER_S));
    this.#started = true;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }
}
