import { hours, type Instant, instant, type Span } from "@overt/core";
import { type Discharge, fullBatteryMs } from "@overt/rules/battery";
import { type Battery, lastsMs } from "./battery.ts";
import { zoned } from "./civil.ts";
import { type CutVerdict, checkCuts } from "./cut-check.ts";
import { cutsOf, type Feeder } from "./feeder.ts";
import type { Supply } from "./supply.ts";

/** A site that runs, with what its recorder measured. */
export interface RunningSite {
  readonly site: string;
  readonly feeder: Feeder;
  readonly zone: string;
  readonly supply: Omit<Supply, "dark" | "zone">;
  readonly discharges: readonly MeasuredDischarge[];
}

export interface MeasuredDischarge {
  readonly at: Instant;
  readonly discharge: Discharge;
  /** What the load drew meanwhile. */
  readonly loadW: number;
}

export interface SiteRecheck {
  readonly site: string;
  /** What the battery was seen to give, of what the plan says it gives when old; null: no discharge told. */
  readonly capacityShare: number | null;
  /** Of the first month that falls short, or of the one to come. */
  readonly verdict: CutVerdict;
  /** The first month in which it falls short: `2026-07`; null: in none of those looked at. */
  readonly fallsShort: string | null;
}

/** How far ahead a trend is followed. */
const MONTHS_AHEAD = 12;
/** Two discharges a day apart say nothing of a year. */
const LEAST_TREND_MS = hours(24 * 60);

/**
 * The plan, checked again with what was measured: outages in place of the calendar, the battery's capacity in place of the
 * model's, its trend month by month. The sites that fall short first come first.
 *
 * @param from the beginning of the month to come
 */
export function recheck(sites: readonly RunningSite[], from: Instant): readonly SiteRecheck[] {
  const rank = ({ fallsShort }: SiteRecheck): string => fallsShort ?? "9999";
  return sites
    .map((site) => recheckOne(site, from))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a.site < b.site ? -1 : 1));
}

function recheckOne(site: RunningSite, from: Instant): SiteRecheck {
  const months = monthsFrom(from, site.zone);
  const verdicts = months.map((month) => verdictIn(site, month));
  const short = verdicts.findIndex(({ holds }) => !holds);
  return {
    site: site.site,
    capacityShare: shareAt(site, from),
    verdict: verdicts[Math.max(0, short)]!,
    fallsShort: short < 0 ? null : zoned(months[short]!.from, site.zone).toPlainDate().toString().slice(0, 7),
  };
}

function verdictIn(site: RunningSite, month: Span): CutVerdict {
  const { battery } = site.supply;
  const share = shareAt(site, month.from);
  const aged =
    battery && share !== null ? { ...battery, ageingShare: Math.max(0.01, battery.ageingShare * share) } : battery;
  const dark = cutsOf(site.feeder, month).spans;
  return checkCuts({ ...site.supply, zone: site.zone, battery: aged, dark }, month, site.feeder.id).verdict;
}

/** Measured over planned capacity at a time: the straight line through all discharges, or their mean when they are too near. */
function shareAt({ supply: { battery }, discharges }: RunningSite, at: Instant): number | null {
  if (!battery) return null;
  const points = discharges
    .map((each) => ({ at: each.at, share: shareSeen(battery, each) }))
    .filter((each): each is { at: Instant; share: number } => each.share !== null);
  if (points.length === 0) return null;
  const mean = (of: (point: { at: number; share: number }) => number) =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  const [meanAt, meanShare] = [mean((p) => p.at), mean((p) => p.share)];
  const times = points.map((p) => p.at);
  if (Math.max(...times) - Math.min(...times) < LEAST_TREND_MS) return meanShare;
  const slope = mean((p) => (p.at - meanAt) * (p.share - meanShare)) / mean((p) => (p.at - meanAt) ** 2);
  // Batteries do not grow: a trend upwards is noise.
  return meanShare + Math.min(0, slope) * (at - meanAt);
}

function shareSeen(battery: Battery, { discharge, loadW }: MeasuredDischarge): number | null {
  const full = fullBatteryMs(discharge);
  return full === null || loadW <= 0 ? null : full / lastsMs(battery, loadW);
}

function monthsFrom(from: Instant, zone: string): Span[] {
  const first = zoned(from, zone);
  const at = (months: number): Instant => instant(first.add({ months }).epochMilliseconds);
  return Array.from({ length: MONTHS_AHEAD }, (_, i) => ({ from: at(i), to: at(i + 1) }));
}
