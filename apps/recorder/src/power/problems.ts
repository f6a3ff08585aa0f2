import { iso, type OvertError } from "@overt/core";
import type { PowerStatus } from "@overt/link";
import { fullBatteryMs, isOnBattery, type Outage, type UpsState } from "@overt/rules";

type Problem = PowerStatus["problems"][number];

export interface PowerFindings {
  readonly ups: PowerStatus["ups"];
  readonly open: Outage | null;
  /** The last that is over. */
  readonly last: Outage | null;
  /** Whether the calendar has a cut now. */
  readonly plannedNow: boolean;
  readonly lastsMs: number | null;
  readonly journal: OvertError | null;
}

const SAID: Partial<Record<UpsState, Omit<Problem, "message"> & { readonly text: string }>> = {
  replace_battery: {
    severity: "medium",
    code: "UPS_REPLACE_BATTERY",
    text: "asks for a new battery",
    hint: "Order one now: it may not carry the next stop.",
  },
  overload: {
    severity: "high",
    code: "UPS_OVERLOAD",
    text: "carries more than it can",
    hint: "Take something off it before the next cut.",
  },
  bypass: {
    severity: "medium",
    code: "UPS_BYPASS",
    text: "passes the mains through: its battery protects nothing",
    hint: "Switch the bypass off when the work on it is done.",
  },
  off: { severity: "medium", code: "UPS_OFF", text: "says that its outlets are off", hint: "Check what it feeds." },
};

/** What of a site's power people must know, worst first. A cut that is on the calendar is nothing of it. */
export function powerProblems({ ups, open, last, plannedNow, lastsMs, journal }: PowerFindings): Problem[] {
  const problems: Problem[] = [];
  const say = (severity: Problem["severity"], code: string, message: string, hint: string | null): void => {
    problems.push({ severity, code, message, hint });
  };
  if (open && !plannedNow)
    say(
      "high",
      "POWER_CUT",
      `${open.site} is without mains since ${iso(open.start)}, and no cut is on the calendar now.`,
      "Ask the grid operator; cameras without a battery are dark.",
    );
  for (const { name, supply, feeds } of ups)
    if (isOnBattery(supply) && supply !== "on_battery")
      say(
        "high",
        "BATTERY_LOW",
        `The battery of ${name} is at its end.`,
        feeds === "recorder" ? "The recorder stops now and comes back with the power." : null,
      );
  for (const { name, states } of ups)
    for (const state of states as readonly UpsState[]) {
      const said = SAID[state];
      if (said) say(said.severity, said.code, `${name} ${said.text}.`, said.hint);
    }
  for (const { problem } of ups) if (problem) say("medium", problem.code, problem.message, problem.hint);
  const fullMs = last?.battery ? fullBatteryMs(last.battery) : null;
  if (lastsMs !== null && fullMs !== null && fullMs < lastsMs)
    say(
      "medium",
      "BATTERY_WEAK",
      `At the last cut's rate a full battery lasts ${minutesOf(fullMs)} min; ${minutesOf(lastsMs)} are planned.`,
      "It has aged, or carries more than planned: replace it or take load off.",
    );
  if (journal) say("medium", journal.code, journal.message, journal.hint ?? null);
  return problems.sort((a, b) => Number(a.severity === "medium") - Number(b.severity === "medium"));
}

const minutesOf = (ms: number): number => Math.round(ms / 60_000);
