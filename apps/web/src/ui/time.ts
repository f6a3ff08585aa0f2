import type { DurationMs, Instant } from "@overt/core";

/** A zone by IANA name; times are never silently in the browser's own. */
export type Zone = string;

/** Until sites carry a zone of their own, the zone is the browser's, and it is written wherever a time is. */
export const siteZone = (): Zone => Intl.DateTimeFormat().resolvedOptions().timeZone;

const clocks = new Map<string, Intl.DateTimeFormat>();

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = clocks.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", options);
  clocks.set(key, made);
  return made;
}

/** `14:05:30` */
export function clockText(at: Instant, zone: Zone): string {
  return format(`c${zone}`, { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
}

/** `2026-11-25 14:05:30` */
export function dateTimeText(at: Instant, zone: Zone): string {
  const day = format(`d${zone}`, { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const parts = Object.fromEntries(day.formatToParts(at).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day} ${clockText(at, zone)}`;
}

/** `UTC`, `GMT+1`: beside every clock, so that nobody has to guess. */
export function zoneText(at: Instant, zone: Zone): string {
  if (zone === "UTC") return "UTC";
  const parts = format(`z${zone}`, { timeZone: zone, timeZoneName: "short" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** `12 s`, `3 min`, `5 h`, `2 d`: one unit is enough to judge an age. */
export function lengthText(ms: DurationMs): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 90) return `${s} s`;
  if (s < 90 * 60) return `${Math.round(s / 60)} min`;
  if (s < 36 * 3600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86_400)} d`;
}

/**
 * `2026-11-25 14:05:30`, `14:05` or an ISO instant as an instant in `zone`; a time without a date is on the day of
 * `near`. Null when it is none. A local time that a zone has twice is taken at its first, as RFC 5545 does.
 */
export function parseTime(text: string, zone: Zone, near: Instant): Instant | null {
  const trimmed = text.trim();
  if (/(?:Z|[+-]\d\d:\d\d)$/.test(trimmed)) {
    const ms = Date.parse(trimmed);
    return Number.isNaN(ms) ? null : (ms as Instant);
  }
  const match = /^(?:(\d{4}-\d\d-\d\d)[ T])?(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(trimmed);
  if (!match) return null;
  const [, date = dateTimeText(near, zone).slice(0, 10), hour = "0", minute = "00", second = "00"] = match;
  const wall = Date.parse(`${date}T${hour.padStart(2, "0")}:${minute}:${second}Z`);
  if (Number.isNaN(wall)) return null;
  // The offset at the guess may differ from the one at the answer around a change: one more round settles it.
  let guess = wall - zoneOffsetMs(wall as Instant, zone);
  guess = wall - zoneOffsetMs(guess as Instant, zone);
  return guess as Instant;
}

/** How far `zone` is ahead of UTC at that moment. */
export function zoneOffsetMs(at: Instant, zone: Zone): DurationMs {
  const whole = (at - (at % 1000)) as Instant;
  return Date.parse(`${dateTimeText(whole, zone).replace(" ", "T")}Z`) - whole;
}
