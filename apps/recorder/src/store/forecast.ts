import { type CameraId, days, type Instant, instant } from "@overt/core";
import { periodExpiry, periodMs } from "@overt/rules";
import type { KeepRule } from "./shares.ts";

/** What a camera has of one period. */
export interface PeriodUsage {
  readonly camera: CameraId;
  /** Its start; 0 while no envelope is known. */
  readonly period: Instant;
  readonly bytes: number;
}

export interface ForecastFacts {
  /** Trusted time. */
  readonly now: Instant;
  /** What may still be written before footage has to make room. */
  readonly roomBytes: number;
  readonly usage: readonly PeriodUsage[];
  readonly rules: readonly KeepRule[];
}

/** Cameras are taken to go on as they did in the last day: nights and days are in it. */
const RATE_OVER_MS = days(1);
/** A camera that has just begun says little about its rate; less than this says nothing. */
const LEAST_MS = 60_000;
/** Of the bytes that all cameras send, what is rounding. */
const ROUNDING = 1e-9;

/**
 * Days until a volume is full before retention frees it, so that footage is lost early; 0 when that happens now, `null`
 * when it never does as things are. A camera without a rule sends no more, and what it has stays.
 */
export function daysUntilLoss({ now, roomBytes, usage, rules }: ForecastFacts): number | null {
  if (roomBytes <= 0) return 0;
  const rates = ratesOf(usage, now);
  const retentions = new Map(rules.map(({ camera, retentionMs }) => [camera, retentionMs]));
  const events: { inMs: number; bytes: number; bytesPerMs: number }[] = [];
  for (const { camera, period, bytes } of usage) {
    const retentionMs = retentions.get(camera);
    if (retentionMs === undefined || period === 0) continue;
    events.push({ inMs: Math.max(0, periodExpiry(period, retentionMs) - now), bytes: -bytes, bytesPerMs: 0 });
  }
  let bytesPerMs = 0;
  for (const [camera, retentionMs] of retentions) {
    const rate = rates.get(camera) ?? 0;
    bytesPerMs += rate;
    // From then on as much of what comes now goes as comes.
    events.push({ inMs: retentionMs + periodMs(retentionMs), bytes: 0, bytesPerMs: -rate });
  }
  const rounding = bytesPerMs * ROUNDING;
  let bytes = 0;
  let atMs = 0;
  for (const event of events.sort((a, b) => a.inMs - b.inMs)) {
    const then = bytes + bytesPerMs * (event.inMs - atMs);
    if (bytesPerMs > rounding && then > roomBytes) return (atMs + (roomBytes - bytes) / bytesPerMs) / days(1);
    bytes = then + event.bytes;
    bytesPerMs += event.bytesPerMs;
    atMs = event.inMs;
  }
  return null;
}

/** Bytes in a millisecond of each camera, over its periods of the last day. */
export function ratesOf(usage: readonly PeriodUsage[], now: Instant): Map<CameraId, number> {
  const recent = new Map<CameraId, { from: Instant; bytes: number }>();
  for (const { camera, period, bytes } of usage) {
    if (period < now - RATE_OVER_MS || period > now) continue;
    const known = recent.get(camera);
    recent.set(camera, { from: instant(Math.min(period, known?.from ?? period)), bytes: bytes + (known?.bytes ?? 0) });
  }
  return new Map([...recent].map(([camera, { from, bytes }]) => [camera, bytes / Math.max(LEAST_MS, now - from)]));
}
