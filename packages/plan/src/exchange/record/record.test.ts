import { fc, test as prop } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { CAMERA_FIELDS, planCamera } from "./camera.ts";
import { COLUMNS, columnOf, columnsMarkdown, FIELDS_OF } from "./columns.ts";
import { PLAIN } from "./field.ts";
import { decimalOf, numberOf } from "./number.ts";
import { readSource, writeSource } from "./source.ts";
import { readStream, writeStream } from "./stream.ts";
import { horizontalDegOf, unknownOf } from "./unknown.ts";

const { heightM, panDeg, state, kind, builtYear, focalMm, streams, infrared } = CAMERA_FIELDS;

test("P6: what is not said is unknown, and stays so", () => {
  const nothing = planCamera({ number: "17" });
  expect(nothing).toMatchObject({
    at: null,
    heightM: null,
    panDeg: null,
    tiltDeg: null,
    state: "unknown",
    streams: [],
  });
  for (const said of ["", "  ", "unknown", "n/a", "-", "?", null]) expect(heightM.read(said, PLAIN)).toBeNull();
  expect(state.read("", PLAIN)).toBe("unknown");
});

test("P6: what must be assumed of a camera is named, and a lens is known by focal length and sensor too", () => {
  expect(unknownOf(planCamera({ number: "17" }))).toEqual(["height", "tilt", "direction", "lens"]);
  const known = planCamera({ heightM: 4, tiltDeg: 0, panDeg: 0, focalMm: 4.8, sensorWidthMm: 9.6 });
  expect(unknownOf(known)).toEqual([]);
  expect(horizontalDegOf(known)).toBeCloseTo(90);
});

test.each([
  ["12 ft", 3.6576],
  ["12'", 3.6576],
  ["4.5 m", 4.5],
  ["450cm", 4.5],
  ["4.5", 4.5],
])("a height of %s is %d m", (text, metres) => expect(heightM.read(text, PLAIN)).toBe(metres));

test("a column's unit and decimal mark are the mapping's", () => {
  expect(heightM.read("10", { ...PLAIN, unit: "ft" })).toBe(3.048);
  expect(heightM.read(10, { ...PLAIN, unit: "ft" })).toBe(3.048);
  expect(heightM.read("4,5", { ...PLAIN, decimal: "," })).toBe(4.5);
  expect(numberOf("1.234,5", ",")).toEqual({ value: 1234.5, unit: null });
  expect(numberOf("1,234.5", ".")).toEqual({ value: 1234.5, unit: null });
  expect(numberOf("1 234 567,8", ",")).toEqual({ value: 1_234_567.8, unit: null });
  expect(decimalOf(["8,4", "49,01"], ".")).toBe(",");
  expect(decimalOf(["8.4", "1,234.5"], ",")).toBe(".");
  expect(decimalOf(["1,234"], ",")).toBe(",");
});

test("what is not understood is never guessed", () => {
  for (const text of ["~8", "3 storeys", "10;12", "4,5", "1.2.3", "four"])
    expect(heightM.read(text, PLAIN)).toEqual({ unread: "VALUE_UNREADABLE" });
  expect(heightM.read("574", PLAIN)).toEqual({ unread: "VALUE_IMPOSSIBLE" });
  expect(state.read("perhaps", PLAIN)).toEqual({ unread: "CHOICE_UNKNOWN" });
  expect(panDeg.read("O", PLAIN)).toEqual({ unread: "VALUE_UNREADABLE" });
  expect(focalMm.read("90°", PLAIN)).toEqual({ unread: "VALUE_UNREADABLE" });
});

test("directions are degrees clockwise from north, by number or letter, and 0 is a value", () => {
  expect(["N", "wsw", "NO", "Süd", "0", "360", "-90", "450"].map((said) => panDeg.read(said, PLAIN))).toEqual([
    0, 247.5, 45, 180, 0, 0, 270, 90,
  ]);
});

test("words of several languages, and of the column's own", () => {
  expect(["In Betrieb", "DEFEKT", "détruit", "operational"].map((said) => state.read(said, PLAIN))).toEqual([
    "works",
    "broken",
    "destroyed",
    "works",
  ]);
  expect(state.read("A", { ...PLAIN, words: { A: "works" } })).toBe("works");
  expect(kind.read("PTZ", PLAIN)).toBe("panning");
  expect(infrared.read("ja", PLAIN)).toBe(true);
  expect(builtYear.read("2014.5", PLAIN)).toEqual({ unread: "VALUE_IMPOSSIBLE" });
});

test("a stream is written and read in one line", () => {
  const line = "main h265 3840x2160 25fps 8000kbit/s";
  const [stream] = streams.read(line, PLAIN) as readonly [ReturnType<typeof readStream>];
  expect(stream).toEqual({ name: "main", codec: "h265", widthPx: 3840, heightPx: 2160, fps: 25, kbitPerS: 8000 });
  expect(writeStream(stream!)).toBe(line);
  expect(readStream("sub 640x360 2mbit/s")).toMatchObject({ codec: null, kbitPerS: 2000 });
  expect(streams.read("main h265 ???", PLAIN)).toEqual({ unread: "VALUE_UNREADABLE" });
});

prop.prop([fc.string(), fc.option(fc.string()), fc.option(fc.nat(1e8)), fc.option(fc.string())])(
  "a source is read as it was written, whatever is in its names",
  (file, sheet, row, mapping) => {
    const source = { file, sheet, row, mapping };
    expect(readSource(writeSource(source))).toEqual(source);
  },
);

test("P43: each column is documented, with the unit that its name ends in", () => {
  for (const [layer, columns] of Object.entries(COLUMNS)) {
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    for (const { name, unit, about } of columns) {
      expect(about, name).toMatch(/\.$/);
      const ending = /(?:^|_)(px_per_m|m2|deg|mm|px|m|h)$/.exec(name)?.[1];
      if (ending) expect(unit, name).toBe({ px_per_m: "px/m", m2: "m²" }[ending] ?? ending);
    }
    expect(columnsMarkdown(layer as keyof typeof COLUMNS).split("\n")).toHaveLength(columns.length + 3);
  }
  expect(columnOf("sensorWidthMm")).toBe("sensor_width_mm");
  expect(Object.keys(FIELDS_OF)).toEqual(["camera", "place", "private-space", "viewshed"]);
});
