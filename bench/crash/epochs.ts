import { createHash, randomBytes } from "node:crypto";
import { type CameraId, type EpochId, type Instant, instant, type SegmentId, toHex } from "@overt/core";
import type { NoGrant } from "@overt/recorder/keys/keyring";
import type { SegmentGrant } from "@overt/recorder/keys/seat-keys";
import type { KeeperClient } from "@overt/recorder/keystore/client";
import { nativeCrc32c } from "@overt/recorder/store/entry";
import { encodeEnvelopeRecord, newKey } from "@overt/seal";
import { say } from "./marks.ts";

/** Years of a key store in seconds: an epoch of 2 min, a period of 1 h, and retention of a day. */
const EPOCH_MS = 1_500;
const PERIOD_MS = 3_000;
const RETENTION_MS = 6_000;

interface Epoch {
  readonly id: EpochId;
  readonly ends: Instant;
  readonly period: Period;
  envelope: Uint8Array | null;
}

export interface Period {
  readonly periodStart: Instant;
  readonly expiry: Instant;
}

/** The epochs of one track under real period keys. Their own keys are random: no custodian will ever open these. */
export class Epochs {
  readonly #camera: CameraId;
  readonly #keeper: KeeperClient;
  readonly #periods = new Map<EpochId, Period>();
  #current: Epoch | null = null;
  #next: Epoch | null = null;
  #preparing: Promise<void> | null = null;

  constructor(camera: CameraId, keeper: KeeperClient) {
    this.#camera = camera;
    this.#keeper = keeper;
  }

  periodOf(epoch: EpochId): Period {
    return this.#periods.get(epoch) as Period;
  }

  /** Sees to it that the next epoch is ready when this one ends. */
  prepare(now: Instant): Promise<void> {
    if (this.#next && this.#next.ends > now) return Promise.resolve();
    this.#preparing ??= this.#make(now).finally(() => {
      this.#preparing = null;
    });
    return this.#preparing;
  }

  /** The envelope of the running epoch is gone. */
  renew(): void {
    this.#current = null;
  }

  grant(now: Instant): SegmentGrant | NoGrant {
    if (!this.#current || this.#current.ends <= now) {
      if (!this.#next || this.#next.ends <= now) return { refused: "preparing", error: null };
      this.#current = this.#next;
      this.#next = null;
    }
    const { id: epoch, ends: epochEnds, envelope: envelopeRecord } = this.#current;
    this.#current.envelope = null;
    return { epoch, segment: toHex(randomBytes(32)) as SegmentId, key: newKey(), epochEnds, envelopeRecord };
  }

  async #make(now: Instant): Promise<void> {
    const start = this.#current && this.#current.ends > now ? this.#current.ends : now;
    const periodStart = instant(Math.floor(start / PERIOD_MS) * PERIOD_MS);
    const period = { periodStart, expiry: instant(periodStart + PERIOD_MS + RETENTION_MS) };
    const key = await this.#keeper.ensure(this.#camera, periodStart, period.expiry);
    say({ said: "key", camera: this.#camera, ...period, sha256: createHash("sha256").update(key).digest("hex") });
    const epoch = toHex(randomBytes(16)) as EpochId;
    this.#periods.set(epoch, period);
    const head = {
      camera: this.#camera,
      track: "original",
      epoch,
      start,
      periodStart,
      nonce: randomBytes(12),
    } as const;
    const envelope = encodeEnvelopeRecord(head, randomBytes(900), nativeCrc32c);
    const ends = instant((Math.floor(start / EPOCH_MS) + 1) * EPOCH_MS);
    this.#next = { id: epoch, ends, period, envelope };
  }
}
