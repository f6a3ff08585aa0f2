import { type GapCause, instant } from "@overt/core";
import { expect, test } from "vitest";
import { explain, type Injected } from "./explain.ts";

const cut = (change: Partial<Injected> = {}): Injected => ({
  fault: "cut",
  camera: 0,
  causes: { original: ["camera_unreachable"], anonymised: [] },
  ...{ from: 20_000, to: 30_000, reachesBackMs: 0, lingersMs: 0, ...change },
});
const down = cut({
  fault: "recorder",
  camera: null,
  causes: { original: ["recorder_down"], anonymised: [] },
  from: 40_000,
  to: 41_000,
});
const of = { camera: 0, track: "original", always: [] } as const;

/** Recorded but for these. */
function timeline(...gaps: [cause: GapCause, from: number, to: number][]) {
  const edges = [0, ...gaps.flatMap(([, from, to]) => [from, to]), 100_000];
  return {
    segments: Array.from({ length: edges.length / 2 }, (_, i) => ({
      from: instant(edges[i * 2] as number),
      to: instant(edges[i * 2 + 1] as number),
      startsOnKeyPicture: true,
      clockOffsetMs: null,
    })).filter(({ from, to }) => to > from),
    gaps: gaps.map(([cause, from, to]) => ({ cause, from: instant(from), to: instant(to) })),
  };
}

const judged = (shown: ReturnType<typeof timeline>, injected: readonly Injected[]) =>
  explain(shown, of, injected, 0, 100_000);

test("a gap of a fault's own cause that began under it is explained, however long the camera stays away", () => {
  const { unexplained, gapMs, recordedMs, overdueMs } = judged(timeline(["camera_unreachable", 18_500, 80_000]), [
    cut(),
  ]);
  expect(unexplained).toEqual([]);
  expect(overdueMs, "how long it stays away is told by itself").toBe(50_000);
  expect(gapMs.get("camera_unreachable")).toBe(61_500);
  expect(recordedMs).toBe(38_500);
});

test("a gap of another cause, of another camera's fault or at another time is not", () => {
  const gap = timeline(["camera_unreachable", 20_000, 25_000]);
  expect(judged(timeline(["disk_slow", 20_000, 25_000]), [cut()]).unexplained).toHaveLength(1);
  expect(judged(gap, [cut({ camera: 1 })]).unexplained).toHaveLength(1);
  expect(judged(gap, [cut({ from: 60_000, to: 70_000 })]).unexplained).toHaveLength(1);
  expect(judged(gap, [cut({ from: 0, to: 10_000 })]).unexplained).toHaveLength(1);
});

test("what follows without a break is explained by what began it", () => {
  const chain = timeline(
    ["camera_unreachable", 20_000, 40_000],
    ["recorder_down", 40_000, 43_000],
    ["camera_unreachable", 43_000, 60_000],
  );
  expect(judged(chain, [cut(), down]).unexplained).toEqual([]);
  expect(judged(chain, [cut()]).unexplained).toHaveLength(1);
  const earlier = cut({ ...down, from: 8_000, to: 9_000 });
  const within = timeline(["recorder_down", 8_000, 20_000], ["camera_unreachable", 20_000, 60_000]);
  expect(judged(within, [earlier, cut()]).unexplained).toEqual([]);
  const unnoticed = timeline(["recorder_down", 30_000, 50_000]);
  expect(judged(unnoticed, [cut(), down]).unexplained).toEqual([]);
  expect(judged(unnoticed, [down]).unexplained).toHaveLength(1);
  const broken = timeline(["camera_unreachable", 20_000, 40_000], ["camera_unreachable", 45_000, 60_000]);
  expect(judged(broken, [cut()]).unexplained).toHaveLength(1);
});

test("a time that is neither recorded nor a gap is never explained", () => {
  const shown = timeline(["camera_unreachable", 20_000, 30_000]);
  const { unexplained } = judged({ ...shown, gaps: [] }, [cut()]);
  expect(unexplained).toEqual([expect.stringContaining("neither recorded nor a gap")]);
});
