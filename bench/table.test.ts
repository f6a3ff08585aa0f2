import { describe, expect, test } from "vitest";
import { row } from "./row.ts";
import { table } from "./table.ts";

describe("a row", () => {
  test("reckons its ratio and verdict from what was measured", () => {
    const baseline = { name: "one ffmpeg each", value: 0.5 };
    expect(row("CPU", "%", 0.25, { baseline, goal: { of: "ratio", atMost: 0.6 } })).toEqual({
      measure: "CPU",
      unit: "%",
      ours: 0.25,
      baseline,
      ratio: 0.5,
      goal: "≤ 0.6×",
      met: true,
    });
  });

  test.each([
    [{ of: "ours", atLeast: 36 } as const, 36, "≥ 36 cameras", true],
    [{ of: "ours", atLeast: 36 } as const, 35, "≥ 36 cameras", false],
    [{ of: "ours", atMost: 0 } as const, 0, "≤ 0 cameras", true],
    [{ of: "ours", atMost: 0 } as const, Number.NaN, "≤ 0 cameras", false],
    [{ of: "ours", atLeast: 1, atMost: 2 } as const, 3, "≥ 1 cameras, ≤ 2 cameras", false],
  ])("with the goal %o and the value %d says %s, met %s", (goal, ours, words, met) => {
    expect(row("room", "cameras", ours, { goal })).toMatchObject({ goal: words, met });
  });

  test("does not judge a ratio that has no baseline", () => {
    expect(row("CPU", "%", 1, { goal: { of: "ratio", atMost: 1 } })).toMatchObject({ ratio: null, met: null });
  });
});

test("the table stands in columns and shortens figures to three digits", () => {
  const baseline = { name: "ffmpeg", value: 12_345.678 };
  const goal = { of: "ratio", atMost: 0.6 } as const;
  expect(
    table([
      row("memory per camera", "kB", 4_096.4, { baseline, goal }),
      row("µ", "", 1_000_000),
      row("latency p95", "ms", 0.123456, { goal: { of: "ours", atMost: 0.1 } }),
    ]),
  ).toBe(
    [
      "measure                 ours  baseline             ratio  goal      met",
      "memory per camera   4,096 kB  12,346 kB (ffmpeg)  0.332×  ≤ 0.6×    yes",
      "µ                  1,000,000",
      "latency p95         0.123 ms                              ≤ 0.1 ms  NO",
    ].join("\n"),
  );
});
