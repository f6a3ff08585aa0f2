import { type Instant, instant, type Span } from "@overt/core";
import ICAL from "ical.js";
import { zoned } from "./civil.ts";
import { powerError } from "./power-error.ts";
import { clipped, union } from "./spans.ts";

/** Fifty years of days; who asks for more asks for a rule without end. */
const MOST_CUTS = 20_000;

/**
 * The events of an iCalendar file (RFC 5545) as cuts within a span: repeated, excepted and moved ones as the file says.
 * Cancelled ones are left out. A time without a zone is of `zone`; so is a whole day.
 *
 * @throws OvertError `CUTS_ICAL_INVALID` `CUTS_TOO_MANY` `POWER_ZONE_UNKNOWN`
 */
export function readCutsIcal(text: string, zone: string, within: Span): Span[] {
  zoned(within.from, zone);
  const calendars = parsed(text);
  const spans = calendars.flatMap((calendar) =>
    eventsOf(calendar).flatMap((event) => occurrences(event, zone, within)),
  );
  return clipped(union(spans), within);
}

function parsed(text: string): ICAL.Component[] {
  try {
    const root = ICAL.parse(text.replace(/^\uFEFF/, ""));
    const all = (typeof root[0] === "string" ? [root] : root) as unknown[][];
    const calendars = all.map((each) => new ICAL.Component(each as never)).filter(({ name }) => name === "vcalendar");
    if (calendars.length > 0) return calendars;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw powerError("CUTS_ICAL_INVALID", `This is not an iCalendar file: ${why.slice(0, 120)}.`);
  }
  throw powerError("CUTS_ICAL_INVALID", "The file holds no calendar.");
}

/** Events with what was moved of them; a moved one whose rule is not in the file stands alone. */
function eventsOf(calendar: ICAL.Component): ICAL.Event[] {
  const all = calendar.getAllSubcomponents("vevent");
  const held = all.filter(
    (each) => each.getFirstPropertyValue("status") !== "CANCELLED" || each.hasProperty("recurrence-id"),
  );
  const [moved, whole] = [held.filter(isMoved), held.filter((each) => !isMoved(each))];
  const rules = whole.map(
    (each) => new ICAL.Event(each, { exceptions: moved.filter((m) => uidOf(m) === uidOf(each)) }),
  );
  const known = new Set(whole.map(uidOf));
  return [...rules, ...moved.filter((each) => !known.has(uidOf(each))).map((each) => new ICAL.Event(each))];
}

const isMoved = (event: ICAL.Component): boolean => event.hasProperty("recurrence-id");
const uidOf = (event: ICAL.Component): string => String(event.getFirstPropertyValue("uid"));

function occurrences(event: ICAL.Event, zone: string, within: Span): Span[] {
  const zoneOf = (item: ICAL.Event): string => namedZone(item.component) ?? zone;
  if (!event.startDate) throw powerError("CUTS_ICAL_INVALID", `The event "${event.uid}" has no start.`);
  if (!event.isRecurring()) return [spanOf(event, event.startDate, event.endDate, zoneOf(event))];
  const spans: Span[] = [];
  const each = event.iterator();
  for (let next = each.next(), count = 0; next; next = each.next()) {
    if (++count > MOST_CUTS)
      throw powerError("CUTS_TOO_MANY", `The event "${event.uid}" repeats more than ${MOST_CUTS} times.`);
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    const span = spanOf(item, startDate, endDate, zoneOf(item));
    if (span.from >= within.to && next.compare(startDate) === 0) break;
    if (item.component.getFirstPropertyValue("status") !== "CANCELLED") spans.push(span);
  }
  return spans;
}

function spanOf(event: ICAL.Event, start: ICAL.Time, end: ICAL.Time, zone: string): Span {
  const [from, to] = [instantOf(start, zone), instantOf(end, zone)];
  if (to < from) throw powerError("CUTS_ICAL_INVALID", `The event "${event.uid}" ends before it begins.`);
  return { from, to };
}

/** A zone that the machine knows by name goes by its own rules, which are newer than a file's. */
function instantOf(time: ICAL.Time, zone: string): Instant {
  if (time.zone === ICAL.Timezone.utcTimezone) return instant(time.toUnixTime() * 1_000);
  if (time.zone !== ICAL.Timezone.localTimezone && !isKnown(time.zone.tzid)) return instant(time.toUnixTime() * 1_000);
  const { year, month, day, hour, minute, second } = time;
  const local = new Temporal.PlainDateTime(year, month, day, hour, minute, second);
  return instant(local.toZonedDateTime(zone).epochMilliseconds);
}

/** The zone that an event names; one that only the file itself describes is left to `ical.js`. */
function namedZone(event: ICAL.Component): string | null {
  const named = event.getFirstProperty("dtstart")?.getFirstParameter("tzid") ?? null;
  if (named === null || named === "") return null;
  if (isKnown(named)) return named;
  const described = event.parent
    ?.getAllSubcomponents("vtimezone")
    .some((each) => each.getFirstPropertyValue("tzid") === named);
  if (described) return null;
  throw powerError("POWER_ZONE_UNKNOWN", `The calendar names the zone "${named}" and does not describe it.`);
}

function isKnown(zone: string): boolean {
  try {
    zoned(instant(0), zone);
    return true;
  } catch {
    return false;
  }
}
