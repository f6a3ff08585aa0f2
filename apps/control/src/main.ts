/**
 * The centre as a process: `node main.ts CONFIG.json`. Prints one JSON line on standard output when it is ready, and
 * ends in order on SIGTERM and SIGINT. Exits 1 when it cannot start, 2 on wrong usage.
 */
import { readFileSync } from "node:fs";
import { asOvertError, OvertError } from "@overt/core";
import type { ControlOptions } from "./options.ts";
import { startControl } from "./start.ts";

const [file] = process.argv.slice(2);
if (!file) {
  process.stderr.write("Usage: node main.ts CONFIG.json\n");
  process.exit(2);
}

try {
  const control = await startControl(readConfig(file));
  const { url, setupLink, caFingerprint } = control;
  process.stdout.write(`${JSON.stringify({ ready: url, setupLink, caFingerprint })}\n`);
  const stop = () => void control.close().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (thrown) {
  process.stderr.write(`${asOvertError(thrown)}\n`);
  process.exit(1);
}

/** @throws OvertError `CONFIG_UNREADABLE` */
function readConfig(path: string): ControlOptions {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ControlOptions;
  } catch (cause) {
    throw new OvertError("CONFIG_UNREADABLE", `The configuration ${path} cannot be read as JSON.`, {
      hint: cause instanceof Error ? cause.message : "Check the path and the syntax.",
      cause,
    });
  }
}
