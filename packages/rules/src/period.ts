import { hours, type Instant, instant } from "@overt/core";

/** Length of the UTC spans that share one period key: at most an hour, and at most a 24th of the retention. */
export const periodMs = (retentionMs: number): number => Math.max(1, Math.floor(Math.min(hours(1), retentionMs / 24)));

/** Start of the period that `at` lies in. */
export const periodStart = (at: Instant, lengthMs: number): Instant => instant(Math.floor(at / lengthMs) * lengthMs);

/** When a period's key dies: the last moment that it covers is then `retentionMs` old. */
export const periodExpiry = (start: Instant, retentionMs: number): Instant =>
  instant(start + periodMs(retentionMs) + retentionMs);
