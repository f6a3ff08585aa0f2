import { join } from "node:path";
import { mayStartAgain } from "@overt/rules";
import { bootId } from "../boot.ts";
import type { RecorderConfig } from "../config.ts";
import { readHistory } from "./journal.ts";
import { UpsMonitor } from "./ups-monitor.ts";

/** Where a recorder keeps what it knows of its power. */
export const powerDirectory = (stateDir: string): string => join(stateDir, "power");

/** Whether this recorder stopped for want of power, on the machine that has not been off since. */
export async function isHeld({ power, stateDir, site }: RecorderConfig): Promise<boolean> {
  if (!power) return false;
  const { run, boot } = await readHistory(powerDirectory(stateDir), site);
  return (run === "stopping" || run === "stopped") && boot === bootId();
}

const LOOK_MS = 1_000;

/**
 * Resolves when there is power to start again. Nothing of the recorder is open meanwhile, and no UPS's primary is asked to
 * wait for us.
 */
export function powerReturns({ ups, pollSeconds }: NonNullable<RecorderConfig["power"]>): Promise<void> {
  const began = performance.now();
  return new Promise((resolve) => {
    const look = (): void => {
      const facts = monitors.map(({ feeds, reading, silentMs }) => ({ feeds, reading, silentMs }));
      if (!mayStartAgain(facts, performance.now() - began)) return;
      clearInterval(timer);
      void Promise.all(monitors.map((monitor) => monitor.close())).then(() => resolve());
    };
    const monitors = ups.map(
      ({ username: _name, password: _password, ...one }) =>
        new UpsMonitor({ ...one, pollMs: pollSeconds * 1_000, onHeard: () => {} }),
    );
    const timer = setInterval(look, LOOK_MS);
  });
}
