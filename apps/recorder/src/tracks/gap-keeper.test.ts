import { fc, test as propertyTest } from "@fast-check/vitest";
import { GAP_CAUSES, type GapCause, type Instant, instant } from "@overt/core";
import { expect, test } from "vitest";
import { type FileUnder, GapKeeper } from "./gap-keeper.ts";

interface Row {
  from: Instant;
  to: Instant | null;
  cause: GapCause;
}

function keeper(from = 0, file?: FileUnder): { gaps: GapKeeper; rows: Row[] } {
  const rows: Row[] = [];
  const gaps = new GapKeeper(
    {
      open: (at, cause) => rows.push({ from: at, to: null, cause }),
      close: (at) => {
        const last = rows.at(-1);
        if (last) last.to = at;
      },
    },
    instant(from),
    file,
  );
  return { gaps, rows };
}

test("a gap begins at the end of the last picture, not when the silence was noticed", () => {
  const { gaps, rows } = keeper();
  gaps.recorded(instant(0), instant(900));
  gaps.missing("camera_silent", instant(5900));
  gaps.recorded(instant(7000), instant(7900));
  expect(rows).toEqual([{ from: 900, to: 7000, cause: "camera_silent" }]);
});

test("when the cause changes, the next row begins where the last one ended", () => {
  const { gaps, rows } = keeper();
  gaps.missing("camera_unreachable", instant(10));
  gaps.missing("auth_failed", instant(500));
  gaps.missing("auth_failed", instant(600));
  expect(rows).toEqual([
    { from: 0, to: 500, cause: "camera_unreachable" },
    { from: 500, to: null, cause: "auth_failed" },
  ]);
});

test("a camera that paused without anybody noticing leaves a gap all the same", () => {
  const { gaps, rows } = keeper();
  gaps.recorded(instant(0), instant(1000));
  gaps.recorded(instant(2500), instant(3000));
  gaps.recorded(instant(6000), instant(7000));
  expect(rows).toEqual([{ from: 3000, to: 6000, cause: "camera_silent" }]);
});

const anyStep = fc.record({
  wait: fc.integer({ min: 1, max: 3000 }),
  cause: fc.option(fc.constantFrom(...GAP_CAUSES), { nil: null }),
});

propertyTest.prop([fc.array(anyStep, { maxLength: 100 })])("recorded plus gaps is all the time there was", (steps) => {
  const { gaps, rows } = keeper();
  let now = 0;
  let recordedMs = 0;
  for (const { wait, cause } of steps) {
    if (cause) gaps.missing(cause, instant(now + wait));
    else {
      gaps.recorded(instant(Math.max(now, gaps.recordedTo)), instant(now + wait));
      recordedMs += wait;
    }
    now += wait;
    if (cause) gaps.missing(cause, instant(now));
  }
  gaps.unasked(instant(now));
  const gapMs = rows.reduce((sum, row) => sum + ((row.to ?? now) - row.from), 0);
  expect(recordedMs + gapMs).toBe(now);
  for (const [i, row] of rows.entries()) expect(row.from).toBeGreaterThanOrEqual(rows[i - 1]?.to ?? 0);
});

test("a gap is filed under what is known of the site, and anew from its beginning when more is known", () => {
  let onBattery = false;
  const { gaps, rows } = keeper(0, (cause) => (onBattery && cause === "camera_silent" ? "site_power" : cause));
  gaps.recorded(instant(0), instant(900));
  gaps.missing("camera_silent", instant(5_900));
  onBattery = true;
  gaps.reconsider();
  gaps.missing("camera_silent", instant(9_000));
  gaps.recorded(instant(20_000), instant(20_900));
  gaps.reconsider();
  expect(rows).toEqual([
    { from: 900, to: 900, cause: "camera_silent" },
    { from: 900, to: 20_000, cause: "site_power" },
  ]);
});
