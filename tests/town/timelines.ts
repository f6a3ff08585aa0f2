import type { Instant, Track } from "@overt/core";
import type { Timeline } from "@overt/link";

/** A hole below this between two stretches is no gap (case ops-02); the last seconds are still on their way. */
const SEAM_MS = 2_100;

interface Stretch {
  readonly from: Instant;
  readonly to: Instant | null;
}

/** Stretches of `before` that no stretch of `after` covers. */
export function lost(before: readonly Stretch[], after: readonly Stretch[]): Stretch[] {
  return before.filter((old) => !after.some((now) => now.from <= old.from && (now.to ?? 0) >= (old.to ?? 0)));
}

/** What is neither recorded nor a gap. */
export function holes({ segments, gaps }: Timeline[Track], from: Instant, to: Instant): { from: number; to: number }[] {
  const known = [...segments, ...gaps].sort((a, b) => a.from - b.from);
  const found: { from: number; to: number }[] = [];
  let at: number = from;
  for (const stretch of known) {
    if (stretch.from - at > SEAM_MS) found.push({ from: at, to: stretch.from });
    at = Math.max(at, stretch.to ?? to);
  }
  if (to - at > SEAM_MS * 2) found.push({ from: at, to });
  return found;
}
