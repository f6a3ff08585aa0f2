import { asOvertError, type CameraId, type DurationMs, type Instant, instant, type OvertError } from "@overt/core";
import type { Picture } from "@overt/link";
import type { Centre } from "../centre/centre.ts";
import { PictureDecoder, type ShownPicture } from "./decoder.ts";
import { PictureCache } from "./picture-cache.ts";

export interface PlayerState {
  /** Time of the picture that is shown; null before the first one. */
  readonly at: Instant | null;
  readonly playing: boolean;
  readonly loading: boolean;
  readonly speed: number;
  /** The newest picture is shown. */
  readonly ended: boolean;
  readonly error: OvertError | null;
  /** The stretch without pictures that playing just jumped over. */
  readonly skipped: { readonly from: Instant; readonly to: Instant } | null;
}

export interface PlayerListener {
  /** The receiver closes the frame. */
  shown(picture: ShownPicture): void;
  state(state: PlayerState): void;
}

const CHUNK_MS: DurationMs = 10_000;
/** A hole below this is played through: cameras drop pictures. */
const HOLE_MS: DurationMs = 2_000;
/** From this speed on only key pictures are decoded. */
const KEYS_ONLY_SPEED = 8;
const START: PlayerState = {
  at: null,
  playing: false,
  loading: false,
  speed: 1,
  ended: false,
  error: null,
  skipped: null,
};

/**
 * Plays what is recorded of one camera: seek, play at a speed, step a picture either way. The position moves only by
 * what the operator does or by playing on; new footage never moves it.
 */
export class Player {
  readonly #centre: Centre;
  readonly #camera: CameraId;
  readonly #listener: PlayerListener;
  readonly #cache = new PictureCache();
  readonly #decoder: PictureDecoder;
  #state = START;
  /** Frames before this one are decoded but not shown. */
  #target: Instant | null = null;
  #fed: Picture | null = null;
  #playFrom: { position: Instant; wallMs: number } | null = null;
  #frameRequest = 0;
  #seek = 0;
  #loading: Promise<void> | null = null;

  constructor(centre: Centre, camera: CameraId, listener: PlayerListener) {
    this.#centre = centre;
    this.#camera = camera;
    this.#listener = listener;
    this.#decoder = new PictureDecoder({
      shown: (picture) => this.#shown(picture),
      failed: (message) => this.#tell({ error: asOvertError(new Error(message), "PICTURE_UNDECODABLE") }),
    });
  }

  /** Shows the last picture at or before `at`, or the next one when a gap is there. */
  async seek(at: Instant): Promise<void> {
    const seek = ++this.#seek;
    this.#playFrom = null;
    this.#tell({ loading: true, error: null, skipped: null, ended: false });
    try {
      if (!this.#cache.covers(at)) await this.#load(at);
      if (seek !== this.#seek) return;
      const found = this.#cache.atOrBefore(at) ?? this.#cache.after(at);
      if (found) await this.#showOne(found);
      else this.#tell({ at });
    } catch (thrown) {
      if (seek === this.#seek) this.#tell({ error: asOvertError(thrown) });
    } finally {
      if (seek === this.#seek) {
        this.#tell({ loading: false });
        if (this.#state.playing) this.#run();
      }
    }
  }

  play(): void {
    if (this.#state.playing || this.#state.at === null) return;
    this.#tell({ playing: true, ended: false });
    this.#run();
  }

  pause(): void {
    cancelAnimationFrame(this.#frameRequest);
    this.#playFrom = null;
    this.#tell({ playing: false });
  }

  setSpeed(speed: number): void {
    this.#tell({ speed });
    if (this.#state.playing) this.#run();
  }

  /** One picture on or back. */
  async step(direction: 1 | -1): Promise<void> {
    this.pause();
    const { at } = this.#state;
    if (at === null) return;
    const seek = ++this.#seek;
    try {
      const wanted = direction === 1 ? this.#cache.after(at) : this.#cache.before(at);
      if (!wanted) await this.#load(instant(direction === 1 ? at + 1 : at - CHUNK_MS / 2));
      const found = wanted ?? (direction === 1 ? this.#cache.after(at) : this.#cache.before(at));
      if (seek !== this.#seek) return;
      if (found) await this.#showOne(found);
      else this.#tell({ ended: direction === 1 });
    } catch (thrown) {
      this.#tell({ error: asOvertError(thrown) });
    }
  }

  close(): void {
    this.#seek++;
    cancelAnimationFrame(this.#frameRequest);
    this.#decoder.close();
  }

  /** Decodes from the key picture on, so that exactly `picture` is shown. */
  async #showOne(picture: Picture): Promise<void> {
    const forward =
      this.#fed !== null && picture.at > this.#fed.at ? this.#cache.between(this.#fed.at, picture.at) : null;
    const group = forward && !forward.some(({ key }) => key) ? forward : this.#cache.groupUpTo(picture);
    if (group !== forward) this.#decoder.reset();
    this.#target = picture.at;
    for (const each of group) this.#decoder.push(each);
    await this.#decoder.flush();
    // A flushed decoder wants a key picture next.
    this.#fed = null;
    this.#tell({ at: picture.at });
  }

  #run(): void {
    if (this.#state.at === null) return;
    this.#playFrom = { position: this.#state.at, wallMs: performance.now() };
    this.#fed = null;
    cancelAnimationFrame(this.#frameRequest);
    this.#frameRequest = requestAnimationFrame(() => this.#advance());
  }

  #advance(): void {
    if (!this.#playFrom || !this.#state.playing) return;
    const position = this.#position();
    this.#prefetch(position);
    this.#feedUpTo(position);
    this.#frameRequest = requestAnimationFrame(() => this.#advance());
  }

  #position(): Instant {
    const from = this.#playFrom as { position: Instant; wallMs: number };
    return instant(from.position + (performance.now() - from.wallMs) * this.#state.speed);
  }

  #feedUpTo(position: Instant): void {
    const start = this.#fed ?? this.#cache.atOrBefore(this.#state.at ?? position);
    if (!start) return;
    const due = this.#fed ? this.#cache.between(start.at, position) : this.#cache.groupUpTo(start);
    if (!this.#fed) {
      this.#decoder.reset();
      this.#target = start.at;
    }
    const keysOnly = this.#state.speed >= KEYS_ONLY_SPEED;
    for (const picture of due) {
      if (!keysOnly || picture.key || !this.#fed) this.#decoder.push(picture);
      this.#fed = picture;
    }
    if (due.length === 0) this.#overHole(position);
  }

  /** Nothing for a while though pictures lie behind it: the position jumps there and the hole is named. */
  #overHole(position: Instant): void {
    const from = this.#fed?.at ?? position;
    if (position - from < HOLE_MS || this.#loading) return;
    const next = this.#cache.after(from);
    if (!next) return;
    this.#tell({ skipped: { from, to: next.at } });
    this.#playFrom = { position: next.at, wallMs: performance.now() };
  }

  #prefetch(position: Instant): void {
    const reach = this.#cache.coveredTo(position);
    if (this.#loading || reach - position > (CHUNK_MS / 2) * Math.max(1, this.#state.speed)) return;
    if (reach >= this.#centre.now() - 1_500) {
      if (this.#fed && position - this.#fed.at > HOLE_MS) this.#atEnd();
      return;
    }
    void this.#load(reach).catch((thrown: unknown) => {
      this.pause();
      this.#tell({ error: asOvertError(thrown) });
    });
  }

  #atEnd(): void {
    this.pause();
    this.#tell({ ended: true });
  }

  /** Reads from `from` on; over an empty stretch it asks for the next one that holds something. */
  #load(from: Instant): Promise<void> {
    const load = async (): Promise<void> => {
      let at = from;
      const newest = this.#centre.now();
      for (;;) {
        const to = instant(Math.min(at + CHUNK_MS * Math.max(1, Math.min(this.#state.speed, 4)), newest));
        if (to <= at) return;
        const pictures: Picture[] = [];
        await this.#centre.read(this.#camera, at, to, (picture) => pictures.push(picture));
        this.#cache.add(at, to, pictures);
        if (pictures.some((picture) => picture.at >= at)) return;
        const next = await this.#nextRecorded(to, newest);
        if (next === null) return;
        this.#cache.add(to, next, []);
        at = next;
      }
    };
    this.#loading = load().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #nextRecorded(after: Instant, newest: Instant): Promise<Instant | null> {
    if (after >= newest) return null;
    const { anonymised } = await this.#centre.timeline(this.#camera, after, newest);
    const starts = anonymised.segments.filter(({ to }) => to > after).map(({ from }) => Math.max(from, after));
    return starts.length === 0 ? null : instant(Math.min(...starts));
  }

  #shown(picture: ShownPicture): void {
    if (this.#target !== null && picture.at < this.#target) {
      picture.frame.close();
      return;
    }
    this.#target = null;
    this.#listener.shown(picture);
    if (this.#state.playing) this.#tell({ at: picture.at });
  }

  #tell(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listener.state(this.#state);
  }
}
