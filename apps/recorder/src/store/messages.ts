import type { CameraId, GapCause, Instant, Track } from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import type { Place } from "./entry.ts";
import type { Hold, KeptHold } from "./holds.ts";
import type { PlanStep } from "./playback.ts";
import type { Finding } from "./recovery.ts";
import type { CameraPeriod, DeadPeriod } from "./removal.ts";
import type { KeepRule } from "./shares.ts";
import type { StoreOptions } from "./store.ts";

interface TrackName {
  readonly camera: CameraId;
  readonly track: Track;
}
interface TrackSpan extends TrackName {
  readonly from: Instant;
  readonly to: Instant;
}

/** What a recorder asks of a volume's writer, in a frame's head. Both are of one version: one starts the other. */
export type StoreQuestion =
  | { readonly op: "open"; readonly options: StoreOptions }
  /** Body: records back to back. Answered when they are durable. */
  | { readonly op: "append"; readonly retentionClass: number }
  | ({ readonly op: "gap_open"; readonly at: Instant; readonly cause: GapCause } & TrackName)
  | ({ readonly op: "gap_close"; readonly at: Instant } & TrackName)
  | { readonly op: "gaps_lasting" }
  | ({ readonly op: "timeline" } & TrackSpan)
  | ({ readonly op: "plan"; readonly since: Instant | null } & TrackSpan)
  /** The answer's body: the records, back to back; `bytes` has the length of each, 0 where one is lost. */
  | { readonly op: "read"; readonly places: readonly Place[] }
  | { readonly op: "space" }
  | { readonly op: "periods" }
  | { readonly op: "expire"; readonly periods: readonly DeadPeriod[] }
  | { readonly op: "hold"; readonly hold: Hold }
  | { readonly op: "release"; readonly id: string }
  | { readonly op: "holds" }
  | { readonly op: "beat"; readonly now: Instant }
  /** Not answered. */
  | { readonly op: "keep"; readonly rules: readonly KeepRule[] }
  | { readonly op: "close"; readonly now: Instant };

export interface LastingGap extends TrackName {
  readonly from: Instant;
  readonly cause: GapCause;
}

/** Answers by question; those not named here are empty. */
export interface StoreAnswers {
  /** `lastAt`: trusted time of the last commit, before this start too; `lastAlive`: of the last one of another run. */
  readonly open: { readonly store: string; readonly lastAt: Instant; readonly lastAlive: Instant | null };
  readonly gaps_lasting: { readonly gaps: readonly LastingGap[] };
  readonly timeline: { readonly timeline: TrackTimeline };
  readonly plan: PlanStep;
  readonly read: { readonly bytes: readonly number[] };
  readonly hold: { readonly hold: KeptHold };
  readonly release: Record<string, never>;
  readonly holds: { readonly holds: readonly KeptHold[] };
  readonly periods: { readonly periods: readonly CameraPeriod[] };
  readonly space: {
    readonly freeBytes: number;
    readonly usedBytes: number;
    /** Days until footage is lost before its retention, as cameras send now; `null` when none will be. */
    readonly daysUntilLoss: number | null;
  };
}

/** Sent unasked. */
export type StoreMessage =
  | { readonly message: "evicted"; readonly periods: readonly CameraPeriod[] }
  | { readonly message: "found"; readonly finding: Finding }
  | { readonly message: "listed" };

/** How a writer ends that cannot make durable what waits. */
export const GAVE_UP_CODE = 3;
/** The same, because there is no room even for its rows. */
export const FULL_CODE = 4;
