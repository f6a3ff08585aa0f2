import { fc, test as propertyTest } from "@fast-check/vitest";
import { type Instant, instant } from "@overt/core";
import { expect, test } from "vitest";
import { type FragmentRow, packTable, unpackTable } from "./fragment-table.ts";
import { LATEST_MS } from "./entry.ts";
import { EIGHT } from "./sample.ts";

const anyRow = fc.record({
  counter: fc.integer({ min: 0, max: 0xffff_ffff }),
  time: fc.integer({ min: 0, max: LATEST_MS }).map((ms) => ms as Instant),
  durationMs: fc.integer({ min: 0, max: 0xffff_ffff }),
  kind: fc.constantFrom("init", "key", "media", "end"),
  pack: fc.integer({ min: 0, max: 2 ** 40 }),
  offset: fc.integer({ min: 0, max: 2 ** 40 }),
  bytes: fc.integer({ min: 0, max: 2 ** 32 }),
}) satisfies fc.Arbitrary<FragmentRow>;

propertyTest.prop([fc.array(anyRow, { maxLength: 200 }), fc.integer({ min: 0, max: 4_102_444_800_000 })])(
  "whatever is packed is unpacked",
  (rows, start) => {
    expect(unpackTable(packTable(rows, instant(start)), instant(start))).toEqual(rows);
  },
);

propertyTest.prop([fc.array(anyRow, { minLength: 1, maxLength: 20 }), fc.nat()])(
  "a table that is cut is refused, or is a table of the rows before",
  (rows, cut) => {
    const table = packTable(rows, EIGHT);
    const part = table.subarray(0, cut % table.length);
    const before = rows.filter((_, i) => packTable(rows.slice(0, i + 1), EIGHT).length <= part.length);
    if (packTable(before, EIGHT).length === part.length) expect(unpackTable(part, EIGHT)).toEqual(before);
    else expect(() => unpackTable(part, EIGHT)).toThrow(expect.objectContaining({ code: "STORE_INDEX_CORRUPT" }));
  },
);

test("a fragment among 100 cameras' takes less than 10 bytes, so that a camera-month stays below 100 MB", () => {
  const rows = Array.from({ length: 120 }, (_, i): FragmentRow => {
    const durationMs = 500 + (i % 3);
    const time = instant(EIGHT + i * 500 + (i % 2));
    const offset = 64 + i * 5_000_000 + ((i * 7_919) % 900_000);
    return {
      counter: i,
      time,
      durationMs,
      kind: i % 4 ? "media" : "key",
      pack: 4_711,
      offset,
      bytes: 250_000 + i * 37,
    };
  });
  expect(packTable(rows, EIGHT).length / rows.length).toBeLessThan(11);
});
