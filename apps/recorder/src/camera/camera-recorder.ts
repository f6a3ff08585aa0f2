import { asOvertError, type GapCause, OvertError, type Track } from "@overt/core";
import type { CameraStatus, TrackStatus } from "@overt/link";
import type { VideoFormat } from "@overt/media/codec";
import { type Permit, type PermitDenial, periodMs, permitDecision, privateSpacesFit } from "@overt/rules";
import type { AnonymisedPicture, AnonymiserState } from "../anonymiser/index.ts";
import type { CameraConfig } from "../config.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { KeepRule } from "../store/shares.ts";
import type { SealedTrack } from "../tracks/sealed-track.ts";
import { AnonymisedPath } from "./anonymised-path.ts";
import { anonymiserOff, cameraProblem, trackStatus } from "./camera-status.ts";
import { CameraLogin } from "./login-budget.ts";
import { PermitFile } from "./permit-file.ts";
import { StreamIntake, type TakenUnit } from "./stream-intake.ts";
import type { Surroundings } from "./surroundings.ts";
import { type TrackRoom, trackRoom } from "./track-room.ts";

const PERMIT_EVERY_MS = 1_000;
const LOOK_AGAIN_MS = 60_000;

/** One camera: as long as its permit holds, both its streams come in and both its tracks are made. */
export class CameraRecorder {
  readonly config: CameraConfig;
  readonly #around: Surroundings;
  readonly #permitFile: PermitFile;
  readonly #tracks: Record<Track, TrackRoom>;
  readonly #anonymised: AnonymisedPath;
  readonly #login: CameraLogin | undefined;
  #permit: Permit | null = null;
  #denial: PermitDenial | null = null;
  #main: StreamIntake | null = null;
  #sub: StreamIntake | null = null;
  #running = false;
  /** Given up while energy is short. */
  #shed: ReadonlySet<Track> = new Set();
  /** Remembered after a denial: a picture that was too wide must not be let in again to be looked at. */
  #picture: { width: number; height: number } | null = null;
  #errors: Record<Track, OvertError | null> = { original: null, anonymised: null };
  #permitDueMs = 0;
  #lookAgainMs = 0;
  #changing: Promise<void> = Promise.resolve();

  constructor(config: CameraConfig, around: Surroundings) {
    this.config = config;
    this.#around = around;
    this.#permitFile = new PermitFile(config.permit, around.overseer);
    this.#tracks = {
      original: trackRoom(config.id, "original", around),
      anonymised: trackRoom(config.id, "anonymised", around),
    };
    const { pool, grounds, hub, onError, clock } = around;
    this.#anonymised = new AnonymisedPath({
      camera: config.id,
      pool,
      grounds,
      hub,
      track: this.#tracks.anonymised.sealed,
      now: clock.now,
      onError,
    });
    const { username, password = "" } = config;
    this.#login = username === undefined ? undefined : new CameraLogin({ username, password });
  }

  /** What the register says of its footage; null without a permit, when what there is stays as it was. */
  get keepRule(): KeepRule | null {
    const permit = this.#permit;
    return permit && { camera: this.config.id, retentionMs: permit.retentionMs, whenFull: permit.whenFull };
  }

  /** Called several times a second. */
  tick(): void {
    const { clock } = this.#around;
    const now = clock.now();
    for (const track of ["original", "anonymised"] as const) this.#tracks[track].sealed.tick(now);
    if (clock.monotonicMs() < this.#permitDueMs) return;
    this.#permitDueMs = clock.monotonicMs() + PERMIT_EVERY_MS;
    this.#changing = this.#changing.then(() => this.#followPermit()).catch((thrown) => this.#report(thrown));
  }

  /** Ends without losing what was taken in. The time from here on is a gap of the recorder's own. */
  async close(): Promise<void> {
    await this.#changing;
    await this.#stopIntake();
    await this.#anonymised.end({ denied: false });
    for (const { sealed } of Object.values(this.#tracks)) await sealed.close();
  }

  /** For power that is about to go: what is open is stored at once, and nobody is taken leave of. */
  async closeNow(): Promise<void> {
    this.#stopIntake().catch((thrown) => this.#report(thrown));
    this.#anonymised.end({ denied: false }).catch((thrown) => this.#report(thrown));
    await Promise.all(Object.values(this.#tracks).map(({ sealed }) => sealed.close()));
  }

  /** These tracks are given up from now on while energy is short, and no others. */
  shed(tracks: ReadonlySet<Track>): void {
    this.#changing = this.#changing.then(() => this.#followShedding(tracks)).catch((thrown) => this.#report(thrown));
  }

  /** The site is on battery: silence that has begun already may be because of it. */
  reconsiderGaps(): void {
    for (const { gaps } of Object.values(this.#tracks)) gaps.reconsider();
  }

  takePicture(picture: AnonymisedPicture): void {
    this.#anonymised.take(picture);
  }

  anonymiserChanged(state: AnonymiserState): void {
    this.#anonymised.changed(state);
  }

  takeGround(ground: Uint8Array): void {
    this.#anonymised.saveGround(ground).catch((thrown) => this.#report(thrown));
  }

  status(): CameraStatus {
    const { id, number, name } = this.config;
    const { pool, site } = this.#around;
    const stream = this.#main ?? this.#sub;
    const format = stream?.format ?? null;
    const permit = this.#permit;
    return {
      id,
      number,
      name,
      site,
      original: this.#trackStatus("original"),
      anonymised: this.#trackStatus("anonymised"),
      anonymiser: pool.statusOf(id) ?? anonymiserOff(permit),
      stream: format && {
        codec: format.codec,
        width: format.width,
        height: format.height,
        ...(stream?.rate ?? { fps: 0, bitrateBps: 0 }),
        secure: this.config.main.startsWith("rtsps:"),
      },
      permit: {
        valid: this.#denial === null && permit !== null,
        reason: this.#denial?.reason ?? null,
        until: permit?.until ?? null,
      },
      clockOffsetMs: stream?.cameraOffsetMs ?? null,
      problem: cameraProblem({
        denial: this.#denial,
        tracks: this.#tracks,
        volume: this.#around.volumes.homeOf(id).name,
        errors: this.#errors,
        anonymiser: this.#anonymised.state,
        failing: this.#around.keyring.failing.find(({ seat }) => seat.camera === id)?.error ?? null,
      }),
      tolerated: { ...this.#sub?.tolerated, ...this.#main?.tolerated },
    };
  }

  /** Starts, goes on or stops, as the permit says at this moment. */
  async #followPermit(): Promise<void> {
    const changed = await this.#permitFile.refresh();
    if (changed || this.#lookAgain()) this.#picture = null;
    if (changed && this.#running) {
      // Another permit may mean other masks, another retention, another mode: everything begins anew under it.
      await this.#stop("no_permit", { denied: this.#permit === null });
    }
    const denial = this.#decide();
    if (denial && (this.#running || this.#denial?.reason !== denial.reason)) {
      this.#denial = denial;
      this.#lookAgainMs = this.#around.clock.monotonicMs() + LOOK_AGAIN_MS;
      for (const track of ["original", "anonymised"] as const) this.#tracks[track].asked = this.#wants(track);
      await this.#stop("no_permit", { denied: true });
    }
    if (!denial && !this.#running) await this.#start();
  }

  /** A camera whose picture was too wide may have been set right: nothing of it is taken in before its size is known. */
  #lookAgain(): boolean {
    return this.#denial?.code === "permit_too_wide" && this.#around.clock.monotonicMs() >= this.#lookAgainMs;
  }

  #decide(): PermitDenial | null {
    const { current } = this.#permitFile;
    if ("decision" in current) {
      this.#permit = null;
      return current;
    }
    this.#permit = current;
    const facts = {
      camera: this.config.id,
      picture: this.#picture,
      mode: this.#around.pool.statusOf(this.config.id)?.mode ?? "none",
      lastCheckpoint: null,
    };
    const decision = permitDecision(current, facts, this.#around.clock.now());
    return decision.decision === "deny" ? decision : null;
  }

  #wants(track: Track): boolean {
    // Without a permit nobody has said what is wanted; the camera stands in the configuration to be recorded.
    if (!this.#permit) return true;
    if (track === "anonymised") return this.#permit.anonymisedMode !== "none";
    return this.#permit.original && this.#around.hasCustodians;
  }

  async #followShedding(tracks: ReadonlySet<Track>): Promise<void> {
    const before = this.#shed;
    this.#shed = tracks;
    const changed = (track: Track) => before.has(track) !== tracks.has(track);
    if (!this.#running || !this.#permit || !(changed("original") || changed("anonymised"))) return;
    if (changed("original") || this.config.sub === undefined || !this.#wants("anonymised")) {
      await this.#stop("site_power", { denied: false });
      await this.#start();
      return;
    }
    // The original goes on undisturbed: the two have a stream each.
    if (tracks.has("anonymised")) await this.#giveUpAnonymised();
    else this.#startSub(this.#permit);
  }

  async #giveUpAnonymised(): Promise<void> {
    const sub = this.#sub;
    this.#sub = null;
    await sub?.stop();
    await this.#anonymised.end({ denied: false });
    const { sealed } = this.#tracks.anonymised;
    sealed.interrupt("site_power");
    await sealed.settled();
    this.#around.keyring.remove(this.config.id, "anonymised");
    this.#errors.anonymised = null;
  }

  /** A private space that is not masked in the camera's own picture must not be stored in it (promise 6). */
  #keepsOriginal({ privateSpaces }: Permit): boolean {
    return this.#wants("original") && privateSpaces.length === 0;
  }

  #makesOriginal(permit: Permit): boolean {
    return this.#keepsOriginal(permit) && !this.#shed.has("original");
  }

  async #start(): Promise<void> {
    const permit = this.#permit;
    if (!permit) return;
    this.#denial = null;
    const { sub } = this.config;
    for (const track of ["original", "anonymised"] as const) {
      const room = this.#tracks[track];
      const before = room.asked;
      room.asked = this.#wants(track);
      if (room.asked && !before) room.sealed.ask();
      if (!room.asked) {
        await room.sealed.stop();
        continue;
      }
      if (track === "original" && !this.#keepsOriginal(permit)) {
        room.sealed.interrupt("masked_no_original");
        continue;
      }
      if (this.#shed.has(track)) {
        room.sealed.interrupt("site_power");
        continue;
      }
      // Its first key may take a moment, or fail: pictures wait for it for some seconds, and then are a gap of its cause.
      this.#around.keyring.add(this.#seat(track, permit));
    }
    this.#running = true;
    const shown = this.#wants("anonymised") && !this.#shed.has("anonymised");
    const needsMain = this.#makesOriginal(permit) || (shown && sub === undefined);
    this.#main = needsMain ? this.#intake("main", this.config.main, permit) : null;
    this.#sub = shown && sub !== undefined ? this.#intake("sub", sub, permit) : null;
    this.#main?.start();
    this.#sub?.start();
  }

  #seat(track: Track, { retentionMs }: Permit): Parameters<Keyring["add"]>[0] {
    return { camera: this.config.id, track, retentionMs, periodMs: periodMs(retentionMs) };
  }

  #startSub(permit: Permit): void {
    if (this.config.sub === undefined) return;
    this.#around.keyring.add(this.#seat("anonymised", permit));
    this.#sub = this.#intake("sub", this.config.sub, permit);
    this.#sub.start();
  }

  async #stop(cause: GapCause, { denied }: { denied: boolean }): Promise<void> {
    await this.#stopIntake();
    await this.#anonymised.end({ denied });
    for (const track of ["original", "anonymised"] as const) {
      const room = this.#tracks[track];
      if (room.asked) room.sealed.interrupt(cause);
      await room.sealed.settled();
      this.#around.keyring.remove(this.config.id, track);
      this.#errors[track] = null;
    }
  }

  async #stopIntake(): Promise<void> {
    const [main, sub] = [this.#main, this.#sub];
    this.#running = false;
    this.#main = null;
    this.#sub = null;
    await Promise.all([main?.stop(), sub?.stop()]);
  }

  #intake(which: "main" | "sub", url: string, permit: Permit): StreamIntake {
    const { clock, chunks, limiter } = this.#around;
    const { allowBasic, tls, transport } = this.config;
    const forOriginal = which === "main" && this.#makesOriginal(permit);
    const forAnonymised = (which === "sub" || this.config.sub === undefined) && !this.#shed.has("anonymised");
    const original = this.#tracks.original.sealed;
    let format: VideoFormat | null = null;
    let admitted = false;
    const admit = (): void => {
      if (admitted || !format || !this.#mayTakeIn(which, permit)) return;
      admitted = true;
      if (forOriginal) original.setFormat(format);
      if (forAnonymised) this.#beginAnonymised(format, permit);
    };
    return new StreamIntake({
      camera: this.config.id,
      which,
      url,
      login: this.#login,
      limiter,
      allowBasic,
      tls,
      transport,
      clock,
      chunks,
      onFormat: (found) => {
        if (which === "main") this.#picture = { width: found.width, height: found.height };
        format = found;
        admitted = false;
        admit();
      },
      onUnit: (taken) => {
        if (taken.unit.key) admit();
        if (!admitted || taken.at >= permit.until) {
          chunks.release(taken.unit.nals);
          return;
        }
        if (forAnonymised) this.#anonymised.feed(taken);
        if (forOriginal) this.#pushOriginal(original, taken);
        else chunks.release(taken.unit.nals);
      },
      onInterrupted: (cause, error) => {
        if (forOriginal) this.#interrupted("original", cause, error);
        if (forAnonymised) this.#interrupted("anonymised", cause, error);
      },
    });
  }

  /** Before the first picture of a size: what is wider than the register says is not taken in, its sub stream neither. */
  #mayTakeIn(which: "main" | "sub", { maxWidth, maxHeight }: Permit): boolean {
    if (this.#decide() !== null) return false;
    const isLimited = maxWidth !== undefined || maxHeight !== undefined;
    return which === "main" || !isLimited || this.#main === null || this.#picture !== null;
  }

  #beginAnonymised(format: VideoFormat, permit: Permit): void {
    const fits = privateSpacesFit(permit, format);
    this.#errors.anonymised = fits ? null : misfit(format, permit);
    const begun = fits ? this.#anonymised.begin(format, permit) : this.#anonymised.withhold("mask_failed");
    begun.catch((thrown) => this.#report(thrown));
  }

  #pushOriginal(track: SealedTrack, { unit, at, cameraOffsetMs }: TakenUnit): void {
    this.#errors.original = null;
    const picture = {
      nals: unit.nals,
      key: unit.key,
      decodeTicks: unit.dts,
      compositionOffsetTicks: unit.rtpTime - unit.dts,
      at,
    };
    if (unit.key) track.setParameterSets(unit.format);
    track.push(picture, cameraOffsetMs);
  }

  #interrupted(track: Track, cause: GapCause, error: OvertError | null): void {
    this.#errors[track] = error;
    if (!this.#tracks[track].asked) return;
    if (track === "anonymised") this.#anonymised.interrupt(cause);
    else this.#tracks.original.sealed.interrupt(cause);
  }

  #trackStatus(track: Track): TrackStatus {
    return trackStatus(this.#tracks[track], this.#around.clock.now());
  }

  #report(thrown: unknown): void {
    this.#around.onError(asOvertError(thrown));
  }
}

const misfit = ({ width, height }: VideoFormat, { drawnOn }: Permit): OvertError =>
  new OvertError(
    "MASK_FAILED",
    `The camera sends ${width}×${height}; its private spaces were drawn on ${drawnOn?.width}×${drawnOn?.height}.`,
    { hint: "Set the stream to the same shape, or draw them again on a picture of this one." },
  );
