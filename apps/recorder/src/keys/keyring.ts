import type { CameraId, Instant, OvertError, Track } from "@overt/core";
import type { SealRoster } from "@overt/seal";
import { EpochMaker, type EpochOrder } from "./epoch-maker.ts";
import type { Prepare } from "./key-child.ts";
import type { PeriodKeys } from "./period-key.ts";
import { type Seat, SeatKeys, type SegmentGrant } from "./seat-keys.ts";

/** There is no key now. Nothing is stored in its place: what cannot be sealed becomes a gap. */
export interface NoGrant {
  readonly refused: "no_roster" | "preparing" | "failing" | "unknown_track";
  readonly error: OvertError | null;
}

export interface KeyringOptions {
  /** `keyChild(signingSeed)`. */
  readonly prepare: Prepare;
  readonly periodKeys: PeriodKeys;
  /** `null`: no custodians, so no originals. */
  readonly roster: SealRoster | null;
  /** Trusted time. */
  readonly now: () => Instant;
  readonly epochMs?: number;
  /** How long orders that can wait are gathered for one child. */
  readonly gatherMs?: number;
  readonly retryMs?: number;
}

interface Place {
  readonly keys: SeatKeys;
  readonly order: EpochOrder;
  error: OvertError | null;
}

const EPOCH_MS = 120_000;
const GATHER_MS = 30_000;
const RETRY_MS = 1_000;
const SWEEP_MS = 1_000;

/**
 * Keeps one epoch ahead ready for each track, made by key children, and grants ingest one segment key at a time. It
 * holds segment keys only, and overwrites those that are not used when their epoch is over.
 */
export class Keyring {
  readonly #now: () => Instant;
  readonly #epochMs: number;
  readonly #gatherMs: number;
  readonly #maker: EpochMaker;
  readonly #places = new Map<string, Place>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(options: KeyringOptions) {
    const { prepare, periodKeys, now, retryMs = RETRY_MS } = options;
    this.#now = now;
    this.#epochMs = options.epochMs ?? EPOCH_MS;
    this.#gatherMs = Math.min(options.gatherMs ?? GATHER_MS, this.#epochMs / 4);
    this.#maker = new EpochMaker({ prepare, periodKeys, retryMs }, options.roster);
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Begins to make epochs for a track. A track that is there already begins anew. */
  add(seat: Seat): void {
    this.remove(seat.camera, seat.track);
    const keys = new SeatKeys(seat, this.#epochMs);
    const place: Place = {
      keys,
      error: null,
      order: {
        seat,
        startsAt: () => keys.nextStart(this.#now()),
        deliver: (ready) => {
          place.error = null;
          if (this.#places.get(nameOf(seat)) === place) keys.deliver(ready);
          else for (const { key } of ready.prepared.segments) key.fill(0);
        },
        fail: (error) => {
          place.error = error;
        },
      },
    };
    this.#places.set(nameOf(seat), place);
    this.#orderSpare(place, 0);
  }

  remove(camera: CameraId, track: Track): void {
    const place = this.#places.get(nameOf({ camera, track }));
    if (!place) return;
    this.#places.delete(nameOf({ camera, track }));
    this.#maker.cancel(place.order);
    place.keys.forget();
  }

  /** The next key of the track's epoch, or of the next epoch when this one is over. Never waits. */
  nextSegment(camera: CameraId, track: Track): SegmentGrant | NoGrant {
    const place = this.#places.get(nameOf({ camera, track }));
    if (!place) return { refused: "unknown_track", error: null };
    const now = this.#now();
    const grant = place.keys.grant(now);
    if (grant?.envelopeRecord) this.#orderSpare(place, grant.epochEnds - now > 2 * this.#gatherMs ? this.#gatherMs : 0);
    if (grant) return grant;
    this.#orderSpare(place, 0);
    if (track === "original" && !this.#maker.roster) return { refused: "no_roster", error: null };
    return { refused: place.error ? "failing" : "preparing", error: place.error };
  }

  /** Ends the track's epoch now: at a change of permit, roster or mask, at the start and end of an order. */
  renew(camera: CameraId, track: Track): void {
    this.#places.get(nameOf({ camera, track }))?.keys.endEpoch();
  }

  /** From now on originals are split to `roster`; what was made for another one is not used any more. */
  setRoster(roster: SealRoster | null): void {
    this.#maker.roster = roster;
    for (const place of this.#places.values()) {
      if (place.keys.seat.track !== "original") continue;
      place.keys.forget();
      this.#orderSpare(place, 0);
    }
  }

  /** Settles when the track has an epoch, or is removed. The next `nextSegment` may still be refused: ask it. */
  async ready(camera: CameraId, track: Track): Promise<void> {
    await this.#places.get(nameOf({ camera, track }))?.keys.ready();
  }

  /** Tracks that wait for a key because something fails, for the health page. */
  get failing(): readonly { readonly seat: Seat; readonly error: OvertError }[] {
    return [...this.#places.values()].flatMap(({ keys: { seat }, error }) => (error ? [{ seat, error }] : []));
  }

  /** Overwrites every key that was not granted. */
  close(): void {
    clearInterval(this.#sweeping);
    this.#maker.close();
    for (const { keys } of this.#places.values()) keys.forget();
    this.#places.clear();
  }

  #orderSpare(place: Place, withinMs: number): void {
    if (place.keys.hasSpare || (place.keys.seat.track === "original" && !this.#maker.roster)) return;
    this.#maker.order(place.order, withinMs);
  }

  /** A camera that fell silent asks for no segment; its keys must not stay for that. */
  #sweep(): void {
    for (const place of this.#places.values()) {
      place.keys.expire(this.#now());
      if (!place.keys.hasSpare) this.#orderSpare(place, this.#gatherMs);
    }
  }
}

const nameOf = ({ camera, track }: { camera: CameraId; track: Track }): string => `${track}/${camera}`;
