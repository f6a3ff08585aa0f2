import { type CameraId, type Instant, instant, type Track } from "@overt/core";
import { periodStart } from "@overt/rules";

/**
 * When an epoch that begins at `at` ends: on a grid that is shifted for each track, so that a thousand cameras do not
 * all ask for keys in the same second, and never behind the end of its period, so that the death of the period key is
 * the death of just that period.
 */
export function epochEnd(
  of: { camera: CameraId; track: Track },
  at: Instant,
  epochMs: number,
  periodMs: number,
): Instant {
  const shift = hash(`${of.track}/${of.camera}`) % epochMs;
  const next = (Math.floor((at - shift) / epochMs) + 1) * epochMs + shift;
  return instant(Math.min(next, periodStart(at, periodMs) + periodMs));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum;
}
