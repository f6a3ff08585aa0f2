import { type DurationMs, earlierOf, instant, laterOf, type Span } from "@overt/core";

/** In order, without overlap; those that touch are one. */
export function union(spans: Iterable<Span>): Span[] {
  const merged: { from: Span["from"]; to: Span["to"] }[] = [];
  for (const { from, to } of [...spans].filter((each) => each.to > each.from).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = laterOf(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** What lies in both; each list as `union` gives it. */
export function intersection(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const from = laterOf(a[i]!.from, b[j]!.from);
    const to = earlierOf(a[i]!.to, b[j]!.to);
    if (to > from) common.push({ from, to });
    if (a[i]!.to < b[j]!.to) i++;
    else j++;
  }
  return common;
}

/** What of `within` is not in `spans`, which are as `union` gives them. */
export function gapsIn(spans: readonly Span[], within: Span): Span[] {
  const gaps: Span[] = [];
  let at = within.from;
  for (const { from, to } of spans) {
    if (from > at) gaps.push({ from: at, to: earlierOf(from, within.to) });
    at = laterOf(at, to);
    if (at >= within.to) return gaps;
  }
  return at < within.to ? [...gaps, { from: at, to: within.to }] : gaps;
}

/** What of `a` is not in `b`; each list as `union` gives it. */
export function without(a: readonly Span[], b: readonly Span[]): Span[] {
  const first = a[0];
  const last = a.at(-1);
  return first && last ? intersection(a, gapsIn(b, { from: first.from, to: last.to })) : [];
}

export const clipped = (spans: readonly Span[], within: Span): Span[] => intersection(spans, [within]);

export const lengthMs = (spans: readonly Span[]): DurationMs => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/** Each lasts so much longer. */
export const prolonged = (spans: readonly Span[], byMs: DurationMs): Span[] =>
  union(spans.map(({ from, to }) => ({ from, to: instant(to + byMs) })));
