import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant, minutes, siteId } from "@overt/core";
import type { Outage, PowerRung, StopReason } from "@overt/rules";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PowerConfig } from "./config.ts";
import { type Answer, FakeUpsd, GREETING } from "./fake-upsd.ts";
import { PowerJournal, readHistory } from "./journal.ts";
import { PowerWatch } from "./watch.ts";

const site = siteId("harbour");
const EIGHT = Date.UTC(2026, 10, 25, 8);
let dir: string;
let upsd: FakeUpsd;
let watch: PowerWatch;
let journal: PowerJournal;
let said: Record<string, string> | null;
/** Moves both clocks at once: nothing is heard meanwhile. */
let aheadMs: number;
const shed: PowerRung[][] = [];
const stops: StopReason[] = [];
const counted: Outage[] = [];
let volumeAway: boolean;
let reconsidered: number;

const answer: Answer = (line) => {
  if (line === "VER") return GREETING;
  if (!line.startsWith("LIST")) return "OK\n";
  if (said === null) return "ERR DATA-STALE\n";
  const lines = Object.entries(said).map(([name, value]) => `VAR gate ${name} "${value}"`);
  return `${["BEGIN LIST VAR gate", ...lines, "END LIST VAR gate"].join("\n")}\n`;
};
const now = (): Instant => instant(EIGHT + performance.now() + aheadMs);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "overt-power-"));
  said = { "ups.status": "OL", "battery.charge": "100" };
  aheadMs = 0;
  reconsidered = 0;
  volumeAway = false;
  for (const list of [shed, stops, counted]) list.length = 0;
  upsd = await FakeUpsd.open(answer);
});
afterEach(async () => {
  await watch.close();
  await journal.settled();
  await upsd.close();
  rmSync(dir, { recursive: true, force: true });
});

async function follow(config: object = {}): Promise<PowerWatch> {
  const thrown = (error: unknown): never => {
    throw error;
  };
  journal = await PowerJournal.open({ directory: dir, site, onError: thrown });
  await journal.note({ kind: "began", at: now(), boot: "a", lastAlive: null, watched: true });
  watch = new PowerWatch({
    config: PowerConfig.parse({
      ups: [{ name: "Gate", host: "127.0.0.1", port: upsd.port, upsName: "gate" }],
      pollSeconds: 1,
      ...config,
    }),
    clock: { now, monotonicMs: () => performance.now() + aheadMs },
    journal,
    log: () => {},
    onError: thrown,
    effects: {
      shed: (rungs) => shed.push([...rungs]),
      wentOnBattery: () => reconsidered++,
      stop: (because) => stops.push(because),
      countLost: async (outage) => {
        counted.push(outage);
        return volumeAway ? null : { original: 4_000, anonymised: 9_000 };
      },
    },
  });
  watch.start();
  return watch;
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 15_000;
  while (performance.now() < end) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`It did not come to that: ${JSON.stringify(watch.status())}`);
}
/** Time in which the UPS answers as ever. */
async function pass(ms: number): Promise<void> {
  for (const end = aheadMs + ms; aheadMs < end; ) {
    const before = upsd.heard.length;
    aheadMs = Math.min(end, aheadMs + 10_000);
    await until(() => upsd.heard.length > before);
  }
}
const supplied = (supply: string) => until(() => watch.status().supply === supply);

test("a cut that nobody announced is a problem while it lasts, is kept, and what it cost is counted", async () => {
  await follow();
  await supplied("on_line");
  said = { "ups.status": "OB", "battery.charge": "96", "battery.runtime": "3600" };
  await supplied("on_battery");
  expect(reconsidered).toBe(1);
  expect(watch.status()).toMatchObject({
    problems: [{ severity: "high", code: "POWER_CUT" }],
    outages: [{ end: null, planned: false }],
    safeStopInMs: null,
    step: 0,
  });
  said = { "ups.status": "OL CHRG", "battery.charge": "95" };
  await supplied("on_line");
  expect(watch.status()).toMatchObject({ problems: [], safeStopInMs: 0, outages: [{ end: expect.any(Number) }] });
  aheadMs += minutes(4);
  await until(() => watch.status().outages[0]?.lostMs !== null);
  expect(watch.status().outages[0]?.lostMs).toEqual({ original: 4_000, anonymised: 9_000 });
  expect(counted).toHaveLength(1);
  expect((await readHistory(dir, site)).outages).toHaveLength(1);
});

test("what a cut cost stays uncounted while a volume is away, and is counted when it is back", async () => {
  volumeAway = true;
  said = { "ups.status": "OB", "battery.runtime": "3600" };
  await follow();
  await supplied("on_battery");
  said = { "ups.status": "OL" };
  await supplied("on_line");
  aheadMs += minutes(4);
  await until(() => counted.length === 1);
  await pass(30_000);
  expect(counted).toHaveLength(1);
  expect(watch.status().outages[0]?.lostMs).toBeNull();
  volumeAway = false;
  await pass(40_000);
  expect(watch.status().outages[0]?.lostMs).toEqual({ original: 4_000, anonymised: 9_000 });
});

test("a cut that is on the calendar is nothing to call anybody for", async () => {
  const planned = [
    { from: new Date(EIGHT - minutes(60)).toISOString(), to: new Date(now() - minutes(9.5)).toISOString() },
  ];
  await follow({ planned });
  said = { "ups.status": "OB", "battery.runtime": "3600" };
  await supplied("on_battery");
  expect(watch.status()).toMatchObject({ problems: [], outages: [{ planned: true }] });
  await pass(minutes(1));
  expect(watch.status().problems).toMatchObject([{ code: "POWER_CUT" }]);
});

test("rungs are taken as the battery empties, noted, and given back half a minute after the mains", async () => {
  await follow();
  said = { "ups.status": "OB", "battery.runtime": "1100" };
  await until(() => shed.length === 1);
  said = { "ups.status": "OB", "battery.runtime": "300" };
  await until(() => shed.length === 2);
  expect(shed).toEqual([
    ["displays", "infrared", "frame_rate"],
    ["displays", "infrared", "frame_rate", "live_view", "anonymised"],
  ]);
  expect(watch.status().shed).toEqual(shed[1]);
  expect((await readHistory(dir, site)).step).toBe(5);
  said = { "ups.status": "OL" };
  await supplied("on_line");
  expect(watch.status().step).toBe(5);
  await pass(30_000);
  await until(() => watch.status().step === 0);
  expect(shed.at(-1)).toEqual([]);
});

test("rungs come back with the recorder's own mains, though the cameras' UPS stays on battery", async () => {
  const dark: Answer = (line) =>
    line.startsWith("LIST") ? 'BEGIN LIST VAR gate\nVAR gate ups.status "OB"\nEND LIST VAR gate\n' : answer(line);
  const cameras = await FakeUpsd.open(dark);
  const server = { host: "127.0.0.1", upsName: "gate" };
  const ups = [
    { ...server, name: "Gate", port: upsd.port },
    { ...server, name: "Mast", port: cameras.port, feeds: "cameras" },
  ];
  said = { "ups.status": "OB", "battery.runtime": "300" };
  await follow({ ups });
  await until(() => watch.status().step === 5);
  said = { "ups.status": "OL" };
  await until(() => watch.status().ups[0]?.supply === "on_line");
  await pass(minutes(1));
  await supplied("on_battery");
  expect(watch.status()).toMatchObject({ step: 0, shed: [] });
  await watch.close();
  await cameras.close();
});

test.each([
  ["OB LB", "low"],
  ["FSD OL", "forced_shutdown"],
])("%s stops the recorder, once", async (status, because) => {
  await follow();
  said = { "ups.status": status };
  await until(() => stops.length > 0);
  aheadMs += 5_000;
  expect(stops).toEqual([because]);
  expect(watch.status().problems.map(({ code }) => code)).toContain("BATTERY_LOW");
});

test("a UPS that falls silent on battery stops the recorder 15 s later; one that was on line does not", async () => {
  await follow();
  await supplied("on_line");
  said = null;
  await until(() => watch.status().problems.some(({ code }) => code === "UPS_DATA_STALE"));
  aheadMs += 20_000;
  await supplied("unknown");
  expect(stops).toEqual([]);
  said = { "ups.status": "OB", "battery.runtime": "3600" };
  await supplied("on_battery");
  said = null;
  await until(() => watch.status().problems.some(({ code }) => code === "UPS_DATA_STALE"));
  expect(stops).toEqual([]);
  aheadMs += 15_000;
  await until(() => stops.length > 0);
  expect(stops).toEqual(["lost_contact"]);
});

test("after a cut the minutes until the battery could carry a stop again are told", async () => {
  said = { "ups.status": "OL CHRG LB", "battery.charge": "10", "battery.charge.low": "15" };
  await follow();
  await supplied("on_line");
  expect(stops).toEqual([]);
  expect(watch.status().safeStopInMs).toBe(minutes(60));
});

test("a battery that gave less than planned is told before it fails", async () => {
  await follow({ batteryMinutes: 60 });
  said = { "ups.status": "OB", "battery.charge": "100", "battery.runtime": "3600" };
  await supplied("on_battery");
  await pass(30_000);
  said = { "ups.status": "OL CHRG", "battery.charge": "95" };
  await supplied("on_line");
  expect(watch.status().problems).toMatchObject([
    { severity: "medium", code: "BATTERY_WEAK", message: expect.stringMatching(/lasts 1[01] min; 60 are planned/) },
  ]);
});

test("what a UPS asks for is said in words, the worst first", async () => {
  said = { "ups.status": "OL RB OVER BYPASS", "ups.load": "118" };
  await follow();
  await supplied("on_line");
  expect(watch.status().problems.map(({ code }) => code)).toEqual([
    "UPS_OVERLOAD",
    "UPS_REPLACE_BATTERY",
    "UPS_BYPASS",
  ]);
});
