import { earlierOf, type Instant, laterOf, type Span } from "@overt/core";
import type { Picture } from "@overt/link";

/** About two minutes of a camera at 10 pictures a second. */
const MOST_PICTURES = 1_500;

/** Encoded pictures around the playing position, and which spans were asked for (an empty one holds a gap). */
export class PictureCache {
  #pictures: Picture[] = [];
  #spans: Span[] = [];

  /** What a read of `[from, to)` gave, those before `from` back to the key picture included. */
  add(from: Instant, to: Instant, pictures: readonly Picture[]): void {
    const known = new Set(this.#pictures.map(({ at }) => at));
    this.#pictures.push(...pictures.filter(({ at }) => !known.has(at)));
    this.#pictures.sort((a, b) => a.at - b.at);
    this.#spans = joined([...this.#spans, { from, to }]);
    if (this.#pictures.length > MOST_PICTURES) this.#shrinkAround(to);
  }

  covers(at: Instant): boolean {
    return this.#spans.some(({ from, to }) => at >= from && at < to);
  }

  /** The end of the span that covers `at`, or `at` itself. */
  coveredTo(at: Instant): Instant {
    return this.#spans.find(({ from, to }) => at >= from && at <= to)?.to ?? at;
  }

  /** The start of the span that reaches up to `at`, or `at` itself. */
  coveredFrom(at: Instant): Instant {
    return this.#spans.find(({ from, to }) => at >= from && at <= to)?.from ?? at;
  }

  atOrBefore(at: Instant): Picture | null {
    return this.#pictures.findLast((picture) => picture.at <= at) ?? null;
  }

  before(at: Instant): Picture | null {
    return this.#pictures.findLast((picture) => picture.at < at) ?? null;
  }

  after(at: Instant): Picture | null {
    return this.#pictures.find((picture) => picture.at > at) ?? null;
  }

  /** Pictures in `(after, upTo]`. */
  between(after: Instant, upTo: Instant): Picture[] {
    return this.#pictures.filter(({ at }) => at > after && at <= upTo);
  }

  /** From the key picture that `picture` depends on, up to it. Empty when that key picture is not here. */
  groupUpTo(picture: Picture): Picture[] {
    const end = this.#pictures.indexOf(picture);
    const start = this.#pictures.findLastIndex(({ key, at }) => key && at <= picture.at);
    return start < 0 ? [] : this.#pictures.slice(start, end + 1);
  }

  /** The key picture that `picture` depends on, or null when it is not here. */
  keyOf(picture: Picture): Picture | null {
    return picture.key ? picture : (this.#pictures.findLast(({ key, at }) => key && at <= picture.at) ?? null);
  }

  /** Far from the position is forgotten first; whole groups, so that every picture kept can be decoded. */
  #shrinkAround(at: Instant): void {
    const half = MOST_PICTURES / 2;
    const centre = this.#pictures.findIndex((picture) => picture.at >= at);
    const middle = centre < 0 ? this.#pictures.length : centre;
    const start = Math.max(
      this.#pictures.findIndex(({ key }, i) => key && i >= middle - half),
      0,
    );
    const kept = this.#pictures.slice(start, middle + half);
    const first = kept[0]?.at;
    const last = kept.at(-1)?.at;
    if (first === undefined || last === undefined) return;
    const from = start > 0 ? first : (Number.NEGATIVE_INFINITY as Instant);
    const to = middle + half < this.#pictures.length ? ((last + 1) as Instant) : (Number.POSITIVE_INFINITY as Instant);
    this.#pictures = kept;
    this.#spans = this.#spans
      .map((span) => ({ from: laterOf(span.from, from), to: earlierOf(span.to, to) }))
      .filter((span) => span.to > span.from);
  }
}

function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && span.from <= last.to) out[out.length - 1] = { from: last.from, to: laterOf(span.to, last.to) };
    else out.push(span);
  }
  return out;
}
