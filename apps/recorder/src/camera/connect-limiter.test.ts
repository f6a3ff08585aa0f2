import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectLimiter, type ConnectPlace } from "./connect-limiter.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function enterAll(limiter: ConnectLimiter, cameras: number, busyMs: number): { started: number[]; most: () => number } {
  const started: number[] = [];
  let open = 0;
  let most = 0;
  for (let n = 0; n < cameras; n++)
    limiter.enter((place) => {
      started.push(Date.now());
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        place.release();
      }, busyMs);
    });
  return { started, most: () => most };
}

test("rec-07 frigate#6110: of 200 cameras that are busy for 3 s each, 32 at a time, the last is reached within 30 s", () => {
  const from = Date.now();
  const { started, most } = enterAll(new ConnectLimiter(), 200, 3_000);
  expect(started).toHaveLength(32);
  vi.advanceTimersByTime(30_000 - 3_000);
  expect(started).toHaveLength(200);
  expect(most()).toBe(32);
  expect((started.at(-1) ?? 0) - from + 3_000).toBeLessThanOrEqual(30_000);
});

test("a place is given on after its time, so that dead addresses do not hold up living ones", () => {
  const { started } = enterAll(new ConnectLimiter(1, 4_000), 3, 3_600_000);
  vi.advanceTimersByTime(8_000);
  expect(started).toHaveLength(3);
});

test("who leaves the queue is not started, and gives back the place it had", () => {
  const limiter = new ConnectLimiter(1);
  const started: string[] = [];
  const leaveFirst = limiter.enter(() => started.push("first"));
  const leaveSecond = limiter.enter(() => started.push("second"));
  limiter.enter(() => started.push("third"));
  leaveSecond();
  leaveFirst();
  expect(started).toEqual(["first", "third"]);
});

test("a place is given back once", () => {
  const limiter = new ConnectLimiter(1);
  const places: ConnectPlace[] = [];
  for (let n = 0; n < 3; n++) limiter.enter((place) => places.push(place));
  places[0]?.release();
  places[0]?.release();
  expect(places).toHaveLength(2);
});
