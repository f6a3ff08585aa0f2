import {
  type DurationMs,
  earlierOf,
  type GapCause,
  hours,
  type Instant,
  instant,
  laterOf,
  minutes,
  seconds,
  type SiteId,
  type Track,
} from "@overt/core";
import type { Discharge } from "./battery.ts";
import type { StopReason } from "./power.ts";
import { isOnBattery, type Supply } from "./ups.ts";

/** A site without mains power, as far as it is known. */
export interface Outage {
  readonly site: SiteId;
  readonly start: Instant;
  /** When a UPS was first heard on line again; null while it lasts. */
  readonly end: Instant | null;
  /** It began inside a cut that is on the calendar. */
  readonly planned: boolean;
  /** No UPS said so: the machine started anew without having been ended in order. Then its ends are a guess. */
  readonly presumed: boolean;
  /** Whether the recorder closed what it had open before its power went; null: it ran through the outage. */
  readonly closedCleanly: boolean | null;
  /** Not recorded because of it, summed over the site's cameras; null until it has been counted. */
  readonly lostMs: Readonly<Record<Track, DurationMs>> | null;
  /** What the battery gave; null where no UPS told. */
  readonly battery: Discharge | null;
}

/** What the recorder notes of its power, each with its time. */
export type PowerEvent =
  | {
      readonly kind: "began";
      readonly at: Instant;
      /** Of the kernel's start. */
      readonly boot: string;
      /** When the run before was last known to live; null on the first start. */
      readonly lastAlive: Instant | null;
      /** Whether a UPS is configured: otherwise nobody will say when an outage ended. */
      readonly watched: boolean;
    }
  | {
      readonly kind: "supply";
      readonly at: Instant;
      readonly supply: Supply;
      readonly planned: boolean;
      readonly chargePercent: number | null;
    }
  | { readonly kind: "step"; readonly at: Instant; readonly step: number }
  | { readonly kind: "stopping"; readonly at: Instant; readonly because: StopReason }
  | { readonly kind: "stopped"; readonly at: Instant; readonly clean: boolean }
  | { readonly kind: "ended"; readonly at: Instant }
  | { readonly kind: "counted"; readonly start: Instant; readonly lostMs: Readonly<Record<Track, DurationMs>> };

/** All that is known of a site's power; a fold of its events. */
export interface PowerHistory {
  /** Those that are over, oldest first. */
  readonly outages: readonly Outage[];
  readonly open: Outage | null;
  readonly boot: string | null;
  readonly supply: Supply;
  readonly step: number;
  /** How the run that was noted last ended, if it has. */
  readonly run: "none" | "running" | "stopping" | "stopped" | "ended";
}

export const NO_HISTORY: PowerHistory = {
  outages: [],
  open: null,
  boot: null,
  supply: "unknown",
  step: 0,
  run: "none",
};

/** Several cuts a day for half a year. */
const MOST_OUTAGES = 1_000;

export function afterEvent(history: PowerHistory, event: PowerEvent, site: SiteId): PowerHistory {
  switch (event.kind) {
    case "began":
      return { ...began(history, event, site), boot: event.boot, run: "running", step: 0 };
    case "supply":
      return { ...supplied(history, event, site), supply: event.supply };
    case "step":
      return { ...history, step: event.step };
    case "stopping":
      return { ...history, run: "stopping", open: history.open && { ...history.open, closedCleanly: false } };
    case "stopped":
      return { ...history, run: "stopped", open: history.open && { ...history.open, closedCleanly: event.clean } };
    case "ended":
      return { ...history, run: "ended" };
    case "counted": {
      const counted = (outage: Outage) => (outage.start === event.start ? { ...outage, lostMs: event.lostMs } : outage);
      return { ...history, outages: history.outages.map(counted), open: history.open && counted(history.open) };
    }
  }
}

/** Whether the recorder that starts now was away because its power was: only then is that the cause of the gap. */
export function wasPowerAway(history: PowerHistory, boot: string): boolean {
  if (history.run === "stopping" || history.run === "stopped") return true;
  // A recorder that was killed, or ended, on battery while its machine ran on was not stopped by its power.
  return history.run !== "none" && history.open !== null && history.boot !== boot;
}

/** The outage that lasts, or the last one. */
export const latestOutage = ({ open, outages }: PowerHistory): Outage | null => open ?? outages.at(-1) ?? null;

/** A UPS is asked every few seconds: a camera without a battery is dark before anybody says why. */
const NOTICED_MS: DurationMs = seconds(15);
/** A camera that has power again needs this long to answer. */
const BOOTING_MS: DurationMs = minutes(3);

/**
 * Under which cause the silence of a camera is filed that begins, or is named anew, at `from`.
 *
 * @param before the cause of the gap that lasts, if one does
 */
export function silenceCause(
  cause: GapCause,
  from: Instant,
  before: GapCause | null,
  outage: Pick<Outage, "start" | "end"> | null,
): GapCause {
  if (outage === null || (cause !== "camera_silent" && cause !== "camera_unreachable")) return cause;
  const { start, end } = outage;
  const inside = from >= start - NOTICED_MS && (end === null || from < end);
  const after = before === "site_power" && end !== null && from < end + BOOTING_MS;
  return inside || after ? "site_power" : cause;
}

/** In which time something can be lost to an outage: from before it is noticed until cameras have come back. */
export function lossSpan({ start, end }: Pick<Outage, "start" | "end">, now: Instant): { from: Instant; to: Instant } {
  return { from: instant(start - NOTICED_MS), to: end === null ? now : earlierOf(instant(end + BOOTING_MS), now) };
}

/**
 * What of the gaps of one track was lost in an outage: those of power, or of a recorder that was down, that touch it, as
 * far as they lie in its `lossSpan`.
 *
 * @param gaps `to` is null while one lasts
 */
export function lostInMs(
  outage: Pick<Outage, "start" | "end">,
  gaps: readonly { readonly from: Instant; readonly to: Instant | null; readonly cause: GapCause }[],
  now: Instant,
): DurationMs {
  const span = lossSpan(outage, now);
  return gaps
    .filter(({ cause }) => cause === "site_power" || cause === "recorder_down")
    .filter(({ from, to }) => from < (outage.end ?? now) && (to ?? now) > span.from)
    .reduce((sum, { from, to }) => sum + Math.min(to ?? now, span.to) - Math.max(from, span.from), 0);
}

/**
 * The share of `[from, to)` in which the site had mains power, 0 to 1.
 *
 * @param outages in any order; they may overlap
 */
export function availability(outages: readonly Outage[], from: Instant, to: Instant): number {
  if (to <= from) return 1;
  let awayMs = 0;
  let until = from;
  for (const { start, end } of [...outages].sort((a, b) => a.start - b.start)) {
    const begins = laterOf(start, until);
    const ends = Math.min(end ?? to, to) as Instant;
    if (ends <= begins) continue;
    awayMs += ends - begins;
    until = ends;
  }
  return 1 - awayMs / (to - from);
}

/** Who knows at once which cameras are dark knows where to go; after three days it is history. */
const PUBLISH_AFTER_MS: DurationMs = hours(72);

/** @returns null while the outage lasts */
export const publishableAt = ({ end }: Outage): Instant | null =>
  end === null ? null : instant(end + PUBLISH_AFTER_MS);

function began(history: PowerHistory, event: PowerEvent & { kind: "began" }, site: SiteId): PowerHistory {
  const { at, boot, lastAlive, watched } = event;
  const died = history.run === "running" && history.boot !== boot;
  // A machine that is shut down in order ends its recorder, which need not have heard why.
  const shutDown = history.run === "ended" && history.boot !== boot;
  if (history.open) {
    const open = died || shutDown ? { ...history.open, closedCleanly: shutDown } : history.open;
    return watched ? { ...history, open } : over({ ...history, open: { ...open, presumed: true } }, at, null);
  }
  if (!died || lastAlive === null || lastAlive >= at) return history;
  const presumed = { start: lastAlive, end: null, planned: false, presumed: true, closedCleanly: false };
  return over({ ...history, open: { site, ...presumed, lostMs: null, battery: null } }, at, null);
}

function supplied(history: PowerHistory, event: PowerEvent & { kind: "supply" }, site: SiteId): PowerHistory {
  const { at, supply, planned, chargePercent } = event;
  if (supply === "on_line") return over(history, at, chargePercent);
  if (!isOnBattery(supply)) return history;
  if (history.open) return { ...history, open: discharged(history.open, at, chargePercent) };
  const battery = chargePercent === null ? null : { fromPercent: chargePercent, toPercent: chargePercent, lastedMs: 0 };
  const open = { site, start: at, end: null, planned, presumed: false, closedCleanly: null, lostMs: null, battery };
  return { ...history, open };
}

/** A battery that was off for a while has been charged meanwhile: only a run on battery that was seen to its end counts. */
function over(history: PowerHistory, at: Instant, chargePercent: number | null): PowerHistory {
  const { open, outages } = history;
  if (!open) return history;
  const ended = open.closedCleanly === null ? discharged(open, at, chargePercent) : open;
  return { ...history, open: null, outages: [...outages, { ...ended, end: at }].slice(-MOST_OUTAGES) };
}

function discharged(open: Outage, at: Instant, chargePercent: number | null): Outage {
  if (!open.battery || chargePercent === null) return open;
  const toPercent = Math.min(open.battery.toPercent, chargePercent);
  return { ...open, battery: { ...open.battery, toPercent, lastedMs: at - open.start } };
}
