import { asOvertError, type CameraId, type Instant, instant, OvertError, type Span } from "@overt/core";
import type { Picture } from "@overt/link";
import { PictureDecoder, type ShownPicture } from "./decoder.ts";
import { Footage, type Found, type FootageSource } from "./footage.ts";

export interface PlayerState {
  /** Time of the picture that is shown; null before the first one. */
  readonly at: Instant | null;
  readonly playing: boolean;
  readonly loading: boolean;
  readonly speed: number;
  /** The newest or the oldest picture is shown, and somebody asked for more. */
  readonly end: "newest" | "oldest" | null;
  readonly error: OvertError | null;
  /** The stretch without pictures that was just jumped over. */
  readonly skipped: Span | null;
}

export interface PlayerListener {
  /** The receiver closes the frame. */
  shown(picture: ShownPicture): void;
  state(state: PlayerState): void;
}

/** From this speed on only key pictures are decoded. */
const KEYS_ONLY_SPEED = 8;
/** So much playing time is kept ahead. */
const AHEAD_MS = 5_000;
/** How long playing waits before it asks again for what was not there. */
const RETRY_MS = 500;
/** At the newest picture, playing stops when nothing more comes for so long. */
const END_AFTER_MS = 6_000;
/** A page in the background draws nothing for a while: playing goes on from where it was. */
const ASLEEP_MS = 1_000;
/** A notice about a gap stays at least so long. */
const NOTICE_MS = 5_000;

export const IDLE: PlayerState = {
  at: null,
  playing: false,
  loading: false,
  speed: 1,
  end: null,
  error: null,
  skipped: null,
};

interface Clock {
  position: number;
  wallMs: number;
}

/**
 * Plays what is recorded of one camera: seek, play at a speed, step a picture either way. The position moves only by
 * what the operator does or by playing on; new footage never moves it. `at` is always the time of the picture that
 * stands on the screen.
 */
export class Player {
  readonly #listener: PlayerListener;
  readonly #footage: Footage;
  readonly #decoder: PictureDecoder;
  #state = IDLE;
  /** What a seek wants, until it is shown: asked for again when the link comes back. */
  #wanted: Instant | null = null;
  /** Frames before this one are decoded but not shown. */
  #target: Instant | null = null;
  #fed: Picture | null = null;
  #clock: Clock | null = null;
  #frameRequest = 0;
  #turn = new AbortController();
  #extending = false;
  #retryAtMs = 0;
  #dryMs: number | null = null;
  #noticeUntilMs = 0;

  constructor(source: FootageSource, camera: CameraId, listener: PlayerListener) {
    this.#footage = new Footage(source, camera);
    this.#listener = listener;
    this.#decoder = new PictureDecoder(
      {
        shown: (picture) => this.#shown(picture),
        failed: (message) => this.#tell({ error: undecodable(message) }),
      },
      { leaveOut: false },
    );
  }

  /** Where the operator has brought it: what is on its way already counts, so that quick keys add up. */
  get position(): Instant | null {
    return this.#wanted ?? this.#state.at;
  }

  /** Shows the last picture at or before `at`; in a gap the next one, and says so; playing goes on from there. */
  seek(at: Instant): Promise<void> {
    this.#wanted = at;
    return this.#inTurn(async (signal) => {
      const found = await this.#footage.at(at, signal);
      if (!found) throw new OvertError("NOTHING_RECORDED", "Nothing is recorded of this camera there.");
      await this.#show(found, signal);
      if (found.newest) this.#tell({ end: "newest" });
    });
  }

  /** One picture on or back, over the borders of groups and gaps. */
  async step(direction: 1 | -1): Promise<void> {
    this.pause();
    const { at } = this.#state;
    if (at === null) return;
    await this.#inTurn(async (signal) => {
      const found = await (direction === 1 ? this.#footage.after(at, signal) : this.#footage.before(at, signal));
      if (found) await this.#show(found, signal);
      else this.#tell({ end: direction === 1 ? "newest" : "oldest" });
    });
  }

  play(): void {
    if (this.#state.playing || this.position === null) return;
    this.#tell({ playing: true, end: null, error: null });
    if (this.#wanted === null) this.#run();
  }

  pause(): void {
    this.#stop();
    this.#tell({ playing: false });
  }

  setSpeed(speed: number): void {
    this.#tell({ speed });
    if (this.#clock) this.#run();
  }

  /** The link is back: what it broke is asked for again. */
  reconnected(): void {
    if (this.#state.error?.code !== "LINK_LOST") return;
    const again = this.#wanted ?? this.#state.at;
    if (again !== null) void this.seek(again);
  }

  close(): void {
    this.#turn.abort();
    this.#stop();
    this.#decoder.close();
  }

  /** The newest wish wins: what is under way for an older one is given up. */
  async #inTurn(act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#turn.abort();
    const turn = new AbortController();
    this.#turn = turn;
    this.#stop();
    this.#tell({ loading: true, error: null, skipped: null, end: null });
    try {
      await act(turn.signal);
      if (!turn.signal.aborted) this.#wanted = null;
    } catch (thrown) {
      if (!turn.signal.aborted) this.#tell({ error: asOvertError(thrown) });
    }
    if (turn.signal.aborted) return;
    this.#tell({ loading: false });
    if (this.#state.playing && this.#state.error === null) this.#run();
  }

  /** Decodes from the key picture on, so that exactly this picture is shown. */
  async #show({ picture, gap }: Found, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const group = this.#footage.group(picture);
    if (group.length === 0) throw undecodable("The key picture before it is missing.");
    this.#decoder.reset();
    this.#target = picture.at;
    for (const each of group) this.#decoder.push(each);
    await this.#decoder.flush();
    if (signal.aborted) return;
    if (this.#state.at !== picture.at) throw this.#state.error ?? undecodable("It gave no picture.");
    this.#notice(gap);
  }

  #run(): void {
    const { at } = this.#state;
    this.#stop();
    if (at === null) return;
    const standing = this.#footage.due(instant(at - 1), at)[0];
    if (!standing) return;
    this.#decoder.reset();
    this.#target = at;
    for (const each of this.#footage.group(standing)) this.#decoder.push(each);
    this.#fed = standing;
    this.#clock = { position: at, wallMs: performance.now() };
    this.#dryMs = null;
    this.#retryAtMs = 0;
    this.#frameRequest = requestAnimationFrame(() => this.#advance());
  }

  #stop(): void {
    cancelAnimationFrame(this.#frameRequest);
    this.#clock = null;
    this.#fed = null;
  }

  #advance(): void {
    const { playing, speed } = this.#state;
    if (!this.#clock || !this.#fed || !playing) return;
    const nowMs = performance.now();
    const passed = nowMs - this.#clock.wallMs;
    const reach = this.#footage.reach(this.#fed.at);
    // The clock never runs ahead of what is here: a slow link makes it wait, not jump.
    const position = Math.min(this.#clock.position + (passed > ASLEEP_MS ? 0 : passed * speed), reach);
    this.#clock = { position, wallMs: nowMs };
    if (this.#state.skipped && nowMs > this.#noticeUntilMs) this.#tell({ skipped: null });
    this.#feed(instant(position));
    // In a gap there is much that is known to be empty, and still nothing to show next.
    const isShort = reach - position < AHEAD_MS * Math.max(1, speed) || !this.#footage.next(this.#fed.at);
    if (isShort) this.#extend(nowMs);
    this.#watchForEnd(position >= reach - 1, nowMs);
    if (this.#clock) this.#frameRequest = requestAnimationFrame(() => this.#advance());
  }

  #feed(position: Instant): void {
    const fed = this.#fed as Picture;
    const due = this.#footage.due(fed.at, position);
    for (const picture of due) this.#feedOne(picture);
    if (due.length > 0) return;
    const next = this.#footage.next(fed.at);
    const gap = next && this.#footage.gapBetween(fed.at, next.at);
    if (!next || !gap || position < gap.from) return;
    this.#notice(gap);
    this.#clock = { position: next.at, wallMs: performance.now() };
    this.#feedOne(next);
  }

  #feedOne(picture: Picture): void {
    if (picture.key || this.#state.speed < KEYS_ONLY_SPEED) this.#decoder.push(picture);
    this.#fed = picture;
  }

  #extend(nowMs: number): void {
    if (this.#extending || nowMs < this.#retryAtMs || !this.#fed) return;
    this.#extending = true;
    this.#footage
      .extend(this.#fed.at, this.#state.speed, this.#turn.signal)
      .then((more) => {
        this.#retryAtMs = more ? 0 : performance.now() + RETRY_MS;
        if (this.#state.error?.code === "LINK_LOST") this.#tell({ error: null });
      })
      .catch((thrown: unknown) => {
        const error = asOvertError(thrown);
        this.#retryAtMs = performance.now() + RETRY_MS;
        if (error.code !== "CANCELLED") this.#tell({ error });
      })
      .finally(() => {
        this.#extending = false;
      });
  }

  /** Faster than life, playing meets the present: from there it goes on as fast as pictures come. */
  #watchForEnd(dry: boolean, nowMs: number): void {
    if (!dry || this.#state.error || this.#retryAtMs === 0) {
      this.#dryMs = null;
      return;
    }
    this.#dryMs ??= nowMs;
    if (this.#retryAtMs > nowMs && this.#state.speed > 1) this.#tell({ speed: 1 });
    if (nowMs - this.#dryMs < END_AFTER_MS) return;
    this.pause();
    this.#tell({ end: "newest" });
  }

  #notice(gap: Span | null): void {
    if (!gap) return;
    this.#noticeUntilMs = performance.now() + NOTICE_MS;
    this.#tell({ skipped: gap });
  }

  #shown(picture: ShownPicture): void {
    if (this.#target !== null && picture.at < this.#target) {
      picture.frame.close();
      return;
    }
    this.#target = null;
    this.#listener.shown(picture);
    this.#tell({ at: picture.at });
  }

  #tell(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listener.state(this.#state);
  }
}

function undecodable(why: string): OvertError {
  return new OvertError("PICTURE_UNDECODABLE", `This picture cannot be decoded. ${why}`);
}
