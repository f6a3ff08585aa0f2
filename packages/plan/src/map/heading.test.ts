import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { headings } from "./heading.ts";

const towards = (deg: number) => ({ kind: "towards", deg });

describe("osm-01: directions as letters and numbers", () => {
  const POINTS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split(" ");
  test.each(POINTS.map((name, i) => [name, i * 22.5] as const))("%s is %d°, in lower case too", (name, deg) => {
    expect(headings(name).read).toEqual([towards(deg)]);
    expect(headings(name.toLowerCase()).read).toEqual([towards(deg)]);
  });

  test("0 is a value, 360 is 0, -90 is west", () => {
    expect(headings("0").read).toEqual([towards(0)]);
    expect(headings("360").read).toEqual([towards(0)]);
    expect(headings("-90").read).toEqual([towards(270)]);
  });

  test("a word that is no direction is listed, not guessed", () => {
    expect(headings("forward")).toEqual({ read: [], unread: ["forward"] });
  });
});

test("osm-02: several directions are several views", () => {
  expect(headings("N;135; 225").read).toEqual([towards(0), towards(135), towards(225)]);
  expect(headings("NE;SW").read).toEqual([towards(45), towards(225)]);
});

describe("osm-03: a range is the field of view", () => {
  test("it keeps its width", () => {
    expect(headings("239-284").read).toEqual([{ kind: "between", fromDeg: 239, toDeg: 284, widthDeg: 45 }]);
  });

  test("over north it wraps", () => {
    expect(headings("338-23").read).toEqual([{ kind: "between", fromDeg: 338, toDeg: 23, widthDeg: 45 }]);
  });

  test("0-360 is all around", () => {
    expect(headings("0-360").read).toEqual([{ kind: "around" }]);
  });
});

test.prop([fc.integer({ min: 0, max: 359 }), fc.integer({ min: 1, max: 359 })])(
  "a range has its width wherever it begins",
  (from, width) => {
    const [heading] = headings(`${from}-${(from + width) % 360}`).read;
    expect(heading).toMatchObject({ kind: "between", fromDeg: from, widthDeg: width });
  },
);
