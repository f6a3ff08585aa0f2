import { type GapCause, type Instant, instant } from "@overt/core";
import { expect, test } from "vitest";
import type { CameraSeen } from "./centre/centre.ts";
import { isAged, type LiveState, mustBlank, tileState } from "./tile-state.ts";

const NOW = instant(1_000_000);

function camera({ cause = null as GapCause | null, mode = "full", connected = true } = {}): CameraSeen {
  return { anonymised: { cause }, anonymiser: { mode }, recorderConnected: connected } as unknown as CameraSeen;
}
const picture = (ageMs: number, more: Partial<LiveState> = {}): LiveState => ({
  at: (NOW - ageMs) as Instant,
  blank: false,
  delayedAt: null,
  problem: null,
  ...more,
});
const NONE: LiveState = { at: null, blank: false, delayedAt: null, problem: null };

test("ops-05: a picture that is older than two seconds is never called live", () => {
  expect(tileState(camera(), picture(1_900), NOW)).toEqual({ kind: "live" });
  expect(tileState(camera(), picture(2_100), NOW)).toEqual({ kind: "stale", ageMs: 2_100 });
  expect(isAged({ kind: "stale", ageMs: 2_100 })).toBe(true);
});

test("stills come seldom by design, and say that they are stills", () => {
  expect(tileState(camera({ mode: "slow" }), picture(20_000), NOW)).toEqual({ kind: "slow" });
  expect(tileState(camera({ mode: "slow" }), picture(31_000), NOW).kind).toBe("stale");
});

test("an old picture is explained by the cause that the recorder knows", () => {
  const state = tileState(camera({ cause: "camera_silent" }), picture(60_000), NOW);
  expect(state).toEqual({ kind: "cause", cause: "camera_silent" });
  expect(mustBlank(state)).toBe(false);
});

test.each(["no_permit", "shuttered", "mask_failed"] as const)("under %s not even the last picture stays", (cause) => {
  expect(mustBlank(tileState(camera({ cause }), picture(60_000), NOW))).toBe(true);
});

test("ops-08: each reason for no picture has its own word", () => {
  expect(tileState(camera({ connected: false }), NONE, NOW).kind).toBe("disconnected");
  expect(tileState(camera(), NONE, NOW).kind).toBe("waiting");
  expect(tileState(camera(), { ...NONE, problem: "no decoder" }, NOW).kind).toBe("decoder");
  expect(tileState(camera(), picture(100, { blank: true }), NOW).kind).toBe("blank");
  expect(tileState(camera({ cause: "relearning" }), NONE, NOW).kind).toBe("blank");
});

test("mse-08: a link slower than the stream is called delayed, and live again three seconds after the last word of it", () => {
  expect(tileState(camera(), picture(500, { delayedAt: NOW }), NOW).kind).toBe("delayed");
  expect(tileState(camera(), picture(500, { delayedAt: (NOW - 3_000) as Instant }), NOW).kind).toBe("live");
});
