import { type GapCause, type Instant, seconds } from "@overt/core";
import type { CameraSeen } from "./centre/centre.ts";

/** What is known of the picture that stands in a tile. */
export interface LiveState {
  /** When the picture that is shown was taken; null before the first one. */
  readonly at: Instant | null;
  readonly blank: boolean;
  /** Since when the centre leaves pictures out because this page's link is too slow; null when it does not. */
  readonly delayedAt: Instant | null;
  readonly problem: string | null;
}

/** A picture older than this never passes for a live one (C13). */
export const STALE_AFTER_MS = seconds(2);
/** Stills come this seldom by design; they go stale later. */
const SLOW_STALE_AFTER_MS = seconds(30);
/** The centre says every second that it leaves pictures out; after this long without a word it does no more. */
const DELAYED_FOR_MS = seconds(3);

/** What a tile must tell about itself; each has an icon and a word. */
export type TileState =
  | { readonly kind: "live" | "slow" | "delayed" | "waiting" | "blank" | "disconnected" }
  | { readonly kind: "decoder"; readonly message: string }
  | { readonly kind: "cause"; readonly cause: GapCause }
  | { readonly kind: "stale"; readonly ageMs: number };

export function tileState(camera: CameraSeen, live: LiveState, now: Instant): TileState {
  const { anonymised, anonymiser } = camera;
  const isSlow = anonymiser.mode === "slow";
  const ageMs = live.at === null ? null : now - live.at;
  const fresh = ageMs !== null && ageMs <= (isSlow ? SLOW_STALE_AFTER_MS : STALE_AFTER_MS);
  if (fresh && !live.blank) {
    if (live.delayedAt !== null && now - live.delayedAt < DELAYED_FOR_MS) return { kind: "delayed" };
    return { kind: isSlow ? "slow" : "live" };
  }
  if (!camera.recorderConnected) return { kind: "disconnected" };
  if (anonymised.cause && anonymised.cause !== "relearning") return { kind: "cause", cause: anonymised.cause };
  if (fresh || anonymised.cause === "relearning") return { kind: "blank" };
  if (live.problem) return { kind: "decoder", message: live.problem };
  return ageMs === null ? { kind: "waiting" } : { kind: "stale", ageMs };
}

const MOVING: readonly TileState["kind"][] = ["live", "slow", "delayed"];
/** What stands there is not what the camera sees now, and must look so. */
export const isAged = ({ kind }: TileState): boolean => !MOVING.includes(kind);

const CLOSED: readonly GapCause[] = ["no_permit", "shuttered", "mask_failed"];
/** Nobody may look now: not even the last picture stays. */
export const mustBlank = (state: TileState): boolean => state.kind === "cause" && CLOSED.includes(state.cause);
