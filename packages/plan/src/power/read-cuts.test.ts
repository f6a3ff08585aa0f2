import { fc, test } from "@fast-check/vitest";
import { minutes, type Span } from "@overt/core";
import { describe, expect } from "vitest";
import { readCutsCsv, writeCutsCsv } from "./read-cuts-csv.ts";
import { readCutsIcal } from "./read-cuts-ical.ts";
import { union } from "./spans.ts";
import { at, between, span } from "./testing/days.ts";

const failsWith = (code: string, message = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("W2: a calendar from a CSV file", () => {
  test("by feeder, with ends or lengths, with offsets or in the site's own time", () => {
    const text =
      '\uFEFFFeeder;Start;End;Minutes\r\n"north, 1";2026-03-02 18:00;2026-03-02 20:00;\r\nsouth;2026-03-02T18:00Z;;90\n';
    expect(readCutsCsv(text, "Africa/Lagos")).toEqual(
      new Map([
        ["north, 1", [between(17, 19)]],
        ["south", [between(18, 19.5)]],
      ]),
    );
  });

  test("the columns may have any names", () => {
    const columns = { start: "Beginn", end: "Ende", minutes: "-", feeder: "Netz" };
    expect(readCutsCsv("Beginn\tEnde\n2026-03-02 01:00\t2026-03-02 02:00", "UTC", columns)).toEqual(
      new Map([["", [between(1, 2)]]]),
    );
    expect(() => readCutsCsv("from,to\n1,2", "UTC")).toThrow(failsWith("CUTS_COLUMN_MISSING", '"from", "to"'));
  });

  test("a row that cannot be read is named by its line, and days that could be months are not guessed at", () => {
    expect(() => readCutsCsv('start,end\n"2026-03-02\n01:00",x\n', "UTC")).toThrow(
      failsWith("CUTS_ROW_INVALID", "Line 2"),
    );
    const swapped = "start,end\n2026-03-02 01:00,2026-03-02 02:00\n03/04/2026 01:00,03/04/2026 02:00";
    expect(() => readCutsCsv(swapped, "UTC")).toThrow(failsWith("CUTS_ROW_INVALID", "Line 3"));
    expect(() => readCutsCsv("start,end\n2026-03-02 02:00,2026-03-02 01:00", "UTC")).toThrow(
      failsWith("CUTS_ROW_INVALID", "end"),
    );
    expect(() => readCutsCsv("start,minutes\n2026-03-02,60", "UTC")).toThrow(failsWith("CUTS_ROW_INVALID", "Line 2"));
    expect(() => readCutsCsv("start,minutes\n2026-03-02 01:00,60", "Nowhere")).toThrow(failsWith("POWER_ZONE_UNKNOWN"));
  });

  const anySpans = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 1, max: 600 })), { minLength: 1 })
    .map((list) =>
      union(list.map(([from, long]) => ({ from: at(from), to: (at(from) + minutes(long)) as Span["to"] }))),
    );
  test.prop([
    fc.dictionary(
      fc.stringMatching(/^[a-z",; \n]{0,9}[a-z]$/).map((name) => name.trim()),
      anySpans,
    ),
  ])("written and read again it is the same", (feeders) => {
    const calendar = new Map(Object.entries(feeders));
    expect(readCutsCsv(writeCutsCsv(calendar), "UTC")).toEqual(calendar);
  });
});

const ical = (...lines: string[]): string =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n");
const event = (...lines: string[]): string[] => ["BEGIN:VEVENT", "UID:1", ...lines, "END:VEVENT"];

describe("W2: a calendar from an iCalendar file", () => {
  test("events that repeat, with one day left out, one moved and one cancelled", () => {
    const text = ical(
      ...event("DTSTART;TZID=Africa/Lagos:20260302T180000", "DURATION:PT2H", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE;TZID=Africa/Lagos:20260303T180000"), // biome-ignore format: one line
      ...event("RECURRENCE-ID;TZID=Africa/Lagos:20260304T180000", "DTSTART;TZID=Africa/Lagos:20260304T210000", "DTEND;TZID=Africa/Lagos:20260304T220000"), // biome-ignore format: one line
      ...event("RECURRENCE-ID;TZID=Africa/Lagos:20260305T180000", "STATUS:CANCELLED", "DTSTART;TZID=Africa/Lagos:20260305T180000", "DURATION:PT2H"), // biome-ignore format: one line
    );
    expect(readCutsIcal(text, "UTC", between(0, 240))).toEqual([
      between(17, 19),
      between(48 + 20, 48 + 21),
      between(96 + 17, 96 + 19),
    ]);
  });

  test("folded lines, times in UTC, times without a zone and whole days", () => {
    const text = ical(
      ...event("SUMMARY:Stage", "  4", "DTSTART:20260302T010000Z", "DTEND:20260302T020000Z"),
      ...event("DTSTART:20260302T060000", "DTEND:20260302T070000").map((l) => l.replace("UID:1", "UID:2")),
      ...event("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260304").map((l) => l.replace("UID:1", "UID:3")),
    );
    expect(readCutsIcal(text, "Africa/Lagos", between(0, 72))).toEqual([between(1, 2), between(5, 6), between(23, 47)]);
  });

  test("a zone that only the file itself describes is taken from there; one that nobody describes is refused", () => {
    const described = ical(
      ...["BEGIN:VTIMEZONE", "TZID:Our grid", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE"], // biome-ignore format: one line
      ...event("DTSTART;TZID=Our grid:20260302T060000", "DTEND;TZID=Our grid:20260302T070000"),
    );
    expect(readCutsIcal(described, "UTC", between(0, 24))).toEqual([between(3, 4)]);
    const unknown = ical(...event("DTSTART;TZID=Our grid:20260302T060000", "DTEND;TZID=Our grid:20260302T070000"));
    expect(() => readCutsIcal(unknown, "UTC", between(0, 24))).toThrow(failsWith("POWER_ZONE_UNKNOWN", "Our grid"));
  });

  test("what is wanted of a rule without end is read, one that repeats every second is refused", () => {
    const endless = ical(...event("DTSTART:20200101T060000Z", "DTEND:20200101T070000Z", "RRULE:FREQ=DAILY"));
    expect(readCutsIcal(endless, "UTC", between(0, 48))).toEqual([between(6, 7), between(30, 31)]);
    const mad = ical(...event("DTSTART:20260302T000000Z", "DTEND:20260302T000001Z", "RRULE:FREQ=SECONDLY"));
    expect(() => readCutsIcal(mad, "UTC", between(0, 48))).toThrow(failsWith("CUTS_TOO_MANY"));
  });

  test("a file that is none, or is cut off, is refused", () => {
    for (const text of ["", "start,end", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026"])
      expect(() => readCutsIcal(text, "UTC", between(0, 24))).toThrow(failsWith("CUTS_ICAL_INVALID"));
    expect(() => readCutsIcal(ical(...event("SUMMARY:x")), "UTC", between(0, 24))).toThrow(
      failsWith("CUTS_ICAL_INVALID"),
    );
  });

  test("a Berlin evening stays an evening when the clocks change", () => {
    const text = ical(
      ...event("DTSTART;TZID=Europe/Berlin:20260328T180000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"),
    );
    expect(readCutsIcal(text, "UTC", span("2026-03-01T00:00Z", "2026-04-01T00:00Z"))).toEqual([
      span("2026-03-28T17:00Z", "2026-03-28T18:00Z"),
      span("2026-03-29T16:00Z", "2026-03-29T17:00Z"),
    ]);
  });
});
