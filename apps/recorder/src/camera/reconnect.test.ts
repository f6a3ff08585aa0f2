import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { type EndedTry, NO_FAILURES, reconnectAfter } from "./reconnect.ts";

const refused: EndedTry = { code: "CAMERA_REFUSED", playedMs: 0, sessionTimeoutMs: 60_000 };

function waits(ended: EndedTry, times: number, random = 1): number[] {
  let past: { failuresInARow: number; staleInARow: number } = NO_FAILURES;
  return Array.from({ length: times }, () => {
    const next = reconnectAfter(ended, past, random);
    past = next;
    return next.waitMs;
  });
}

test("rec-01 obs-studio#4467: waits grow to a third of a minute, and there is no last one", () => {
  expect(waits(refused, 9).map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 22, 22, 22, 22]);
  expect(waits(refused, 5_000).at(-1)).toBe(22_000);
});

test("rec-01: chance spreads them over the upper half", () => {
  expect(waits(refused, 3, 0).map((ms) => ms / 1_000)).toEqual([0.5, 1, 2]);
});

test("a session that played well begins the count again, one that broke at once does not", () => {
  const past = { failuresInARow: 6, staleInARow: 0 };
  expect(reconnectAfter({ ...refused, playedMs: 60_000 }, past, 1).waitMs).toBe(1_000);
  expect(reconnectAfter({ ...refused, playedMs: 1_000 }, past, 1).waitMs).toBe(22_000);
});

test.each(["CAMERA_FULL", "TRANSPORT_REFUSED", "CODEC_UNSUPPORTED", "STREAM_AUDIO_ONLY", "AUTH_REQUIRED"])(
  "rtsp-12, rec-05: %s is tried slowly from the first time on",
  (code) => {
    expect(reconnectAfter({ ...refused, code }, NO_FAILURES, 0).waitMs).toBeGreaterThan(25_000);
  },
);

test("rtsp-16 retina#17: a dead session's timeout is waited out", () => {
  const stale = { code: "CAMERA_STALE_SESSION", playedMs: 0, sessionTimeoutMs: 20_000 };
  expect(reconnectAfter(stale, NO_FAILURES, 0)).toEqual({ waitMs: 20_000, failuresInARow: 1, staleInARow: 1 });
  expect(reconnectAfter({ ...stale, sessionTimeoutMs: 3_600_000 }, NO_FAILURES, 1).waitMs).toBeLessThanOrEqual(60_000);
});

propertyTest.prop([
  fc.constantFrom("CAMERA_REFUSED", "CAMERA_FULL", "CAMERA_STALE_SESSION", "AUTH_FAILED", "ANYTHING"),
  fc.nat(),
  fc.nat(),
  fc.nat(),
  fc.double({ min: 0, max: 1, noNaN: true }),
])(
  "no wait is longer than a minute or shorter than half a second",
  (code, playedMs, failuresInARow, timeout, random) => {
    const ended = { code, playedMs, sessionTimeoutMs: 1_000 + timeout };
    const { waitMs } = reconnectAfter(ended, { failuresInARow, staleInARow: 0 }, random);
    expect(waitMs).toBeGreaterThanOrEqual(500);
    expect(waitMs).toBeLessThanOrEqual(60_000);
  },
);
