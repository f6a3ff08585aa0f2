import { days, instant, type Span } from "@overt/core";
import { type PlannedCut, WEEKDAYS } from "@overt/rules/planned-cut";
import { minuteOf, zoned } from "./civil.ts";
import { powerError } from "./power-error.ts";
import { clipped, union } from "./spans.ts";

/** A cut of one day of a cycle: minutes of the day; an end at or before the start is on the next day. */
export interface CycleCut {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** A schedule that goes round, as districts take turns. */
export interface RotatingCuts {
  readonly zone: string;
  /** Day 0 of a cycle: `2026-01-05`. */
  readonly firstDay: string;
  /** For each day of the cycle its cuts. */
  readonly cycle: readonly (readonly CycleCut[])[];
}

const DAY_MINUTES = 1_440;

/** @throws OvertError `POWER_ZONE_UNKNOWN` `POWER_FIGURE_INVALID` */
export function plannedCuts(cuts: readonly PlannedCut[], within: Span): Span[] {
  const spans = cuts.flatMap((cut): Span[] => {
    if (!("zone" in cut)) return [cut];
    return datesOf(within, cut.zone)
      .filter((date) => cut.days.includes(WEEKDAYS[date.dayOfWeek - 1]!))
      .map((date) => spanOf(date, cut, cut.zone));
  });
  return clipped(union(spans), within);
}

/** @throws OvertError `POWER_ZONE_UNKNOWN` `POWER_FIGURE_INVALID` */
export function cycleCuts({ zone, firstDay, cycle }: RotatingCuts, within: Span): Span[] {
  if (cycle.length === 0) return [];
  const first = dayOf(firstDay);
  const spans = datesOf(within, zone).flatMap((date) => {
    const since = first.until(date, { largestUnit: "days" }).days;
    const turn = ((since % cycle.length) + cycle.length) % cycle.length;
    return cycle[turn]!.map((cut) => spanOf(date, cut, zone));
  });
  return clipped(union(spans), within);
}

function spanOf(date: Temporal.PlainDate, { fromMinute, toMinute }: CycleCut, zone: string): Span {
  for (const minute of [fromMinute, toMinute])
    if (!Number.isInteger(minute) || minute < 0 || minute > DAY_MINUTES)
      throw powerError("POWER_FIGURE_INVALID", `A cut begins or ends at minute ${minute}; a day has 0 to 1440.`);
  const end = toMinute > fromMinute ? toMinute : toMinute + DAY_MINUTES;
  return { from: minuteOf(date, fromMinute, zone), to: minuteOf(date, end, zone) };
}

/** The civil days that touch a span, the one before it included: its cuts may reach into it. */
function datesOf({ from, to }: Span, zone: string): Temporal.PlainDate[] {
  const dates: Temporal.PlainDate[] = [];
  const last = zoned(to, zone).toPlainDate();
  let date = zoned(instant(from - days(1)), zone).toPlainDate();
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) dates.push(date);
  return dates;
}

function dayOf(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text);
  } catch {
    throw powerError("POWER_FIGURE_INVALID", `"${text}" is not a day.`, "Write it like 2026-01-05.");
  }
}
