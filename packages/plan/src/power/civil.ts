import { type DurationMs, hours, type Instant, instant, type Span } from "@overt/core";
import { powerError } from "./power-error.ts";

/** A stretch in which a zone's clocks do not change. */
export interface ClockPiece extends Span {
  readonly offsetMs: DurationMs;
}

/**
 * @param zone IANA name, `Africa/Lagos`, or `UTC`
 * @throws OvertError `POWER_ZONE_UNKNOWN`
 */
export function clockPieces(zone: string, { from, to }: Span): ClockPiece[] {
  const pieces: ClockPiece[] = [];
  let at = zoned(from, zone);
  for (;;) {
    const next = at.getTimeZoneTransition("next");
    const offsetMs = at.offsetNanoseconds / 1e6;
    const begins = instant(Math.max(from, at.epochMilliseconds));
    if (next === null || next.epochMilliseconds >= to) return [...pieces, { from: begins, to, offsetMs }];
    pieces.push({ from: begins, to: instant(next.epochMilliseconds), offsetMs });
    at = next;
  }
}

export interface LocalHour extends Span {
  /** Of the day, 0 to 23. */
  readonly hour: number;
}

/** The hours of a span as its clocks show them: most last an hour; where clocks change, one may be cut short. */
export function* localHours(zone: string, span: Span): Generator<LocalHour> {
  for (const { from, to, offsetMs } of clockPieces(zone, span)) {
    for (let at = from; at < to; ) {
      const local = Math.floor((at + offsetMs) / hours(1));
      const end = instant(Math.min(to, (local + 1) * hours(1) - offsetMs));
      yield { from: at, to: end, hour: ((local % 24) + 24) % 24 };
      at = end;
    }
  }
}

/** The days of a span as its calendar names them, cut at the span's ends. */
export function localDays(zone: string, span: Span): readonly (Span & { readonly day: string })[] {
  const all: (Span & { day: string })[] = [];
  let date = zoned(span.from, zone).toPlainDate();
  for (;;) {
    const next = date.add({ days: 1 });
    const from = Math.max(span.from, date.toZonedDateTime(zone).epochMilliseconds);
    const to = Math.min(span.to, next.toZonedDateTime(zone).epochMilliseconds);
    if (to > from) all.push({ from: instant(from), to: instant(to), day: date.toString() });
    if (to >= span.to) return all;
    date = next;
  }
}

/** The instant of a minute of a civil day; minutes beyond 24 h are the next day's. */
export function minuteOf(day: Temporal.PlainDate, minute: number, zone: string): Instant {
  const date = day.add({ days: Math.floor(minute / 1_440) });
  const rest = minute % 1_440;
  const time = new Temporal.PlainTime(Math.floor(rest / 60), rest % 60);
  return instant(date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds);
}

/** `2026-03-03 18:00`, as clocks there show it. */
export const shownAt = (at: Instant, zone: string): string =>
  zoned(at, zone).toPlainDateTime().toString({ smallestUnit: "minute" }).replace("T", " ");

/** @throws OvertError `POWER_ZONE_UNKNOWN` */
export function zoned(at: Instant, zone: string): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  } catch {
    throw powerError("POWER_ZONE_UNKNOWN", `"${zone}" is not a time zone.`, "Write it like Africa/Lagos, or UTC.");
  }
}
