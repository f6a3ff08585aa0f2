import { type CameraId, cameraId, type SegmentId } from "@overt/core";
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
