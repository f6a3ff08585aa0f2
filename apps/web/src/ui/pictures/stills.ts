import type { CameraId, Instant } from "@overt/core";
import type { Picture } from "@overt/link";
import { PictureDecoder, type ShownPicture } from "./decoder.ts";

interface StillSource {
  still(camera: CameraId, at: Instant): Promise<Picture | null>;
}

/** A still more than this off what was asked for is marked (C38). */
export const STILL_OFF_MS = 3_000;

/**
 * Stills while somebody drags: one request at a time and always for the newest wish, so that a hand that moves fast
 * neither queues up requests nor waits for old ones.
 */
export class Stills {
  readonly #source: StillSource;
  readonly #camera: CameraId;
  readonly #decoder: PictureDecoder;
  #wish: Instant | null = null;
  #busy = false;

  /** @param shown The receiver closes the frame. */
  constructor(source: StillSource, camera: CameraId, shown: (picture: ShownPicture) => void) {
    this.#source = source;
    this.#camera = camera;
    this.#decoder = new PictureDecoder({ shown, failed: () => this.#decoder.reset() }, { leaveOut: false });
  }

  want(at: Instant): void {
    this.#wish = at;
    if (!this.#busy) void this.#work();
  }

  close(): void {
    this.#wish = null;
    this.#decoder.close();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let at = this.#wish; at !== null; at = this.#wish) {
      this.#wish = null;
      // A still that cannot be had leaves the last one standing, under its own time.
      const picture = await this.#source.still(this.#camera, at).catch(() => null);
      if (picture) await this.#decode(picture);
    }
    this.#busy = false;
  }

  async #decode(picture: Picture): Promise<void> {
    this.#decoder.reset();
    this.#decoder.push(picture);
    await this.#decoder.flush().catch(() => this.#decoder.reset());
  }
}
