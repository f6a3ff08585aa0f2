import {
  type CameraId,
  type DurationMs,
  days,
  earlierOf,
  type Instant,
  instant,
  laterOf,
  minutes,
  type Span,
  seconds,
} from "@overt/core";
import type { Picture, Timeline } from "@overt/link";
import { PictureCache } from "./picture-cache.ts";

/** Where recorded pictures come from: the centre, or a test. */
export interface FootageSource {
  now(): Instant;
  timeline(camera: CameraId, from: Instant, to: Instant): Promise<Timeline>;
  read(
    camera: CameraId,
    from: Instant,
    to: Instant,
    pictures: (picture: Picture) => void,
    signal?: AbortSignal,
  ): Promise<void>;
}

export interface Found {
  readonly picture: Picture;
  /** The stretch without footage that lies between what was asked for and this picture. */
  readonly gap: Span | null;
  /** Nothing newer is recorded. */
  readonly newest: boolean;
}

/** One read; players ask again as they go. */
const CHUNK_MS: DurationMs = seconds(10);
const LONGEST_CHUNK_MS: DurationMs = seconds(40);
/** What is younger may still be on its way to the disk: an empty answer does not mean that nothing will be there. */
const SETTLED_MS: DurationMs = seconds(5);
/** A timeline is asked for so far around a moment; the centre answers for at most eight days at a time. */
const AROUND_MS: DurationMs = minutes(30);
const FAR_MS: DurationMs = days(7);
const FARTHEST_MS: DurationMs = days(62);
/** A timeline that ends at the present is used this long. */
const FRESH_MS: DurationMs = 700;

/** A stretch may begin this much beside its first picture: the index rounds, and knows fragments, not pictures. */
const EDGE_MS: DurationMs = 200;

interface Known extends Span {
  readonly askedAt: Instant;
  readonly segments: readonly Span[];
}

/** What is recorded of one camera: finds the picture of a moment and its neighbours, across reads and gaps. */
export class Footage {
  readonly #source: FootageSource;
  readonly #camera: CameraId;
  readonly #cache = new PictureCache();
  #known: Known | null = null;

  constructor(source: FootageSource, camera: CameraId) {
    this.#source = source;
    this.#camera = camera;
  }

  /** The picture that stood at `at`; in a gap the first one after it; after the last one the newest. Null: none. */
  async at(at: Instant, signal?: AbortSignal): Promise<Found | null> {
    // Both at once: a seek waits for one round trip, not two.
    const [segments] = await Promise.all([
      this.#around(at),
      this.#cache.covers(at) ? undefined : this.#fetch(at, CHUNK_MS, signal),
    ]);
    const within = segments.find(({ from, to }) => from - EDGE_MS <= at && at < to);
    const standing = within && this.#cache.atOrBefore(at);
    if (within && standing && standing.at >= this.#cache.coveredFrom(at) && this.#isDecodable(standing))
      return { picture: standing, gap: null, newest: false };
    const next = await this.#next(at);
    if (next !== null) {
      const picture = await this.#first(next, signal);
      if (picture) return { picture, gap: within ? null : await this.#gapBefore(at, next), newest: false };
    }
    const before = await this.before(instant(at + 1), signal);
    return before && { ...before, gap: null, newest: true };
  }

  /** The next picture after the one at `at`, over any gap; null when that one is the newest. */
  async after(at: Instant, signal?: AbortSignal): Promise<Found | null> {
    for (;;) {
      const picture = this.next(at);
      if (picture) return { picture, gap: this.gapBetween(at, picture.at), newest: false };
      if (!(await this.extend(at, 1, signal))) return null;
    }
  }

  /** The picture before the one at `at`, over any gap; null when that one is the oldest. */
  async before(at: Instant, signal?: AbortSignal): Promise<Found | null> {
    for (let reach = this.#cache.coveredFrom(at); ; ) {
      const picture = this.#before(at, reach);
      if (picture && picture.at >= reach) return { picture, gap: this.gapBetween(picture.at, at), newest: false };
      const end = await this.#previous(reach);
      if (end === null) return null;
      if (end < reach && reach <= this.#settled()) this.#cache.add(end, reach, []);
      const from = instant(end - CHUNK_MS / 2);
      await this.#read(from, end, signal);
      reach = earlierOf(from, this.#cache.coveredFrom(from));
    }
  }

  /** The next picture that is already here and can be decoded, or null. */
  next(at: Instant): Picture | null {
    // From the next millisecond on: a stretch may begin with that very picture.
    const reach = this.#cache.coveredTo(instant(at + 1));
    let picture = this.#cache.after(at);
    while (picture && picture.at <= reach && !this.#isDecodable(picture)) picture = this.#cache.after(picture.at);
    return picture && picture.at <= reach ? picture : null;
  }

  /** Up to where everything after `at` is here. */
  reach(at: Instant): Instant {
    return this.#cache.coveredTo(at);
  }

  /** Pictures in `(after, upTo]` that are here and can be decoded. */
  due(after: Instant, upTo: Instant): Picture[] {
    return this.#cache.between(after, upTo).filter((picture) => this.#isDecodable(picture));
  }

  /** From the key picture that `picture` depends on, up to it; empty when it cannot be decoded. */
  group(picture: Picture): Picture[] {
    return this.#cache.groupUpTo(picture);
  }

  /** The first stretch in `(from, to)` in which nothing is recorded, as far as is known; null when there is none. */
  gapBetween(from: Instant, to: Instant): Span | null {
    const known = this.#known;
    if (!known || known.from > from || known.to < to) return null;
    const before = known.segments.findLast((segment) => segment.from <= from + EDGE_MS);
    const after = known.segments.find((segment) => segment.from > from + EDGE_MS);
    if (!after || after.from > to || (before && before.to >= after.from)) return null;
    return { from: before ? laterOf(before.to, from) : from, to: after.from };
  }

  /** Fetches what comes after `at` and all that is here behind it. @returns false when there is nothing yet. */
  async extend(at: Instant, speed: number, signal?: AbortSignal): Promise<boolean> {
    const reach = this.#cache.coveredTo(at);
    const next = await this.#next(reach);
    if (next === null) return false;
    if (next > reach) this.#cache.add(reach, next, []);
    await this.#fetch(next, Math.min(CHUNK_MS * Math.max(1, speed), LONGEST_CHUNK_MS), signal);
    return this.#cache.coveredTo(at) > reach;
  }

  async #first(from: Instant, signal?: AbortSignal): Promise<Picture | null> {
    if (!this.#cache.covers(from)) await this.#fetch(from, CHUNK_MS, signal);
    return this.next(instant(from - 1)) ?? this.next(from);
  }

  #before(at: Instant, reach: Instant): Picture | null {
    let picture = this.#cache.before(at);
    while (picture && picture.at >= reach && !this.#isDecodable(picture)) picture = this.#cache.before(picture.at);
    return picture;
  }

  /** A stream that goes on after a gap in the middle of a group shows nothing true before its next key picture. */
  #isDecodable(picture: Picture): boolean {
    const key = this.#cache.keyOf(picture);
    return key !== null && (key === picture || this.gapBetween(key.at, picture.at) === null);
  }

  #settled(): Instant {
    return instant(this.#source.now() - SETTLED_MS);
  }

  #fetch(from: Instant, lengthMs: DurationMs, signal?: AbortSignal): Promise<void> {
    return this.#read(from, instant(Math.min(from + lengthMs, this.#source.now())), signal);
  }

  async #read(from: Instant, to: Instant, signal?: AbortSignal): Promise<void> {
    if (to <= from) return;
    const pictures: Picture[] = [];
    await this.#source.read(this.#camera, from, to, (picture) => pictures.push(picture), signal);
    const settled = this.#settled();
    const last = pictures.at(-1)?.at;
    const until = to <= settled ? to : Math.max(settled, last === undefined ? 0 : last + 1);
    const start = Math.min(from, pictures[0]?.at ?? from);
    if (until > start) this.#cache.add(instant(start), instant(Math.min(until, to)), pictures);
  }

  /** The first recorded moment at or after `at`. */
  async #next(at: Instant): Promise<Instant | null> {
    for (let segments = await this.#around(at); ; ) {
      const found = startAfter(segments, at);
      const { to } = this.#known as Known;
      if (found !== null || to >= this.#source.now()) return found;
      segments = await this.#widen(to, instant(Math.min(to + FAR_MS, this.#source.now())));
    }
  }

  /** The end of what is recorded before `at`. */
  async #previous(at: Instant): Promise<Instant | null> {
    for (let segments = await this.#around(at); ; ) {
      const found = endBefore(segments, at);
      const { from } = this.#known as Known;
      if (found !== null || from < at - FARTHEST_MS) return found;
      segments = await this.#widen(instant(from - FAR_MS), from);
    }
  }

  async #widen(from: Instant, to: Instant): Promise<readonly Span[]> {
    const more = await this.#ask(from, to);
    const known = this.#known as Known;
    const segments = [...known.segments, ...more].sort((a, b) => a.from - b.from);
    this.#known = { ...known, from: earlierOf(known.from, from), to: laterOf(known.to, to), segments };
    return segments;
  }

  async #gapBefore(at: Instant, to: Instant): Promise<Span> {
    const end = endBefore(await this.#around(at), at);
    return { from: end ?? at, to };
  }

  /** Segments around `at`, asked for anew when `at` comes near the edge of what is known. */
  async #around(at: Instant): Promise<readonly Span[]> {
    const now = this.#source.now();
    const known = this.#known;
    const margin = AROUND_MS / 6;
    const isKnown = known && at - known.from >= margin && known.to - at >= margin;
    if (isKnown || (known && at >= known.from && now - known.askedAt < FRESH_MS)) return known.segments;
    const from = instant(at - AROUND_MS);
    const to = laterOf(earlierOf(instant(at + AROUND_MS), now), instant(from + 1));
    const segments = await this.#ask(from, to);
    this.#known = { from, to, askedAt: now, segments };
    return segments;
  }

  async #ask(from: Instant, to: Instant): Promise<readonly Span[]> {
    return (await this.#source.timeline(this.#camera, from, to)).anonymised.segments;
  }
}

function startAfter(segments: readonly Span[], at: Instant): Instant | null {
  const segment = segments.find(({ to }) => to > at);
  return segment ? (Math.max(segment.from, at) as Instant) : null;
}

function endBefore(segments: readonly Span[], at: Instant): Instant | null {
  const segment = segments.findLast(({ from }) => from < at);
  return segment ? (Math.min(segment.to, at) as Instant) : null;
}
