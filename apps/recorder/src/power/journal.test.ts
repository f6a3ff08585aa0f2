import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant, type OvertError, siteId } from "@overt/core";
import { afterEvent, NO_HISTORY, type PowerEvent, type PowerHistory } from "@overt/rules";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PowerJournal, readHistory } from "./journal.ts";

const site = siteId("harbour");
const at = (minute: number): Instant => instant(Date.UTC(2026, 10, 25) + minute * 60_000);
const CUT: PowerEvent[] = [
  { kind: "began", at: at(0), boot: "a", lastAlive: null, watched: true },
  { kind: "supply", at: at(1), supply: "on_line", planned: false, chargePercent: 100 },
  { kind: "supply", at: at(5), supply: "on_battery", planned: true, chargePercent: 99 },
  { kind: "step", at: at(6), step: 2 },
  { kind: "supply", at: at(9), supply: "low", planned: true, chargePercent: 12 },
  { kind: "stopping", at: at(9), because: "low" },
  { kind: "stopped", at: at(9), clean: true },
];
const after = (events: readonly PowerEvent[]): PowerHistory =>
  events.reduce((all, event) => afterEvent(all, event, site), NO_HISTORY);

let dir: string;
let errors: OvertError[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "overt-power-"));
  errors = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const thrown = (error: unknown): never => {
  throw error;
};
const file = () => join(dir, "journal.log");
const open = () => PowerJournal.open({ directory: dir, site, onError: (error) => errors.push(error) });
async function noted(events: readonly PowerEvent[]): Promise<void> {
  const journal = await open();
  for (const event of events) await journal.note(event);
}

test("what was noted is known to the next start, and to one that only looks", async () => {
  await noted(CUT);
  expect((await open()).history).toEqual(after(CUT));
  expect(await readHistory(dir, site)).toEqual(after(CUT));
  expect(errors).toEqual([]);
});

test("cut at any byte it still holds every event before the cut, and takes new ones", async () => {
  await noted(CUT);
  const whole = readFileSync(file());
  const states = CUT.map((_, i) => JSON.stringify(after(CUT.slice(0, i + 1))));
  states.push(JSON.stringify(NO_HISTORY));
  for (let length = whole.length; length >= 0; length -= 7) {
    writeFileSync(file(), whole.subarray(0, length));
    const left = await readHistory(dir, site);
    expect(states, `cut at ${length}`).toContain(JSON.stringify(left));
    const kept = whole
      .subarray(0, length)
      .toString()
      .split("\n")
      .filter((line) => line.endsWith("}")).length;
    expect(JSON.stringify(left)).toBe(kept <= 2 ? JSON.stringify(NO_HISTORY) : states[kept - 3]);
    const next: PowerEvent = { kind: "supply", at: at(30), supply: "on_line", planned: false, chargePercent: 20 };
    errors = [];
    await noted([next]);
    expect(await readHistory(dir, site)).toEqual(afterEvent(left, next, site));
    const nothingRead = left === NO_HISTORY && length > 0;
    expect(errors.map(({ code }) => code)).toEqual(nothingRead ? ["POWER_JOURNAL_UNREADABLE"] : []);
  }
});

test("garbage in it costs its own lines", async () => {
  await noted(CUT.slice(0, 3));
  appendFileSync(file(), '\0\0\0\n{"kind":"supply","at":"soon"}\n[]\n{"kind":"of tomorrow"}\n');
  await noted(CUT.slice(3));
  expect(await readHistory(dir, site)).toEqual(after(CUT));
});

test("it stays small however long it is written, and forgets nothing that it shows", async () => {
  const journal = await PowerJournal.open({ directory: dir, site, onError: thrown, turnBytes: 2_000 });
  const flapping = Array.from({ length: 300 }, (_, i): PowerEvent[] => [
    { kind: "step", at: at(i), step: i },
    {
      kind: "supply",
      at: at(i),
      supply: i % 4 < 2 ? "on_battery" : "on_line",
      planned: false,
      chargePercent: i / 3,
    },
  ]).flat();
  // Many at once: what waits is not yet in the file that is turned.
  for (let i = 0; i < flapping.length; i += 50) {
    await Promise.all(flapping.slice(i, i + 50).map((event) => journal.note(event)));
    expect(await readHistory(dir, site)).toEqual(after(flapping.slice(0, i + 50)));
  }
  expect(journal.history.outages).toHaveLength(75);
  expect(statSync(file()).size).toBeLessThan(22_000);
  expect(readdirSync(dir)).toEqual(["journal.log"]);
});

test("a journal of a newer version is kept aside and not misread", async () => {
  writeFileSync(file(), '{"overtPowerJournal":9,"site":"harbour"}\n{"kind":"supply","at":1,"supply":"low"}\n');
  expect((await open()).history).toEqual(NO_HISTORY);
  expect(errors.map(({ code }) => code)).toEqual(["POWER_JOURNAL_NEWER"]);
  expect(readdirSync(dir).sort()).toEqual(["journal.log", "journal.log.v9"]);
});

test("a journal in which nothing can be read is kept aside, each under a name of its own", async () => {
  for (const content of ["my notes", "more of them"]) {
    writeFileSync(file(), content);
    expect((await open()).history).toEqual(NO_HISTORY);
  }
  expect(errors.map(({ code }) => code)).toEqual(["POWER_JOURNAL_UNREADABLE", "POWER_JOURNAL_UNREADABLE"]);
  expect(readdirSync(dir).sort()).toEqual(["journal.log", "journal.log.unreadable", "journal.log.unreadable.2"]);
  expect(readFileSync(`${file()}.unreadable`, "utf8")).toBe("my notes");
  expect(readFileSync(`${file()}.unreadable.2`, "utf8")).toBe("more of them");
});

test("a journal that cannot be written is said, and ends nothing", async () => {
  const blocked = join(dir, "file");
  writeFileSync(blocked, "");
  const journal = await PowerJournal.open({ directory: blocked, site, onError: (error) => errors.push(error) });
  await journal.note(CUT[0] as PowerEvent);
  expect(journal.problem?.code).toBe("POWER_JOURNAL_FAILED");
  expect(journal.history.run).toBe("running");
});

test("what could not be written for a while is in it as soon as something can be", async () => {
  const journal = await open();
  const [first, second, ...others] = CUT.slice(0, 5) as [PowerEvent, PowerEvent, ...PowerEvent[]];
  await journal.note(first);
  // Stands for a full disk: what should be the file cannot be written to.
  renameSync(file(), `${file()}.real`);
  mkdirSync(file());
  for (const event of [second, ...others]) await journal.note(event);
  expect(journal.problem?.code).toBe("POWER_JOURNAL_FAILED");
  rmdirSync(file());
  renameSync(`${file()}.real`, file());
  for (const event of CUT.slice(5)) await journal.note(event);
  expect(journal.problem).toBeNull();
  expect(await readHistory(dir, site)).toEqual(after(CUT));
});

test("a journal that could not be read is added to, not written anew", async () => {
  await noted(CUT.slice(0, 3));
  renameSync(file(), `${file()}.real`);
  mkdirSync(file());
  const journal = await open();
  await journal.note(CUT[3] as PowerEvent);
  rmdirSync(file());
  renameSync(`${file()}.real`, file());
  for (const event of CUT.slice(4)) await journal.note(event);
  expect((await readHistory(dir, site)).open).toMatchObject({ start: at(5), closedCleanly: true });
});

test("a turn that power cut leaves the journal that it should have replaced", async () => {
  await noted(CUT);
  writeFileSync(`${file()}.new`, "half of");
  truncateSync(`${file()}.new`, 3);
  expect((await open()).history).toEqual(after(CUT));
  expect(readdirSync(dir)).toEqual(["journal.log"]);
});
