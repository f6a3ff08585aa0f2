import { asOvertError, OvertError } from "@overt/core";
import { type Box, type DetectionScale, type Hidden, type PicturePlanes, Scene } from "@overt/media/pixels";
import { blankFrame } from "./codec/blank.ts";
import { type DecodedPicture, PictureDecoder } from "./codec/decoder.ts";
import { type EncodedPicture, PictureEncoder } from "./codec/encoder.ts";
import type { LaneOptions, LaneProblem, LaneState, PictureNote } from "./messages.ts";

/** A key picture after this long goes to a new decoder. */
const DECODER_LONGEST_MS = 6_000;
/** Later than this a picture is of no use live, and its camera must not take the time of others. */
const LATE_MS = 1_000;
const GROUND_EVERY_MS = 10_000;
/** A camera that is this far behind shows no more than so many pictures a second until it has caught up. */
const SLOWED = [
  { behindMs: 500, fps: 2 },
  { behindMs: 200, fps: 5 },
] as const;
/** Cameras do not keep their pace to the millisecond. */
const PACE_SLACK = 0.75;
/** Less than this is disorder among pictures, and the late one is left out; more is a clock that was set back. */
const CLOCK_STEP_MS = 1_000;
/** After this long without a picture, anything may have happened to the camera. */
const GAP_MS = 10_000;

export interface Detector {
  detect(picture: PicturePlanes, scale: DetectionScale): Promise<readonly Box[]>;
}

export interface LaneEvents {
  onPicture(note: PictureNote, accessUnit: Uint8Array): void;
  onState(state: LaneState, learntShare: number, problem: LaneProblem | null): void;
  onGround(ground: Uint8Array): void;
  onClosed(): void;
}

export interface LaneInput {
  readonly at: number;
  readonly key: boolean;
  readonly accessUnit: Uint8Array;
}

interface Waiting extends LaneInput {
  readonly arrivedMs: number;
}

/**
 * One camera in a worker: access units in, anonymised access units out. Whatever goes wrong, what comes out is blank
 * until the camera is understood again.
 */
export class Lane {
  #options: LaneOptions;
  readonly #parameterSets: Uint8Array;
  readonly #detector: Detector;
  readonly #events: LaneEvents;
  readonly #nowMs: () => number;
  readonly #cpuMs: () => number;
  #queue: Waiting[] = [];
  #ground: Uint8Array | undefined;
  #decoder: PictureDecoder | null = null;
  #encoder: PictureEncoder | null = null;
  #scene: Scene | null = null;
  #needKey = true;
  #lastTakenAt = Number.NEGATIVE_INFINITY;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #groundDueMs = 0;
  /** How long the picture that is being worked on has waited. */
  #behindMs = 0;
  #costMs = 0;
  #decoderSinceMs = 0;
  #busy = false;
  #closing = false;
  #reported: { readonly state: LaneState; readonly code: string | null } | null = null;

  constructor(
    options: LaneOptions,
    saved: { readonly parameterSets: Uint8Array; readonly ground: Uint8Array | undefined },
    detector: Detector,
    events: LaneEvents,
    clock: { readonly nowMs: () => number; readonly cpuMs: () => number },
  ) {
    this.#options = options;
    this.#parameterSets = saved.parameterSets;
    this.#ground = saved.ground;
    this.#detector = detector;
    this.#events = events;
    this.#nowMs = clock.nowMs;
    this.#cpuMs = clock.cpuMs;
    this.#groundDueMs = clock.nowMs() + GROUND_EVERY_MS;
    this.#report("learning", null);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  pace(mode: LaneOptions["mode"], maxFps: number): void {
    this.#options = { ...this.#options, mode, maxFps };
  }

  push(input: LaneInput): void {
    this.#queue.push({ ...input, arrivedMs: this.#nowMs() });
  }

  /** Works on the oldest picture that waits. Never throws. */
  async step(): Promise<void> {
    const from = this.#cpuMs();
    this.#busy = true;
    this.#dropIfLate();
    const next = this.#queue.shift();
    try {
      if (next && this.#wanted(next)) await this.#work(next);
    } catch (thrown) {
      this.#fail(asOvertError(thrown, "ANONYMISER_FAILED"));
    }
    this.#costMs += this.#cpuMs() - from;
    this.#busy = false;
    if (this.#closing) this.close();
  }

  /** Waits for the picture that is being worked on: its memory is the decoder's. */
  close(): void {
    this.#queue = [];
    this.#closing = true;
    if (this.#busy) return;
    this.#sendGround();
    this.#endDecoder();
    this.#encoder?.close();
    this.#encoder = null;
    this.#scene = null;
    this.#events.onClosed();
  }

  #dropIfLate(): void {
    const oldest = this.#queue[0];
    if (!oldest || this.#nowMs() - oldest.arrivedMs <= LATE_MS) return;
    const lastKey = this.#queue.findLastIndex(({ key }) => key);
    const newest = this.#queue.at(-1) as Waiting;
    const rest = lastKey > 0 ? this.#queue.slice(lastKey) : [];
    const stillLate = rest[0] === undefined || this.#nowMs() - rest[0].arrivedMs > LATE_MS;
    this.#queue = stillLate ? [] : rest;
    this.#interrupt();
    this.#sendBlank(stillLate ? newest.at : (rest[0]?.at ?? newest.at) - 1);
  }

  /** Pictures that this camera's mode does not need are dropped before they cost a decoding, where that is possible. */
  #wanted({ key, at }: Waiting): boolean {
    if (this.#needKey && !key) return false;
    if (this.#options.mode === "full") return true;
    return key && at - this.#lastTakenAt >= this.#options.slowEveryMs;
  }

  async #work(input: Waiting): Promise<void> {
    this.#behindMs = this.#nowMs() - input.arrivedMs;
    if (input.key && this.#nowMs() - this.#decoderSinceMs > DECODER_LONGEST_MS) await this.#renewDecoder();
    if (!this.#decoder) this.#decoderSinceMs = this.#nowMs();
    this.#decoder ??= PictureDecoder.ofCamera(this.#options.codec, this.#parameterSets);
    this.#needKey = false;
    this.#decoder.send(input.accessUnit, input.at, input.key);
    // The pace may change while a picture is shown: a decoder that was ended must not be fed again.
    const still = this.#options.mode === "slow";
    // A still must not wait in the decoder for pictures that are not sent to it.
    if (still) this.#decoder.end();
    for (let picture = this.#decoder.next(); picture; picture = this.#decoder.next()) await this.#show(picture);
    if (still) this.#endDecoder();
  }

  /** FFmpeg keeps buffers that it does not need now, with the pictures in them: none may outlive an epoch. */
  async #renewDecoder(): Promise<void> {
    const decoder = this.#decoder;
    if (!decoder) return;
    decoder.end();
    for (let picture = decoder.next(); picture; picture = decoder.next()) await this.#show(picture);
    this.#endDecoder();
  }

  async #show(picture: DecodedPicture): Promise<void> {
    const { planes, at } = picture;
    const full = this.#options.mode === "full";
    const since = at - this.#lastTakenAt;
    if (since <= -CLOCK_STEP_MS) throw new OvertError("PICTURE_ORDER", "The camera's time went back.");
    if (since <= 0 || (full && since < (1_000 / this.#fps) * PACE_SLACK)) return;
    const scene = this.#sceneFor(picture);
    if (full && since > GAP_MS) scene.doubt();
    this.#lastTakenAt = at;
    const hidden = await this.#hide(scene, planes, at);
    const encoded = this.#encoderFor(picture).encode(picture.frame, at);
    this.#send(encoded, hidden.blank);
    this.#report(hidden.state, null);
    if (this.#nowMs() >= this.#groundDueMs) this.#sendGround();
  }

  /** Fewer pictures cost less than none: after a blank the place is in doubt, and must be looked at more closely. */
  get #fps(): number {
    const slowed = SLOWED.find(({ behindMs }) => this.#behindMs > behindMs);
    return Math.min(this.#options.maxFps, slowed?.fps ?? Number.POSITIVE_INFINITY);
  }

  async #hide(scene: Scene, planes: PicturePlanes, at: number): Promise<Hidden> {
    const detections: (readonly Box[])[] = [];
    for (const scale of scene.look(planes, at)) detections.push(await this.#detector.detect(planes, scale));
    return scene.hide(planes, at, detections);
  }

  #sceneFor({ planes: { width, height } }: DecodedPicture): Scene {
    const known = this.#scene;
    if (known && known.layout.width === width && known.layout.height === height) return known;
    const { look, privateSpaces } = this.#options;
    const scene = new Scene(width, height, { look, privateSpaces, ...(this.#ground ? { ground: this.#ground } : {}) });
    this.#ground = undefined;
    this.#scene = scene;
    if (known) scene.relearn();
    return scene;
  }

  #encoderFor({ planes: { width, height }, fullRange }: DecodedPicture): PictureEncoder {
    const known = this.#encoder;
    if (known && known.width === width && known.height === height && known.fullRange === fullRange) return known;
    known?.close();
    this.#encoder = new PictureEncoder({ width, height, fullRange });
    return this.#encoder;
  }

  #send({ at, key, accessUnit }: EncodedPicture, blank: boolean): void {
    this.#lastSentAt = at;
    const learntShare = this.#scene?.learntShare ?? 0;
    this.#events.onPicture({ at, key, blank, learntShare, costMs: this.#costMs }, accessUnit);
    this.#costMs = 0;
  }

  #sendBlank(at: number): void {
    const encoder = this.#encoder;
    if (!encoder || at <= this.#lastSentAt) return;
    const frame = blankFrame(encoder.width, encoder.height);
    this.#send(encoder.encode(frame, at), true);
    frame.free();
  }

  #sendGround(): void {
    this.#groundDueMs = this.#nowMs() + GROUND_EVERY_MS;
    const ground = this.#scene?.saveGround();
    if (ground) this.#events.onGround(ground);
  }

  /** A decoding fault leaves the ground as it was, so that it is only put in doubt; any other fault forgets it. */
  #fail(error: OvertError): void {
    this.#interrupt();
    if (error.code !== "DECODER_FAILED") this.#scene?.relearn();
    // The codecs are replaced rather than flushed: after a fault nothing of their state is trusted.
    this.#sendBlank(this.#lastTakenAt + 1);
    this.#encoder?.close();
    this.#encoder = null;
    if (error.code === "PICTURE_ORDER") this.#lastTakenAt = this.#lastSentAt = Number.NEGATIVE_INFINITY;
    this.#report("failed", { code: error.code, message: error.message, hint: error.hint ?? null });
  }

  #interrupt(): void {
    this.#endDecoder();
    this.#needKey = true;
    this.#scene?.doubt();
  }

  #endDecoder(): void {
    this.#decoder?.close();
    this.#decoder = null;
  }

  #report(state: LaneState, problem: LaneProblem | null): void {
    const code = problem?.code ?? null;
    if (this.#reported?.state === state && this.#reported.code === code) return;
    this.#reported = { state, code };
    this.#events.onState(state, this.#scene?.learntShare ?? 0, problem);
  }
}
