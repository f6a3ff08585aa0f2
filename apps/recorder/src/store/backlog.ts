import type { CameraId, GapCause, Instant, OvertError, SegmentId, Track } from "@overt/core";
import type { StoreQuestion } from "./messages.ts";

/** What was handed over and is not yet durable: it is sent again when the writer had to be started again. */
export interface Kept {
  readonly question: StoreQuestion;
  readonly records: readonly Uint8Array[];
  readonly bytes: number;
  /** `null` for what is no footage. */
  readonly camera: CameraId | null;
  /** `performance.now()` at hand-over. */
  readonly since: number;
  readonly done: () => void;
  readonly failed: (error: OvertError) => void;
}

/** Beyond this, only what all else is useless without (segment headers, envelopes) is taken on top of the bound. */
const ESSENTIAL_SHARE = 1.25;
/** About a fragment of a camera of 2 Mbit/s. */
const LEAST_BYTES = 2 ** 18;
/** Segments whose rest is refused, remembered. A camera has one or two. */
const BROKEN_KEPT = 4_096;
/** What happened to the gaps of one track, remembered in full: a camera that comes and goes, for half an hour. */
const GAP_ACTS_KEPT = 64;

/** Bounded, and fair: over half full, no camera may hold more than its equal share (sto-09). */
export class Backlog {
  readonly #limitBytes: number;
  readonly #kept = new Set<Kept>();
  readonly #byCamera = new Map<CameraId, number>();
  readonly #gapActs = new Map<string, Set<Kept>>();
  readonly #broken = new Map<SegmentId, GapCause | "backlog">();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many wait, of all kinds. */
  get size(): number {
    return this.#kept.size;
  }

  /** How long the oldest has waited. */
  oldestMs(): number {
    const [oldest] = this.#kept;
    return oldest ? performance.now() - oldest.since : 0;
  }

  /** In the order of hand-over. */
  [Symbol.iterator](): Iterator<Kept> {
    return [...this.#kept].values();
  }

  /**
   * @param essential These are no pictures.
   * @returns why they are refused: the cause that broke their segment, or `backlog` when there is no room; else null
   */
  refuses(camera: CameraId, segment: SegmentId | null, bytes: number, essential: boolean): GapCause | "backlog" | null {
    const broken = segment === null ? undefined : this.#broken.get(segment);
    if (broken) return broken;
    if (this.#hasRoom(camera, bytes, essential)) return null;
    if (segment !== null) this.breakSegment(segment, "backlog");
    return "backlog";
  }

  /** No room even for a little of this camera. */
  isFull(camera: CameraId): boolean {
    return !this.#hasRoom(camera, LEAST_BYTES, false);
  }

  /** From now on the rest of this segment is refused: a segment has no holes. */
  breakSegment(segment: SegmentId, cause: GapCause | "backlog"): void {
    this.#broken.set(segment, cause);
    if (this.#broken.size > BROKEN_KEPT) this.#broken.delete(this.#broken.keys().next().value as SegmentId);
  }

  keep(kept: Kept): void {
    this.#kept.add(kept);
    this.#count(kept, 1);
    const track = gapTrackOf(kept);
    if (track) this.#gapActs.set(track, (this.#gapActs.get(track) ?? new Set()).add(kept));
  }

  release(kept: Kept): void {
    if (!this.#kept.delete(kept)) return;
    this.#count(kept, -1);
    const track = gapTrackOf(kept) ?? "";
    const acts = this.#gapActs.get(track);
    acts?.delete(kept);
    if (acts?.size === 0) this.#gapActs.delete(track);
  }

  /**
   * For a gap of another cause that begins where one ends, of a track of which too much is kept already: the end is
   * taken back, so that the earlier gap goes on. Only while no writer knows of that end.
   *
   * @returns whether it was taken back: the new gap must not be kept then
   */
  takeBackEnd(camera: CameraId, track: Track, at: Instant): boolean {
    const acts = [...(this.#gapActs.get(gapTrack(camera, track)) ?? [])];
    const last = acts.at(-1);
    if (!last || acts.length <= GAP_ACTS_KEPT || last.question.op !== "gap_close" || last.question.at !== at)
      return false;
    this.release(last);
    last.done();
    return true;
  }

  #hasRoom(camera: CameraId, bytes: number, essential: boolean): boolean {
    if (essential) return this.#bytes + bytes <= this.#limitBytes * ESSENTIAL_SHARE;
    if (this.#bytes + bytes <= this.#limitBytes / 2) return true;
    const own = this.#byCamera.get(camera) ?? 0;
    const cameras = this.#byCamera.size + (own === 0 ? 1 : 0);
    return this.#bytes + bytes <= this.#limitBytes && own + bytes <= this.#limitBytes / cameras;
  }

  #count({ camera, bytes }: Kept, sign: 1 | -1): void {
    this.#bytes += sign * bytes;
    if (camera === null) return;
    const own = (this.#byCamera.get(camera) ?? 0) + sign * bytes;
    if (own > 0) this.#byCamera.set(camera, own);
    else this.#byCamera.delete(camera);
  }
}

const gapTrack = (camera: CameraId, track: Track): string => `${camera}/${track}`;

const gapTrackOf = ({ question }: Kept): string | null =>
  question.op === "gap_open" || question.op === "gap_close" ? gapTrack(question.camera, question.track) : null;
