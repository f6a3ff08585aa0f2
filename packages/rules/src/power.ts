import { type DurationMs, minutes, seconds } from "@overt/core";
import { isOnBattery, type Supply, type UpsReading, type UpsState, upsView } from "./ups.ts";

/**
 * What is given up when energy is short, in this order and no other. The anonymiser never runs without its detector: it
 * gets fewer frames, and then the picture is blank. Displays and infrared are outside the recorder: it says when.
 */
export const POWER_LADDER = ["displays", "infrared", "frame_rate", "live_view", "anonymised", "original"] as const;
export type PowerRung = (typeof POWER_LADDER)[number];

/** A rung is taken when the battery lasts no longer than this. Each is at most the one before it. */
export type PowerThresholds = Readonly<Record<PowerRung, DurationMs>>;
export const POWER_THRESHOLDS: PowerThresholds = {
  displays: minutes(30),
  infrared: minutes(25),
  frame_rate: minutes(20),
  live_view: minutes(15),
  anonymised: minutes(8),
  original: minutes(3),
};

/** A grid that comes and goes must not start and stop the anonymiser each time. */
const RESTORE_AFTER_MS = seconds(30);

/** Whether this UPS carries the recorder, or only cameras and switches: then its end is no reason to stop. */
export type UpsFeeds = "recorder" | "cameras";

export interface UpsFacts {
  readonly feeds: UpsFeeds;
  readonly reading: UpsReading | null;
  /** Since that reading. */
  readonly silentMs: DurationMs;
}

export interface PowerFacts {
  readonly ups: readonly UpsFacts[];
  /** How many rungs are taken now. */
  readonly step: number;
  /** For how long `isOnLine` has held. */
  readonly onLineMs: DurationMs;
  readonly thresholds: PowerThresholds;
  /** How long a full battery is planned to last: what is left of it where a UPS tells its charge but no runtime. */
  readonly lastsMs: DurationMs | null;
}

export type StopReason = "low" | "forced_shutdown" | "lost_contact";
export type PowerDecision =
  | { readonly act: "go_on" }
  /** The first `step` rungs are given up. */
  | { readonly act: "shed"; readonly step: number }
  | { readonly act: "stop"; readonly because: StopReason };

/**
 * What the recorder does about its power now. With several UPSes that feed it, it goes on as long as one of them does.
 * On battery rungs are only ever taken, since estimates of runtime jump; on line all come back.
 */
export function powerDecision(facts: PowerFacts): PowerDecision {
  const own = facts.ups.filter(({ feeds }) => feeds === "recorder").map(viewed);
  if (own.length === 0) return { act: "go_on" };
  if (own.every(({ supply }) => isCritical(supply))) return { act: "stop", because: reasonOf(own) };
  const step = stepNow(own, facts);
  return step === 0 ? { act: "go_on" } : { act: "shed", step };
}

/** Whether the recorder has its mains back: one of its UPSes is enough, as it is for going on. */
export function isOnLine(ups: readonly UpsFacts[]): boolean {
  return ups.some((each) => each.feeds === "recorder" && viewed(each).supply === "on_line");
}

/**
 * Of the whole site: on battery as soon as one of its UPSes is, ending when all that feed the recorder are. One that is
 * silent does not outweigh one that is heard on line: it may never be heard again. Where none says on line nothing is over:
 * a cut may have taken the very machine that would tell, so an outage lasts until a UPS is heard, after a restart too.
 */
export function siteSupply(ups: readonly UpsFacts[]): Supply {
  const all = ups.map(viewed);
  const own = all.filter(({ feeds }) => feeds === "recorder");
  if (own.length > 0 && own.every(({ supply }) => isCritical(supply)))
    return own.some(({ supply }) => supply === "forced_shutdown") ? "forced_shutdown" : "low";
  if (all.some((each) => isHeard(each) && isOnBattery(each.supply))) return "on_battery";
  // Who is silent is never on line.
  if (all.some(({ supply }) => supply === "on_line")) return "on_line";
  return all.some(({ supply }) => isOnBattery(supply)) ? "on_battery" : "unknown";
}

/** A machine that still runs this long after the stop is not losing its power, though it is on battery or nobody can be asked. */
const HELD_LONGEST_MS = minutes(15);

/**
 * Whether a recorder that stopped for want of power may start again, on the machine that never went off: on line at once.
 * On battery it waits, since without the recorder's load many a UPS takes back that it is low, and says it again with it.
 *
 * @param heldMs since it stopped
 */
export function mayStartAgain(ups: readonly UpsFacts[], heldMs: DurationMs): boolean {
  const own = ups.filter(({ feeds }) => feeds === "recorder").map(viewed);
  const heard = own.filter(isHeard);
  if (heard.some(({ supply }) => supply === "on_line")) return true;
  if (heldMs < HELD_LONGEST_MS) return false;
  return heard.length === 0 || heard.some(({ supply }) => supply === "on_battery");
}

interface Viewed extends UpsFacts {
  readonly supply: Supply;
  readonly states: readonly UpsState[];
}

const viewed = (facts: UpsFacts): Viewed => ({ ...facts, ...upsView(facts.reading, facts.silentMs) });
const isHeard = ({ states }: Viewed): boolean => !states.includes("lost_contact");
const isCritical = (supply: Supply): boolean => supply === "low" || supply === "forced_shutdown";

function reasonOf(own: readonly Viewed[]): StopReason {
  if (own.some(({ supply }) => supply === "forced_shutdown")) return "forced_shutdown";
  return own.every(({ states }) => states.includes("lost_contact")) ? "lost_contact" : "low";
}

function stepNow(own: readonly Viewed[], { step, onLineMs, thresholds, lastsMs }: PowerFacts): number {
  if (own.some(({ supply }) => supply === "on_line")) return onLineMs >= RESTORE_AFTER_MS ? 0 : step;
  // One that is silent, or says nothing of its supply, is no reason to give anything up, nor to take it back.
  if (!own.every(({ supply }) => isOnBattery(supply))) return step;
  const left = own.map(({ reading }) => leftMs(reading, lastsMs)).filter((each) => each !== null);
  if (left.length === 0) return step;
  const longestMs = Math.max(...left);
  return Math.max(step, POWER_LADDER.filter((rung) => longestMs <= thresholds[rung]).length);
}

function leftMs(reading: UpsReading | null, lastsMs: DurationMs | null): DurationMs | null {
  if (reading?.runtimeMs != null) return reading.runtimeMs;
  if (reading?.chargePercent == null || lastsMs === null) return null;
  return (reading.chargePercent / 100) * lastsMs;
}
