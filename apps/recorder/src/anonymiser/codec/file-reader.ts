import { OvertError } from "@overt/core";
import { AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { FormatContext, Packet, Rational } from "node-av/lib";
import { type DecodedPicture, PictureDecoder, type PictureSize } from "./decoder.ts";

const NO_TIME = -(2n ** 63n);

/** The pictures of any file that FFmpeg can read, one after the other. Sound is never read. */
export class FileReader {
  /** Length in ms; 0 when the file does not say. */
  readonly durationMs: number;
  readonly #path: string;
  readonly #context = new FormatContext();
  readonly #packet = new Packet();
  readonly #decoder: PictureDecoder;
  readonly #stream: number;
  readonly #timeBase: Rational;
  readonly #intervalMs: number;
  #count = 0;
  #ended = false;

  /**
   * @param size  What pictures are scaled to.
   * @throws OvertError `FILE_UNREADABLE`, `FILE_WITHOUT_PICTURES`
   */
  constructor(path: string, size?: PictureSize) {
    this.#path = path;
    if (this.#context.openInputSync(path) < 0 || this.#context.findStreamInfoSync() < 0)
      throw new OvertError("FILE_UNREADABLE", `${path} is not a video that FFmpeg can read.`, {
        hint: "Check that it exists and plays elsewhere; a copy that broke off must be made again.",
      });
    this.#stream = this.#context.findBestStream(AVMEDIA_TYPE_VIDEO);
    const stream = this.#context.streams[this.#stream];
    if (!stream) throw new OvertError("FILE_WITHOUT_PICTURES", `${path} holds no pictures.`);
    this.#timeBase = stream.timeBase;
    const { num, den } = stream.avgFrameRate;
    this.#intervalMs = num > 0 ? (1_000 * den) / num : 40;
    this.durationMs = Math.max(0, Number(this.#context.duration) / 1_000);
    const parameters = stream.codecpar;
    this.#decoder = new PictureDecoder(parameters.codecId, (context) => context.parametersToContext(parameters), size);
    this.#packet.alloc();
  }

  /**
   * The next picture, valid until the next call, or null at the end. Its `at` is ms since the file's own zero.
   * @throws OvertError `FILE_DAMAGED`
   */
  next(): DecodedPicture | null {
    try {
      for (;;) {
        const picture = this.#decoder.next();
        if (picture) return this.#timed(picture);
        if (this.#ended) return null;
        this.#feed();
      }
    } catch (cause) {
      throw new OvertError("FILE_DAMAGED", `${this.#path} is damaged after picture ${this.#count}.`, {
        hint: "Nothing of it was left clear; make a new copy of the file.",
        cause,
      });
    }
  }

  close(): void {
    this.#decoder.close();
    this.#packet.free();
    this.#context.closeInputSync();
  }

  #feed(): void {
    this.#packet.unref();
    if (this.#context.readFrameSync(this.#packet) < 0) {
      this.#ended = true;
      this.#decoder.end();
      return;
    }
    if (this.#packet.streamIndex !== this.#stream) return;
    this.#packet.rescaleTs(this.#timeBase, new Rational(1, 1_000));
    this.#decoder.sendPacket(this.#packet);
  }

  #timed(picture: DecodedPicture): DecodedPicture {
    const counted = this.#count++ * this.#intervalMs;
    return picture.at === Number(NO_TIME) ? { ...picture, at: counted } : picture;
  }
}
