import { fc, test } from "@fast-check/vitest";
import { OvertError } from "@overt/core";
import { describe, expect } from "vitest";
import { parseOrLibrary } from "./orlib.ts";
import { randomModel, orLibraryText } from "./testing/instances.ts";

const SMALL = " 3 4 \n 1 2.5 0 4 \n 2\n 1 2\n 1\n 4\n 3 \n 2 3 4 \n";

test("reads rows, columns, costs, and the columns of each row", () => {
  const covering = parseOrLibrary({ covering: SMALL, weights: "3\n1 3 1", sites: "4\n7 7 4000000000 4000000000" });
  expect(covering).toMatchObject({ rows: 3, columns: 4 });
  expect([...covering.costs]).toEqual([1, 2.5, 0, 4]);
  expect([...covering.rowStart]).toEqual([0, 2, 3, 6]);
  expect([...covering.rowColumns]).toEqual([0, 1, 3, 1, 2, 3]);
  expect([...covering.columnStart]).toEqual([0, 1, 3, 4, 6]);
  expect([...covering.columnRows]).toEqual([0, 0, 2, 2, 1, 2]);
  expect([...covering.weights]).toEqual([1, 3, 1]);
  expect([...covering.sites]).toEqual([0, 0, 1, 1]);
});

test("any white space parts numbers, and a byte order mark is passed over", () => {
  expect(parseOrLibrary({ covering: "\ufeff1\t2\r\n5\r\n6\r\n1\f2" })).toMatchObject({ rows: 1, columns: 2 });
});

test("a file of no rows is a covering of none", () => {
  expect(parseOrLibrary({ covering: "0 0" })).toMatchObject({ rows: 0, columns: 0 });
});

describe("what is wrong is named with its line", () => {
  test.each([
    ["", "COVER_FILE_TRUNCATED", "line 1: it ends where the number of rows should stand"],
    ["two 3", "COVER_FILE_NUMBER", 'the number of rows is "two"'],
    ["1 1\n-5\n1 1", "COVER_FILE_NUMBER", "line 2: the cost of column 1"],
    ["1 1\n1e999\n1 1", "COVER_FILE_NUMBER", "the cost of column 1"],
    ["1 1\n1e300\n1 1", "COVERING_AMOUNT_INVALID", "The cost of column 1"],
    ["1 1\n0x10\n1 1", "COVER_FILE_NUMBER", '"0x10"'],
    ["1 2\n5 5\n1 3", "COVER_FILE_COLUMN", "row 1 names column 3, and there are 2"],
    ["1 2\n5 5\n1 0", "COVER_FILE_COLUMN", "row 1 names column 0"],
    ["1 2\n5 5\n2 1 1", "COVERING_COLUMN_TWICE", "Row 1 names column 1 twice"],
    ["2 2\n5 5\n1 1\n1", "COVER_FILE_TRUNCATED", "line 4"],
    ["1 2\n5 5\n1 1\nrest", "COVER_FILE_TRAILING", '"rest"'],
    ["9999999999 1", "COVERING_TOO_LARGE", "9999999999 rows"],
    ["1000000 1000000\n1 1", "COVER_FILE_TRUNCATED", "cannot fit"],
    ["1 1\n5\n4000000000 1", "COVERING_TOO_LARGE", "arcs"],
    ["1 1\n5\n1 \u0000\u001b[31m", "COVER_FILE_NUMBER", "\\u0000\\u001b"],
  ])("%j", (covering, code, words) => {
    expect(() => parseOrLibrary({ covering })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });

  test.each([
    [{ covering: SMALL, weights: "2\n1 1" }, "COVER_FILE_COUNT", "weights file"],
    [{ covering: SMALL, weights: "3\n1 -1 1" }, "COVER_FILE_NUMBER", "weight of row 2"],
    [{ covering: SMALL, sites: "4\n1 2 3" }, "COVER_FILE_TRUNCATED", "sites file"],
    [{ covering: SMALL, sites: "4\n1 2 3 4.5" }, "COVERING_COUNT_INVALID", "site of column 4"],
  ])("beside the covering file: %j", (files, code, words) => {
    expect(() => parseOrLibrary(files)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

test.prop([fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.nat()])(
  "what was written is read again",
  (rows, columns, seed) => {
    const model = randomModel(rows, columns, 0.3, seed);
    const covering = parseOrLibrary({ covering: orLibraryText(model) });
    const read = Array.from(model.rows, (_, i) =>
      Array.from(covering.rowColumns.slice(covering.rowStart[i], covering.rowStart[i + 1])),
    );
    expect(read).toEqual(model.rows);
    expect([...covering.costs]).toEqual(model.costs);
  },
);

const anyBite = fc.record({
  at: fc.nat(400),
  cut: fc.nat(5),
  put: fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("-1", "9999999999", " ", "\n", "1e9", "NaN", "0")),
});

test.prop([fc.nat(50), fc.array(anyBite, { maxLength: 4 })], { numRuns: 500 })(
  "a damaged file is read or refused with a code, never more than that",
  (seed, bites) => {
    let text = orLibraryText(randomModel(6, 8, 0.4, seed));
    for (const { at, cut, put } of bites) text = text.slice(0, at) + put + text.slice(at + cut);
    try {
      const covering = parseOrLibrary({ covering: text });
      expect(covering.columnRows.length).toBe(covering.rowColumns.length);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(OvertError);
      expect((thrown as OvertError).code).toMatch(/^(COVER_FILE|COVERING)_/);
    }
  },
);
