import type { CameraId, DurationMs, Instant } from "@overt/core";
import type { LivePicture } from "./fleet.ts";

/** A group longer than this is not kept whole: a new viewer then waits for its next key picture. */
const GROUP_LIMIT_BYTES = 4 * 1024 * 1024;

/** A camera that has stopped, because it was shut for example, shows nothing to a page that comes later. */
const STALE_AFTER_MS: DurationMs = 3_000;

/** The pictures since the last key picture of each watched camera. */
export class LastGroups {
  readonly #groups = new Map<CameraId, { pictures: LivePicture[]; bytes: number }>();

  add(live: LivePicture): void {
    const { camera, key } = live.picture;
    if (key) this.#groups.set(camera, { pictures: [], bytes: 0 });
    const group = this.#groups.get(camera);
    if (!group) return;
    group.pictures.push(live);
    group.bytes += live.encoded.length;
    if (group.bytes > GROUP_LIMIT_BYTES) this.#groups.delete(camera);
  }

  of(camera: CameraId, now: Instant): readonly LivePicture[] {
    const pictures = this.#groups.get(camera)?.pictures ?? [];
    const newest = pictures.at(-1);
    return newest && now - newest.heardAt < STALE_AFTER_MS ? pictures : [];
  }

  forget(camera: CameraId): void {
    this.#groups.delete(camera);
  }
}
