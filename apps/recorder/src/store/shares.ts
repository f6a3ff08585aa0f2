import type { CameraId } from "@overt/core";
import type { WhenFull } from "@overt/rules";

/** What the register says of a camera whose footage is on this volume. */
export interface KeepRule {
  readonly camera: CameraId;
  readonly retentionMs: number;
  readonly whenFull: WhenFull;
}

/** What a camera has on a volume. */
export interface Holding {
  readonly camera: CameraId;
  readonly bytes: number;
  /** `null` for a camera that the recorder knows nothing of any more: it counts as one of the usual retention. */
  readonly retentionMs: number | null;
  readonly whenFull: WhenFull;
}

/**
 * What one camera may hold of each byte that all hold, so that they share a volume by the time for which each is
 * registered. A camera that sends twice as much keeps half as long, and the others as long as ever.
 */
function weigher(holdings: readonly Holding[]): (holding: Holding) => number {
  const known = holdings.flatMap(({ retentionMs }) => (retentionMs === null ? [] : [retentionMs]));
  const usual = known.length > 0 ? known.reduce((sum, ms) => sum + ms, 0) / known.length : 1;
  return ({ retentionMs }) => retentionMs ?? usual;
}

/** Cameras that hold more than their share of what all of them hold. */
export function aboveShare(holdings: readonly Holding[]): Holding[] {
  const weightOf = weigher(holdings);
  const bytes = holdings.reduce((sum, holding) => sum + holding.bytes, 0);
  const weights = holdings.reduce((sum, holding) => sum + weightOf(holding), 0);
  return holdings.filter((holding) => holding.bytes / weightOf(holding) > bytes / weights);
}

/**
 * Who makes room: again and again who then holds most for its share, the oldest of it first.
 *
 * @param needBytes stops when this much was given, or when nobody has anything left
 * @param give lets the oldest of a camera go; its bytes, null when it has nothing that may go
 * @returns bytes that were given
 */
export function makeRoom(
  holdings: readonly Holding[],
  needBytes: number,
  give: (camera: CameraId) => number | null,
): number {
  const weightOf = weigher(holdings);
  const giving = holdings
    .filter(({ whenFull }) => whenFull === "oldest")
    .map((holding) => ({ camera: holding.camera, bytes: holding.bytes, weight: weightOf(holding) }));
  let given = 0;
  while (given < needBytes && giving.length > 0) {
    const most = giving.reduce((a, b) => (b.bytes / b.weight > a.bytes / a.weight ? b : a));
    const bytes = give(most.camera);
    if (bytes === null) giving.splice(giving.indexOf(most), 1);
    most.bytes -= bytes ?? 0;
    given += bytes ?? 0;
  }
  return given;
}
