import {
  asOvertError,
  type CameraId,
  type DurationMs,
  type GapCause,
  type Instant,
  type OvertError,
} from "@overt/core";
import { H264_NAL, joinAnnexB, nalType, splitAnnexB, type VideoFormat, videoFormat } from "@overt/media/codec";
import type { Permit } from "@overt/rules";
import type { AnonymisedPicture, AnonymiserPool, AnonymiserState } from "../anonymiser/index.ts";
import type { GroundFiles } from "../anonymiser/ground-file.ts";
import type { LiveHub } from "../live/hub.ts";
import { MOVING, type Pace } from "../tracks/fragmenter.ts";
import type { SealedTrack } from "../tracks/sealed-track.ts";
import type { TakenUnit } from "./stream-intake.ts";

export interface AnonymisedPathOptions {
  readonly camera: CameraId;
  readonly pool: AnonymiserPool;
  readonly grounds: GroundFiles;
  readonly hub: LiveHub;
  readonly track: SealedTrack;
  readonly now: () => Instant;
  readonly onError: (error: OvertError) => void;
}

/** They stand in the init segment, not in the samples. */
const OUTSIDE_SAMPLES: readonly number[] = [H264_NAL.sps, H264_NAL.pps, H264_NAL.aud];
const TICKS_PER_MS = 90;
const SLOW_EVERY_MS: DurationMs = 10_000;
/** A store or key place that takes long must not fill the memory meanwhile. */
const EARLY_LIMIT = 300;

const stillEveryMs = (permit: Permit): DurationMs => permit.stillEveryMs ?? SLOW_EVERY_MS;

/** Clear pictures into the anonymiser; what comes out goes to whoever watches and to the anonymised track. */
export class AnonymisedPath {
  readonly #options: AnonymisedPathOptions;
  #permit: Permit | null = null;
  #open = false;
  #opening = 0;
  /** Pictures since the last key picture, while the anonymiser is being opened: a camera may send no other for minutes. */
  #early: Parameters<AnonymiserPool["feed"]>[1][] | null = null;
  #state: AnonymiserState = { state: "off", problem: null };
  #outFormat = "";
  #waitForKey = true;
  #cameraOffsetMs: number | null = null;
  #slow = false;

  constructor(options: AnonymisedPathOptions) {
    this.#options = options;
  }

  get state(): AnonymiserState {
    return this.#state;
  }

  /** The stream's format is known or has changed: the anonymiser begins with it. */
  async begin(format: VideoFormat, permit: Permit): Promise<void> {
    const opening = ++this.#opening;
    if (permit.anonymisedMode !== "none") this.#early = [];
    await this.#closePool();
    this.#permit = permit;
    if (permit.anonymisedMode === "none") return;
    // Without its ground it learns anew; it must not stay dark for that.
    const ground = await this.#options.grounds.load(this.#options.camera, permit).catch((thrown: unknown) => {
      this.#options.onError(asOvertError(thrown));
      return undefined;
    });
    if (opening !== this.#opening) return;
    const { vps, sps, pps } = format.parameterSets;
    this.#options.pool.open(this.#options.camera, {
      codec: format.codec,
      parameterSets: joinAnnexB([...vps, ...sps, ...pps]),
      look: permit.look,
      asked: permit.anonymisedMode,
      slowEveryMs: stillEveryMs(permit),
      privateSpaces: permit.privateSpaces,
      ...(ground ? { ground } : {}),
    });
    this.#open = true;
    for (const picture of this.#early ?? []) this.#options.pool.feed(this.#options.camera, picture);
    this.#early = null;
  }

  feed({ unit, at, cameraOffsetMs }: TakenUnit): void {
    this.#cameraOffsetMs = cameraOffsetMs;
    if (!this.#open && !this.#early) return;
    const picture = { at, key: unit.key, accessUnit: joinAnnexB(unit.nals) };
    if (this.#early) this.#wait(picture);
    else this.#options.pool.feed(this.#options.camera, picture);
  }

  #wait(picture: Parameters<AnonymiserPool["feed"]>[1]): void {
    if (picture.key) this.#early = [picture];
    else if (this.#early && this.#early.length > 0 && this.#early.length < EARLY_LIMIT) this.#early.push(picture);
    else this.#early = [];
  }

  /** No pictures come. What is learnt stays learnt. */
  interrupt(cause: GapCause): void {
    this.#waitForKey = true;
    this.#options.track.interrupt(cause);
  }

  /** The stream must not be shown, because of `cause`, until it begins with another format. */
  async withhold(cause: GapCause): Promise<void> {
    this.#opening++;
    this.#early = null;
    await this.#closePool();
    this.#options.hub.forget(this.#options.camera);
    this.interrupt(cause);
  }

  /** @param denied  the permit is gone: what was learnt since is not kept either */
  async end({ denied }: { denied: boolean }): Promise<void> {
    this.#opening++;
    this.#early = null;
    if (denied) this.#permit = null;
    await this.#closePool();
    this.#options.hub.forget(this.#options.camera);
  }

  /** From the pool. Blank pictures are shown, so that a screen can say why; they are not worth recording. */
  take(picture: AnonymisedPicture): void {
    if (!this.#open) return;
    const { camera, hub, track } = this.#options;
    hub.publish({ camera, stream: 0, ...picture });
    this.#followPace();
    if (picture.blank) {
      this.#waitForKey = true;
      track.interrupt("relearning");
      return;
    }
    if (this.#waitForKey && !picture.key) return;
    this.#waitForKey = false;
    const nals = splitAnnexB(picture.accessUnit);
    if (picture.key) this.#followFormat(nals);
    track.push(
      {
        nals: nals.filter((nal) => !OUTSIDE_SAMPLES.includes(nalType("h264", nal))),
        key: picture.key,
        decodeTicks: picture.at * TICKS_PER_MS,
        compositionOffsetTicks: 0,
        at: picture.at,
      },
      this.#cameraOffsetMs,
    );
  }

  /** From the pool. */
  changed(state: AnonymiserState): void {
    this.#state = state;
    const cause = causeOf(state);
    if (cause && this.#open) this.interrupt(cause);
  }

  async saveGround(ground: Uint8Array): Promise<void> {
    const { grounds, camera, now } = this.#options;
    if (this.#permit) await grounds.save(camera, ground, this.#permit, now());
  }

  #followFormat(nals: readonly Uint8Array[]): void {
    const sps = nals.filter((nal) => nalType("h264", nal) === H264_NAL.sps);
    const pps = nals.filter((nal) => nalType("h264", nal) === H264_NAL.pps);
    const name = [...sps, ...pps].map((nal) => Buffer.from(nal).toString("latin1")).join();
    if (name === this.#outFormat) return;
    const format = videoFormat("h264", { vps: [], sps, pps });
    if (!format) return;
    this.#outFormat = name;
    this.#options.track.setFormat(format);
  }

  #followPace(): void {
    const slow = this.#options.pool.statusOf(this.#options.camera)?.mode === "slow";
    if (slow === this.#slow) return;
    this.#slow = slow;
    this.#options.track.setPace(slow ? this.#still() : MOVING);
  }

  #still(): Pace {
    const everyMs = this.#permit ? stillEveryMs(this.#permit) : SLOW_EVERY_MS;
    return { longestMs: everyMs * 2, guessMs: everyMs };
  }

  async #closePool(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#waitForKey = true;
    await this.#options.pool.close(this.#options.camera);
  }
}

function causeOf({ state }: AnonymiserState): GapCause | null {
  switch (state) {
    case "learning":
    case "relearning":
      return "relearning";
    case "failed":
      return "process_down";
    case "off":
      return "no_room";
    case "showing":
      return null;
  }
}
