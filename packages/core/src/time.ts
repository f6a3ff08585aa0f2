import type { Brand } from "./ids.ts";
import { OvertError } from "./errors.ts";

/** UTC milliseconds since 1970, as a whole number. */
export type Instant = Brand<number, "Instant">;
/** Milliseconds between two instants. */
export type DurationMs = number;

export const instant = (ms: number): Instant => Math.round(ms) as Instant;
export const seconds = (n: number): DurationMs => n * 1_000;
export const minutes = (n: number): DurationMs => n * 60_000;
export const hours = (n: number): DurationMs => n * 3_600_000;
export const days = (n: number): DurationMs => n * 86_400_000;

export const iso = (at: Instant): string => new Date(at).toISOString();

/** @throws OvertError `TIME_INVALID` unless `text` is an ISO 8601 instant with an offset. */
export function parseIso(text: string): Instant {
  const ms = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new OvertError("TIME_INVALID", `"${text.slice(0, 60)}" is not an ISO 8601 instant.`, {
      hint: "Write it like 2026-11-25T08:30:00Z, with Z or an offset.",
    });
  return instant(ms);
}

export const laterOf = (a: Instant, b: Instant): Instant => (a > b ? a : b);
export const earlierOf = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** Half-open span `[from, to)`. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}
