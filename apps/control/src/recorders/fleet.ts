import { asOvertError, type CameraId, type Instant, OvertError } from "@overt/core";
import { decodePicture, type Picture } from "@overt/link";
import { LastGroups } from "./last-groups.ts";
import { RecorderLink, type RecorderView } from "./link.ts";

/** One live picture, decoded once and sent to every viewer as the same bytes. */
export interface LivePicture {
  readonly picture: Picture;
  readonly encoded: Uint8Array;
  readonly heardAt: Instant;
}

/** A console, as the fleet sees it. */
export interface Viewer {
  live(picture: LivePicture): void;
  statusChanged(): void;
}

/** All recorders: who watches what, and which recorder has a camera. */
export class Fleet {
  readonly #links: readonly RecorderLink[];
  readonly #watches = new Map<Viewer, ReadonlySet<CameraId>>();
  readonly #viewersOf = new Map<CameraId, Set<Viewer>>();
  readonly #groups = new LastGroups();
  readonly #now: () => Instant;
  readonly #log: (message: string, detail: object) => void;
  #unreadable = 0;
  readonly #sent = new Map<RecorderLink, string>();

  constructor(
    recorders: readonly { name: string; socketPath: string }[],
    now: () => Instant,
    log: (message: string, detail: object) => void,
  ) {
    const events = { live: (encoded: Uint8Array) => this.#live(encoded), changed: () => this.#changed(), log };
    this.#now = now;
    this.#log = log;
    this.#links = recorders.map((recorder) => new RecorderLink(recorder, events, now));
  }

  views(): RecorderView[] {
    return this.#links.map((link) => link.view());
  }

  /** @throws OvertError `CAMERA_UNKNOWN` */
  linkOf(camera: CameraId): RecorderLink {
    const link = this.#links.find((one) => one.view().status?.cameras.some(({ id }) => id === camera));
    if (link) return link;
    throw new OvertError("CAMERA_UNKNOWN", `No recorder that was heard of has a camera ${camera}.`, {
      hint: "Cameras of a recorder are known once it has connected.",
    });
  }

  /** From now on `viewer` hears of changes. Its live pictures are those of `watch`. */
  join(viewer: Viewer): void {
    this.#watches.set(viewer, new Set());
  }

  leave(viewer: Viewer): void {
    this.watch(viewer, []);
    this.#watches.delete(viewer);
  }

  /** Replaces the cameras of one viewer. New ones start with the last group of pictures, so that none waits for a key. */
  watch(viewer: Viewer, cameras: readonly CameraId[]): void {
    const before = this.#watches.get(viewer) ?? new Set();
    const after = new Set(cameras);
    this.#watches.set(viewer, after);
    for (const camera of before.difference(after)) {
      const viewers = this.#viewersOf.get(camera);
      viewers?.delete(viewer);
      if (viewers?.size === 0) {
        this.#viewersOf.delete(camera);
        this.#groups.forget(camera);
      }
    }
    for (const camera of after.difference(before)) {
      const viewers = this.#viewersOf.get(camera) ?? new Set();
      this.#viewersOf.set(camera, viewers.add(viewer));
      for (const picture of this.#groups.of(camera, this.#now())) viewer.live(picture);
    }
    this.#rewatch();
  }

  close(): void {
    for (const link of this.#links) link.close();
  }

  /** The union of all viewers' cameras, to the recorder that has them. A set that did not change is not sent again. */
  #rewatch(): void {
    for (const link of this.#links) {
      const cameras = (link.view().status?.cameras ?? []).map(({ id }) => id).filter((id) => this.#viewersOf.has(id));
      const key = cameras.join(" ");
      if ((this.#sent.get(link) ?? "") === key) continue;
      this.#sent.set(link, key);
      link.watch(cameras);
    }
  }

  #live(encoded: Uint8Array): void {
    const picture = this.#readable(encoded);
    if (!picture) return;
    const viewers = this.#viewersOf.get(picture.camera);
    if (!viewers) return;
    // A copy of its own: a view would keep the whole chunk of the socket alive as long as the picture.
    const live = { picture, encoded: new Uint8Array(encoded), heardAt: this.#now() };
    this.#groups.add(live);
    for (const viewer of viewers) viewer.live(live);
  }

  /** One camera's damaged picture must not cost everyone its recorder: it is left out, counted and logged. */
  #readable(encoded: Uint8Array): Picture | null {
    try {
      return decodePicture(encoded);
    } catch (thrown) {
      const count = ++this.#unreadable;
      // At 1, 2, 4, 8, …: the log must not grow with the frame rate.
      if ((count & (count - 1)) === 0)
        this.#log("A live picture cannot be read.", { count, problem: asOvertError(thrown).toString() });
      return null;
    }
  }

  #changed(): void {
    this.#rewatch();
    for (const viewer of this.#watches.keys()) viewer.statusChanged();
  }
}
