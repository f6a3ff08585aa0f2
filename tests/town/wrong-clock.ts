/**
 * Loaded before anything else (`node --import`): this process takes what the file `OVERT_TEST_CLOCK` says for the
 * machine's clock, and for the machine's last start. All else of the machine is true.
 */
import fs, { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

export interface WrongClock {
  /** What the machine's clock shows when true time is `atMs`. */
  readonly showsMs: number;
  readonly atMs: number;
  /** Another name is another start of the machine. */
  readonly boot: string;
  /** The machine's true uptime when it started. */
  readonly bootUptimeS: number;
}

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const path = process.env.OVERT_TEST_CLOCK;
if (path !== undefined) {
  // Kept by other names: what is imported is what this file replaces.
  const [trueNow, trueUptime, trueRead] = [Date.now, os.uptime, readFileSync];
  const said = (): WrongClock => JSON.parse(trueRead(path, "utf8")) as WrongClock;
  const { bootUptimeS, boot } = said();
  Date.now = () => {
    const { showsMs, atMs } = said();
    return showsMs + trueNow() - atMs;
  };
  os.uptime = () => trueUptime() - bootUptimeS;
  fs.readFileSync = ((file: fs.PathOrFileDescriptor, ...rest: []) =>
    file === BOOT_ID ? `${boot}\n` : trueRead(file, ...rest)) as typeof fs.readFileSync;
  syncBuiltinESMExports();
}
