import { type DurationMs, type Instant, instant, minutes, type Span } from "@overt/core";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A cut that is on the calendar, week by week or once. */
export type PlannedCut =
  | {
      /** On which the cut begins. */
      readonly days: readonly Weekday[];
      /** Minutes of the day in `zone`; an end at or before the start is on the next day. */
      readonly fromMinute: number;
      readonly toMinute: number;
      /** IANA name, `Africa/Lagos`, or `UTC`. */
      readonly zone: string;
    }
  | Span;

/** Who switches a feeder does not look at the second. */
export const PLAN_SLACK_MS: DurationMs = minutes(10);
const DAY_MINUTES = 24 * 60;

/** Whether the power may be away at `at` without anybody being called. */
export function isPlannedCut(planned: readonly PlannedCut[], at: Instant): boolean {
  return planned.some((cut) => {
    if ("zone" in cut) return inWeekly(cut, at);
    return at >= cut.from - PLAN_SLACK_MS && at < cut.to + PLAN_SLACK_MS;
  });
}

/** The slack is taken off the moment, not added to the window: a window that begins at midnight begins the day before. */
function inWeekly(cut: Exclude<PlannedCut, Span>, at: Instant): boolean {
  return [-PLAN_SLACK_MS, 0, PLAN_SLACK_MS].some((byMs) => isWithin(cut, civil(instant(at + byMs), cut.zone)));
}

function isWithin({ days, fromMinute, toMinute }: Exclude<PlannedCut, Span>, { weekday, minute }: Civil): boolean {
  const lengthMinutes = ((toMinute - fromMinute + DAY_MINUTES - 1) % DAY_MINUTES) + 1;
  return days.some((day) => {
    const sinceDay = ((weekday - WEEKDAYS.indexOf(day) + 7) % 7) * DAY_MINUTES;
    const since = sinceDay + minute - fromMinute;
    return since >= 0 && since < lengthMinutes;
  });
}

interface Civil {
  /** 0 is Monday. */
  readonly weekday: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function civil(at: Instant, zone: string): Civil {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    weekday: WEEKDAYS.indexOf((parts.weekday ?? "").toLowerCase() as Weekday),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}
