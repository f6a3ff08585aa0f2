import { writeSync } from "node:fs";
import { type Instant, instant, siteId } from "@overt/core";
import { PowerJournal } from "@overt/recorder/power/journal";
import type { PowerEvent } from "@overt/rules";

const CUTS = 4;

/** A power journal that is written anew now and then, and a word after each event that it says is on the disk. */
const [root = ""] = process.argv.slice(2);
const fail = (error: unknown): never => {
  throw error;
};
const journal = await PowerJournal.open({ directory: root, site: siteId("harbour"), onError: fail, turnBytes: 600 });
for (let cut = 0; cut < CUTS; cut++)
  for (const event of cutOf(cut)) {
    await journal.note(event);
    writeSync(1, `MARK ${JSON.stringify(event)}\n`);
  }

function cutOf(cut: number): PowerEvent[] {
  const at = (minute: number): Instant => instant(Date.UTC(2026, 10, 25, cut) + minute * 60_000);
  return [
    { kind: "began", at: at(0), boot: `boot-${cut}`, lastAlive: null, watched: true },
    { kind: "supply", at: at(1), supply: "on_line", planned: false, chargePercent: 100 },
    { kind: "supply", at: at(5), supply: "on_battery", planned: true, chargePercent: 99 },
    { kind: "step", at: at(6), step: 2 },
    { kind: "supply", at: at(9), supply: "low", planned: true, chargePercent: 12 },
    { kind: "stopping", at: at(9), because: "low" },
    { kind: "stopped", at: at(9), clean: true },
  ];
}
