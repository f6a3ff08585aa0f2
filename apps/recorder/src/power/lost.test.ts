import { cameraId, instant, minutes, seconds, siteId } from "@overt/core";
import type { Outage } from "@overt/rules";
import { expect, test } from "vitest";
import { countLost } from "./lost.ts";

const START = instant(Date.UTC(2026, 10, 25, 8));
const NOW = instant(START + minutes(60));
const outage: Outage = {
  site: siteId("harbour"),
  start: START,
  end: instant(START + minutes(10)),
  planned: false,
  presumed: false,
  closedCleanly: true,
  lostMs: null,
  battery: null,
};
const cameras = [cameraId("gate"), cameraId("mast")];
const from = instant(START - seconds(5));
const dark = { segments: [], gaps: [{ from, to: instant(START + minutes(11)), cause: "site_power" as const }] };
const whole = { segments: [], gaps: [] };

test("what every camera lost is summed, from before the cut was noticed until it was back", async () => {
  const volumes = { timeline: async () => ({ original: dark, anonymised: whole, away: [] }) };
  const lostMs = 2 * (seconds(5) + minutes(11));
  expect(await countLost(volumes, cameras, outage, NOW)).toEqual({ original: lostMs, anonymised: 0 });
});

test("only the time in which something can be lost is asked for", async () => {
  const asked: number[][] = [];
  const timeline = async (_: unknown, from: number, to: number) => {
    asked.push([from, to]);
    return { original: whole, anonymised: whole, away: [] };
  };
  await countLost({ timeline }, cameras.slice(1), outage, NOW);
  expect(asked).toEqual([[START - seconds(15), START + minutes(13)]]);
});

test("nothing is said while a volume is away", async () => {
  const volumes = {
    timeline: async (camera: unknown) => ({
      original: dark,
      anonymised: dark,
      away: camera === "mast" ? ["east"] : [],
    }),
  };
  expect(await countLost(volumes, cameras, outage, NOW)).toBeNull();
});
