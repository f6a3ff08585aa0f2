import { type CameraId, cameraId, type GapCause, instant, type SegmentId } from "@overt/core";
import { expect, test } from "vitest";
import { Backlog, type Kept } from "./backlog.ts";

const camera = (n: number): CameraId => cameraId(`camera-${n}`);
const segment = (n: number): SegmentId => String(n).padStart(64, "0") as SegmentId;
const kept = (of: CameraId, bytes: number): Kept => ({
  question: { op: "space" },
  records: [],
  bytes,
  camera: of,
  since: 0,
  done: () => {},
  failed: () => {},
});

test("sto-09: a camera that fills more than its share is refused before the others are", () => {
  const backlog = new Backlog(1_000);
  backlog.keep(kept(camera(1), 500));
  backlog.keep(kept(camera(2), 100));
  expect(backlog.refuses(camera(1), segment(1), 100, false)).toBe("backlog");
  expect(backlog.refuses(camera(2), segment(2), 100, false)).toBeNull();
  expect(backlog.refuses(camera(3), segment(3), 100, false)).toBeNull();
});

test("sto-09: what is dropped is the rest of a segment, not a hole in it", () => {
  const backlog = new Backlog(1_000);
  const much = kept(camera(1), 950);
  backlog.keep(much);
  expect(backlog.refuses(camera(1), segment(1), 100, false)).toBe("backlog");
  backlog.release(much);
  expect(backlog.bytes).toBe(0);
  expect(backlog.refuses(camera(1), segment(1), 100, false)).toBe("backlog");
  expect(backlog.refuses(camera(1), segment(2), 100, false)).toBeNull();
});

test("headers and envelopes find room where pictures do not", () => {
  const backlog = new Backlog(1_000);
  backlog.keep(kept(camera(1), 990));
  expect(backlog.refuses(camera(2), null, 100, false)).toBe("backlog");
  expect(backlog.refuses(camera(2), null, 100, true)).toBeNull();
});

test("a gap that changes its cause all the time, with no writer to tell it to, goes on under an earlier one", () => {
  const backlog = new Backlog(1_000);
  let done = 0;
  const act = (question: Kept["question"]): void =>
    backlog.keep({ ...kept(camera(1), 0), camera: null, question, done: () => done++ });
  const of = { camera: camera(1), track: "original" } as const;
  const change = (at: number, cause: GapCause): void => {
    act({ op: "gap_close", ...of, at: instant(at) });
    if (!backlog.takeBackEnd(of.camera, of.track, instant(at))) act({ op: "gap_open", ...of, at: instant(at), cause });
  };
  act({ op: "gap_open", ...of, at: instant(0), cause: "disk_failed" });
  for (let at = 1; at < 10_000; at++) change(at, at % 2 ? "camera_silent" : "disk_failed");
  const held = [...backlog];
  expect(held.length).toBeLessThan(100);
  expect(done, "who waits for an end that is taken back is answered").toBe(9_999 - (held.length - 1) / 2);
  expect(held.at(-1)?.question.op, "the gap lasts").toBe("gap_open");
  act({ op: "gap_close", ...of, at: instant(10_000) });
  expect(backlog.takeBackEnd(of.camera, of.track, instant(10_001)), "time between two gaps is recorded time").toBe(
    false,
  );
  expect(backlog.takeBackEnd(of.camera, "anonymised", instant(10_000)), "each track by itself").toBe(false);
});
