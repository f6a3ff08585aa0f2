import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Instant, instant } from "@overt/core";
import type { RecorderStatus, Timeline } from "@overt/link";
import { DUMMY_UPS, DummyNut, NUT_LOGIN } from "@overt/recorder/power/dummy-nut";
import { checkStore } from "@overt/recorder/store/check";
import { killNow } from "@overt/cli/supervise";
import { type SimCamera, startCamera } from "@overt/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holes, lost } from "./town/timelines.ts";
import { recordsBoth, Town } from "./town/town.ts";

const NAMES = ["gate", "yard"] as const;
const TRACKS = ["original", "anonymised"] as const;
const LINE = { "ups.status": "OL", "battery.charge": "100", "battery.charge.low": "20", "battery.runtime": "3600" };
const BATTERY = { ...LINE, "ups.status": "OB DISCHRG", "battery.charge": "90" };
const LOW = { ...LINE, "ups.status": "OB LB", "battery.charge": "12", "battery.runtime": "60" };
/** What a recorder may take to end (W18), from when `upsd` says that the battery is low: a primary cuts the power then. */
const STOP_MS = 5_000;
/** From when `upsd` says that the power is back: to be ready (W19), and to record again what the cameras send at once. */
const READY_MS = 10_000;
const RECORD_MS = 20_000;
/** Its ground is looked at anew. */
const ANONYMISE_MS = 40_000;

const missing = DummyNut.installed ? "" : " [skipped: no NUT]";

const cacheDir = mkdtempSync(join(tmpdir(), "overt-sim-"));
const cameras: SimCamera[] = [];
let nut: DummyNut;
let town: Town;

const started = (name: string, port?: number): Promise<SimCamera> =>
  startCamera({
    name,
    source: { scene: "market" },
    cacheDir,
    seconds: 8,
    ...(port === undefined ? {} : { port }),
    main: { width: 320, height: 240, fps: 5, bitrate: 200_000 },
    sub: { width: 320, height: 240, fps: 5, bitrate: 150_000 },
  });
const ups = (more: object = {}) => ({
  name: "Gate UPS",
  host: "127.0.0.1",
  port: nut.port,
  upsName: DUMMY_UPS,
  ...NUT_LOGIN,
  ...more,
});

describe.skipIf(missing)(`a recorder that knows its power${missing}`, () => {
  beforeAll(async () => {
    nut = await DummyNut.start(LINE);
    for (const name of NAMES) cameras.push(await started(name));
    town = await Town.start({
      epochMs: 20_000,
      power: { ups: [ups()] },
      cameras: cameras.map((camera, i) => ({
        id: NAMES[i] as string,
        main: camera.url("main"),
        sub: camera.url("sub"),
      })),
    });
    await town.until("both record", recordsBoth, 120_000);
  }, 240_000);

  afterAll(async () => {
    await town?.end();
    await Promise.all(cameras.map((camera) => camera.stop()));
    await nut?.stop();
    town?.forget();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  test("says that it is on battery, since when, and that nobody announced it", async () => {
    await supplied("on_line");
    nut.set(BATTERY);
    const { power, parts } = await supplied("on_battery");
    expect(power).toMatchObject({
      watched: true,
      ups: [{ name: "Gate UPS", states: ["on_battery"], chargePercent: 90, runtimeMs: 3_600_000, problem: null }],
      problems: [{ severity: "high", code: "POWER_CUT" }],
      outages: [{ end: null, planned: false }],
    });
    expect(parts.find(({ name }) => name === "power")).toMatchObject({
      state: "failed",
      message: expect.stringContaining("high: town is without mains"),
    });
  });

  test("a camera without a battery is dark because of the power, not of itself", async () => {
    const before = instant(Date.now());
    const [, yard] = cameras as [SimCamera, SimCamera];
    await yard.stop();
    const silent = ({ cameras: all }: RecorderStatus) =>
      all.some(({ id, original }) => id === "yard" && original.cause !== null);
    await town.until("silence", silent);
    cameras[1] = await started("yard", yard.port);
    await town.until("the camera is back", recordsBoth, 120_000);
    for (const track of TRACKS)
      expect(causes((await timeline("yard", before))[track], before), track).toEqual([
        "site_power",
        // Then its ground is looked at anew.
        ...(track === "original" ? [] : ["relearning"]),
      ]);
  }, 180_000);

  test("at the battery's end it closes all it has within 5 s, and comes back by itself with the power", async () => {
    const began = instant(Date.now());
    await town.until("some seconds on battery", () => Date.now() > began + 6_000);
    const before = await Promise.all(NAMES.map((name) => timeline(name, began)));
    expect(await stopMs(LOW)).toBeLessThanOrEqual(STOP_MS);
    const { recorder } = town;
    const [stopping, stopped] = events().slice(-2) as [Noted, Noted];
    expect(stopping).toMatchObject({ kind: "stopping", because: "low" });
    expect(stopped).toMatchObject({ kind: "stopped", clean: true });
    await until("the one that waits", () => recorder.pid !== null);

    const check = await checkStore(join(town.dir, "footage"));
    expect(check.problems).toEqual([]);
    expect(check.notes).toEqual([]);
    expect(await town.status()).toBeNull();

    const { power } = await recordsAgain();
    const [outage] = power.outages;
    expect(outage).toMatchObject({ closedCleanly: true, presumed: false, start: expect.any(Number) });
    await town.until("the outage is over", (status) => status.power.outages[0]?.end !== null);
    const back = instant(Date.now());
    await town.until("the next seconds", () => Date.now() > back + 4_000);
    for (const [i, name] of NAMES.entries())
      for (const track of TRACKS) {
        const now = (await timeline(name, began))[track];
        const which = `${name} ${track}`;
        expect(lost(before[i]![track].segments, now.segments), `${which}: acknowledged and gone`).toEqual([]);
        const gap = now.gaps.find(({ to }) => (to ?? back) > stopping.at);
        expect(gap, which).toMatchObject({ cause: "site_power" });
        expect(
          now.segments.map(({ to }) => to),
          `${which}: where it begins`,
        ).toContain(gap?.from);
        expect(
          now.segments.map(({ from }) => from),
          `${which}: where it ends`,
        ).toContain(endOf(now.gaps, gap?.to));
        expect(holes(now, began, back), `${which}: neither recorded nor a gap`).toEqual([]);
      }
  }, 240_000);

  test("a volume that hangs does not keep it from ending in time", async () => {
    const pid = town.recorder.pid;
    const writer = town.processes().find(({ title }) => title.startsWith("overt-store-"));
    process.kill(writer?.pid as number, "SIGSTOP");
    try {
      nut.set(BATTERY);
      await supplied("on_battery");
      expect(await stopMs(LOW)).toBeLessThanOrEqual(STOP_MS);
      const [stopping, stopped] = events().slice(-2) as [Noted, Noted];
      expect(stopped).toMatchObject({ kind: "stopped", clean: false });
      expect(stopping).toMatchObject({ kind: "stopping", because: "low" });
      await until("another process", () => town.recorder.pid !== null && town.recorder.pid !== pid);
    } finally {
      killNow(writer?.pid as number);
      nut.set(LINE);
    }
    await recordsAgain();
  }, 240_000);

  test("as the battery empties it gives up the anonymised track before the original, and never shows another one", async () => {
    const began = instant(Date.now());
    nut.set({ ...BATTERY, "battery.runtime": "300" });
    const { power } = await town.until("anonymised track given up", ({ cameras: all }) =>
      all.every(({ anonymised }) => anonymised.cause === "site_power"),
    );
    expect(power.shed).toEqual(["displays", "infrared", "frame_rate", "live_view", "anonymised"]);
    const shedAt = instant(Date.now());
    await town.until("five seconds more", () => Date.now() > shedAt + 5_000);
    for (const name of NAMES) {
      expect((await timeline(name, began)).original.gaps).toEqual([]);
      expect(await town.read(name, instant(shedAt + 1_000), instant(shedAt + 5_000))).toEqual([]);
    }
    nut.set({ ...BATTERY, "battery.runtime": "100" });
    await town.until("originals given up", ({ cameras: all }) =>
      all.every(({ original }) => original.cause === "site_power"),
    );
    nut.set(LINE);
    const again = await town.until("all is back", recordsBoth, 180_000);
    expect(again.power.shed).toEqual([]);
  }, 300_000);
});

describe.skipIf(missing)(`a wrong configuration${missing}`, () => {
  test.each([
    ["UPS name", { upsName: "gaet" }, "UPS_UNKNOWN"],
    ["password", { password: "wrong" }, "UPS_LOGIN_REFUSED"],
  ])(
    "a wrong %s is said in the status, and nothing else suffers",
    async (_, wrong, code) => {
      const server = await DummyNut.start(LINE);
      const camera = await started("lone");
      const other = await Town.start({
        workers: 0,
        power: { ups: [{ ...ups(wrong), port: server.port }], pollSeconds: 1 },
        cameras: [{ id: "lone", main: camera.url("main"), permit: { anonymisedMode: "none" } }],
      });
      try {
        const said = await other.until(
          "the error and recording",
          ({ power, cameras: [lone] }) => power.problems.length > 0 && lone?.original.recording === true,
        );
        expect(said.power.problems).toMatchObject([{ severity: "medium", code, hint: expect.any(String) }]);
        expect(said.parts.find(({ name }) => name === "power")?.state).toBe("degraded");
      } finally {
        await other.end();
        other.forget();
        await camera.stop();
        await server.stop();
      }
    },
    120_000,
  );
});

interface Noted {
  readonly kind: string;
  readonly at: Instant;
}

function events(): Noted[] {
  return readFileSync(join(town.dir, "recorder/power/journal.log"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith('{"kind"'))
    .map((line) => JSON.parse(line) as Noted);
}

const supplied = (supply: string) => town.until(supply, ({ power }) => power.supply === supply);
const timeline = (name: string, from: Instant) => town.timeline(name, from, instant(Date.now()));
const causes = ({ gaps }: Timeline["original"], from: Instant) => [
  ...new Set(gaps.filter((gap) => (gap.to ?? from) >= from).map(({ cause }) => cause)),
];

/** Where the gaps that follow one another without a picture between them end. */
function endOf(gaps: Timeline["original"]["gaps"], to: Instant | null | undefined): Instant | null | undefined {
  const next = gaps.find(({ from }) => from === to);
  return next ? endOf(gaps, next.to) : to;
}

/** How long after `upsd` says it the recorder's process has ended. */
async function stopMs(variables: typeof LOW): Promise<number> {
  const { pid } = town.recorder;
  const said = await saidAt(variables);
  await until("the recorder ended", () => town.recorder.pid !== pid, 20);
  return performance.now() - said;
}

async function recordsAgain(): Promise<RecorderStatus> {
  const said = await saidAt(LINE);
  const left = (limitMs: number): number => said + limitMs - performance.now();
  await town.until("ready again", () => true, left(READY_MS));
  const records = ({ cameras: all }: RecorderStatus) => all.every(({ original }) => original.recording);
  await town.until("recording again", records, left(RECORD_MS));
  return town.until("recording both again", recordsBoth, left(ANONYMISE_MS));
}

/** When `upsd` begins to say so to whoever asks. */
async function saidAt(variables: typeof LINE): Promise<number> {
  nut.set(variables);
  const socket = connect(nut.port, "127.0.0.1");
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  const wanted = `VAR ${DUMMY_UPS} ups.status "${variables["ups.status"]}"`;
  for (let said = ""; said !== wanted; said = (await answers.next()).value as string) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(`GET VAR ${DUMMY_UPS} ups.status\n`);
  }
  socket.destroy();
  return performance.now();
}

async function until(what: string, holds: () => boolean, stepMs = 100): Promise<void> {
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
  throw new Error(`${what} did not happen`);
}
