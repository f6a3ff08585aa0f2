import type { CameraId, DurationMs, Instant } from "@overt/core";

/** A message on its way to one viewer. Live pictures may be left out; everything else is sent or the viewer is closed. */
export interface Parcel {
  readonly bytes: Uint8Array;
  readonly kind: "text" | "picture";
  /** The camera of a live picture. */
  readonly live: { readonly camera: CameraId; readonly key: boolean } | null;
  readonly since: Instant;
}

export interface OutboxRules {
  /** What one viewer may cost in memory (`cases.md` rec-09). */
  readonly limitBytes: number;
  readonly limitMs: DurationMs;
  /** From this age on an older group gives way to a newer key picture, so that the delay does not grow (mse-08). */
  readonly lateMs: DurationMs;
}
export const OUTBOX_RULES: OutboxRules = { limitBytes: 8 * 1024 * 1024, limitMs: 5_000, lateMs: 1_000 };

/**
 * What waits for one viewer, in order. When the viewer's link is slower than its pictures, whole groups are left out:
 * a decoder must never see a group with a hole.
 */
export class Outbox {
  readonly #rules: OutboxRules;
  #parcels: Parcel[] = [];
  #bytes = 0;
  /** Cameras whose group was broken: nothing of them is taken until their next key picture. */
  readonly #broken = new Set<CameraId>();
  readonly #dropped = new Map<CameraId, number>();

  constructor(rules: OutboxRules = OUTBOX_RULES) {
    this.#rules = rules;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false when what may not be left out does not fit: the viewer must be closed. */
  push(parcel: Parcel): boolean {
    const now = parcel.since;
    const { live } = parcel;
    if (live?.key) this.#startGroup(live.camera, now);
    else if (live && this.#broken.has(live.camera)) return this.#count(live.camera, 1);
    if (this.#isOver(parcel.bytes.length, now)) this.#leaveOutLive();
    if (live && this.#broken.has(live.camera) && !live.key) return this.#count(live.camera, 1);
    if (this.#isOver(parcel.bytes.length, now)) {
      if (!live) return false;
      this.#broken.add(live.camera);
      return this.#count(live.camera, 1);
    }
    if (live?.key) this.#broken.delete(live.camera);
    this.#parcels.push(parcel);
    this.#bytes += parcel.bytes.length;
    return true;
  }

  shift(): Parcel | undefined {
    const parcel = this.#parcels.shift();
    if (parcel) this.#bytes -= parcel.bytes.length;
    return parcel;
  }

  /** Forgets the live pictures of a camera that is not watched any more. */
  forget(camera: CameraId): void {
    this.#remove((parcel) => parcel.live?.camera === camera);
    this.#broken.delete(camera);
    this.#dropped.delete(camera);
  }

  /** How many pictures were left out of each camera since the last call. */
  takeDropped(): Map<CameraId, number> {
    const dropped = new Map(this.#dropped);
    this.#dropped.clear();
    return dropped;
  }

  #startGroup(camera: CameraId, now: Instant): void {
    const oldest = this.#parcels[0];
    if (!oldest || now - oldest.since < this.#rules.lateMs) return;
    const left = this.#remove((parcel) => parcel.live?.camera === camera);
    if (left > 0) this.#count(camera, left);
  }

  #isOver(moreBytes: number, now: Instant): boolean {
    const oldest = this.#parcels[0];
    if (this.#bytes + moreBytes > this.#rules.limitBytes) return true;
    return oldest !== undefined && now - oldest.since > this.#rules.limitMs && oldest.live !== null;
  }

  #leaveOutLive(): void {
    this.#remove(({ live }) => {
      if (!live) return false;
      this.#broken.add(live.camera);
      this.#count(live.camera, 1);
      return true;
    });
  }

  #remove(which: (parcel: Parcel) => boolean): number {
    const before = this.#parcels.length;
    this.#parcels = this.#parcels.filter((parcel) => {
      if (!which(parcel)) return true;
      this.#bytes -= parcel.bytes.length;
      return false;
    });
    return before - this.#parcels.length;
  }

  #count(camera: CameraId, pictures: number): true {
    this.#dropped.set(camera, (this.#dropped.get(camera) ?? 0) + pictures);
    return true;
  }
}
