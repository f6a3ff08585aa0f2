import type { Instant } from "@overt/core";
import type { Picture } from "@overt/link";
import { codecOf } from "./h264.ts";

export interface ShownPicture {
  readonly frame: VideoFrame;
  readonly at: Instant;
  readonly blank: boolean;
}

export interface DecoderListener {
  /** The receiver owns the frame and must close it. */
  shown(picture: ShownPicture): void;
  failed(message: string): void;
}

/** More waiting pictures than this and the decoder is behind: skip to the next key picture. */
const QUEUE_LIMIT = 30;

/** Why pictures cannot be decoded in this browser, or null. Asked before a socket is opened. */
export function decodingProblem(): "insecure" | "no_webcodecs" | null {
  if (!globalThis.isSecureContext) return "insecure";
  return typeof VideoDecoder === "undefined" ? "no_webcodecs" : null;
}

/**
 * Decodes the H.264 pictures of one tile by WebCodecs. Pictures before a key picture are left out; an error throws the
 * decoder away and waits for the next key picture, so that a bad picture costs at most one group.
 */
export class PictureDecoder {
  readonly #listener: DecoderListener;
  readonly #leaveOut: boolean;
  #decoder: VideoDecoder | null = null;
  #codec = "";
  #waitForKey = true;
  readonly #blankAt = new Map<number, boolean>();

  /** @param leaveOut Live pictures may be left out when decoding falls behind; recorded ones may not. */
  constructor(listener: DecoderListener, { leaveOut = true } = {}) {
    this.#listener = listener;
    this.#leaveOut = leaveOut;
  }

  /** Pictures handed over and not yet shown. */
  get queued(): number {
    return this.#decoder?.decodeQueueSize ?? 0;
  }

  push(picture: Picture): void {
    if (this.#leaveOut && this.queued > QUEUE_LIMIT) this.#waitForKey = true;
    if (this.#waitForKey && !picture.key) return;
    if (picture.key && !this.#ready(picture.accessUnit)) return;
    this.#waitForKey = false;
    const timestamp = picture.at * 1000;
    this.#blankAt.set(timestamp, picture.blank);
    this.#decoder?.decode(
      new EncodedVideoChunk({
        type: picture.key ? "key" : "delta",
        timestamp,
        data: picture.accessUnit as Uint8Array<ArrayBuffer>,
      }),
    );
  }

  /** Shows what is still inside, for the end of a stretch. */
  async flush(): Promise<void> {
    if (this.#decoder?.state !== "configured") return;
    await this.#decoder.flush();
    this.#waitForKey = true;
  }

  /** Forgets what is inside; the next picture must be a key picture. */
  reset(): void {
    this.#discard();
  }

  close(): void {
    this.#discard();
  }

  #ready(keyUnit: Uint8Array): boolean {
    const codec = codecOf(keyUnit);
    if (codec === null) {
      this.#listener.failed("A key picture came without its parameter sets.");
      return false;
    }
    if (codec === this.#codec && this.#decoder?.state === "configured") return true;
    this.#discard();
    const decoder = new VideoDecoder({
      output: (frame) => this.#show(frame),
      error: (error) => {
        this.#discard();
        this.#listener.failed(error.message);
      },
    });
    decoder.configure({ codec, optimizeForLatency: true });
    this.#decoder = decoder;
    this.#codec = codec;
    return true;
  }

  #show(frame: VideoFrame): void {
    const blank = this.#blankAt.get(frame.timestamp) ?? false;
    this.#blankAt.delete(frame.timestamp);
    this.#listener.shown({ frame, at: Math.round(frame.timestamp / 1000) as Instant, blank });
  }

  #discard(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
    this.#codec = "";
    this.#waitForKey = true;
    this.#blankAt.clear();
  }
}
