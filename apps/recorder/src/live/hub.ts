import type { CameraId } from "@overt/core";
import { encodePicture, type Picture } from "@overt/link";

type Viewer = (encoded: Uint8Array, picture: Picture) => void;

/** Four times the longest key interval of the anonymised track at 15 fps: more means that no key picture comes. */
const GROUP_LIMIT = 128;

/**
 * Hands each anonymised picture to whoever watches its camera. A new viewer gets the group of pictures under way first,
 * so that it sees something at once. Encoded once, however many watch.
 */
export class LiveHub {
  readonly #viewers = new Map<CameraId, Set<Viewer>>();
  readonly #groups = new Map<CameraId, { encoded: Uint8Array; picture: Picture }[]>();
  #shown = true;

  /** Whether anything is shown at all: live view is given up while energy is short. */
  setShown(shown: boolean): void {
    this.#shown = shown;
    if (!shown) this.#groups.clear();
  }

  publish(picture: Picture): void {
    if (!this.#shown) return;
    const encoded = encodePicture(picture);
    this.#remember(picture, encoded);
    for (const viewer of this.#viewers.get(picture.camera) ?? []) viewer(encoded, picture);
  }

  /** @returns how to stop watching. */
  watch(camera: CameraId, viewer: Viewer): () => void {
    const viewers = this.#viewers.get(camera) ?? new Set();
    this.#viewers.set(camera, viewers);
    for (const { encoded, picture } of this.#groups.get(camera) ?? []) viewer(encoded, picture);
    viewers.add(viewer);
    return () => viewers.delete(viewer);
  }

  /** The last key picture, to show while moving ones are on their way. */
  lastKey(camera: CameraId): Picture | null {
    return this.#groups.get(camera)?.[0]?.picture ?? null;
  }

  forget(camera: CameraId): void {
    this.#groups.delete(camera);
  }

  #remember(picture: Picture, encoded: Uint8Array): void {
    const group = this.#groups.get(picture.camera);
    if (picture.key) this.#groups.set(picture.camera, [{ encoded, picture }]);
    else if (group && group.length < GROUP_LIMIT) group.push({ encoded, picture });
    else this.#groups.delete(picture.camera);
  }
}
