import type { GapCause, Instant } from "@overt/core";
import type { CameraSeen } from "./centre/centre.ts";
import type { LiveState } from "./pictures/use-live.ts";

/** A picture older than this never passes for a live one (C13). */
export const STALE_AFTER_MS = 2_000;
/** Stills come this seldom by design; they go stale later. */
const SLOW_STALE_AFTER_MS = 30_000;

/** What a tile must tell about itself, most urgent first; each has an icon and a word. */
export type TileState =
  | { readonly kind: "live" }
  | { readonly kind: "slow" }
  | { readonly kind: "waiting" }
  | { readonly kind: "blank" }
  | { readonly kind: "disconnected" }
  | { readonly kind: "decoder"; readonly message: string }
  | { readonly kind: "cause"; readonly cause: GapCause }
  | { readonly kind: "stale"; readonly ageMs: number };

export function tileState(camera: CameraSeen, live: LiveState, now: Instant): TileState {
  const { anonymised, anonymiser } = camera;
  const staleAfterMs = anonymiser.mode === "slow" ? SLOW_STALE_AFTER_MS : STALE_AFTER_MS;
  const ageMs = live.at === null ? null : now - live.at;
  const fresh = ageMs !== null && ageMs <= staleAfterMs;
  if (fresh && !live.blank) return { kind: anonymiser.mode === "slow" ? "slow" : "live" };
  if (!camera.recorderConnected) return { kind: "disconnected" };
  if (anonymised.cause && anonymised.cause !== "relearning") return { kind: "cause", cause: anonymised.cause };
  if (fresh || anonymised.cause === "relearning") return { kind: "blank" };
  if (live.problem) return { kind: "decoder", message: live.problem };
  return ageMs === null ? { kind: "waiting" } : { kind: "stale", ageMs };
}
