import fc from "fast-check";
import { planCamera, type PlanCamera } from "../record/camera.ts";
import { FIELDS_OF } from "../record/columns.ts";
import { cleanText, type Field } from "../record/field.ts";
import { type Area, type ExchangedPlan, type Layer, planPlace, planSpace, planViewshed } from "../record/plan.ts";

/** Text of every kind that a record can hold, formulas, marks and foreign letters among it. */
const anyText = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.constantFrom(
      "=1+1",
      "'=1",
      "''-2",
      "@a",
      "+49 721",
      "-",
      'a;b,c\t"d"',
      "two\nlines",
      "_x0041_",
      "]]>",
      "<b>&amp;",
      "0412",
      "1e5",
      "true",
      "NULL",
    ),
  )
  .map((text) => cleanText(text));

const anyNumber = fc.double({ min: 0.5, max: 50, noNaN: true });
const anySize = fc.record({
  name: fc.constantFrom("main", "sub", "stream_1"),
  codec: fc.constantFrom("h264", "h265", null),
  widthPx: fc.constant(640),
  heightPx: fc.constant(360),
  fps: fc.constantFrom(null, 12.5, 25),
  kbitPerS: fc.option(fc.nat(20_000)),
});
const anySource = fc.record({
  file: fc.constantFrom("a.csv", "b!#@%;.xlsx", "ü — x.kml"),
  sheet: fc.constantFrom(null, "Tabelle 1", "a!b"),
  row: fc.option(fc.integer({ min: 1, max: 1e6 })),
  mapping: fc.constantFrom(null, "Roads @ town"),
});

function anyValue(key: string, field: Field<unknown>): fc.Arbitrary<unknown> {
  if (key === "streams") return fc.array(anySize, { maxLength: 2 });
  if (key === "sources") return fc.array(anySource, { minLength: 1, maxLength: 2 });
  if (key === "profiles") return fc.subarray(["S", "T", "G"]);
  if (field.kind === "choice") return fc.constantFrom(field.blank, ...field.choices);
  if (field.kind === "flag") return fc.constantFrom(null, true, false);
  if (field.kind === "text") return anyText;
  if (key === "builtYear") return fc.option(fc.integer({ min: 1950, max: 2030 }));
  if (key === "k1") return fc.option(fc.double({ min: -0.5, max: 0.5, noNaN: true }).map((k1) => k1 + 0));
  if (field.unit === "px" || key === "views") return fc.option(fc.integer({ min: 1, max: 20 }));
  return fc.option(anyNumber);
}

const anyValues = (layer: Layer): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(FIELDS_OF[layer]).map(([key, field]) => [key, anyValue(key, field)])));

const degree = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: -most * 1e9, max: most * 1e9 }).map((n) => (n === 0 ? 1e-9 : n / 1e9));
const anyPlace = fc.record({ lon: degree(179), lat: degree(89) });

/** Boxes, some with a hole, wound as RFC 7946 has them. */
const anyArea: fc.Arbitrary<Area> = fc.array(
  fc.tuple(anyPlace, fc.boolean()).map(([{ lon, lat }, hole]) => {
    const at = (x: number, y: number) =>
      [Math.round((lon + x) * 1e9) / 1e9, Math.round((lat + y) * 1e9) / 1e9] as const;
    const outer = [at(0, 0), at(0.01, 0), at(0.01, 0.01), at(0, 0.01), at(0, 0)];
    const inner = [at(0.002, 0.002), at(0.002, 0.008), at(0.008, 0.008), at(0.002, 0.002)];
    return hole ? [outer, inner] : [outer];
  }),
  { minLength: 1, maxLength: 2 },
);

const anyMore = fc
  .dictionary(
    fc.constantFrom("Straße", "height", "also:x", "layer", "Ward; no", "lon"),
    anyText.filter((text) => text !== null),
    { maxKeys: 2, noNullPrototype: true },
  )
  .map((more) => more as Record<string, string>);

const anyCamera: fc.Arbitrary<PlanCamera> = fc
  .tuple(anyValues("camera"), fc.option(anyPlace), anyMore)
  .map(([values, at, more]) => planCamera({ ...values, at, more } as Partial<PlanCamera>));

/** A plan whose cameras have numbers of their own. */
export const anyPlan: fc.Arbitrary<ExchangedPlan> = fc.record({
  title: anyText,
  attribution: anyText,
  cameras: fc
    .array(anyCamera, { minLength: 1, maxLength: 4 })
    .map((cameras) => cameras.map((camera, i) => ({ ...camera, number: `${i}-${camera.number ?? ""}`.trim() }))),
  viewsheds: fc.array(
    fc.tuple(anyValues("viewshed"), anyArea).map(([values, area]) => planViewshed({ ...values, area })),
    { maxLength: 3 },
  ),
  places: fc.array(
    fc
      .tuple(anyValues("place"), fc.option(anyPlace), anyArea)
      .map(([values, at, area]) => planPlace({ ...values, at, area })),
    { maxLength: 3 },
  ),
  spaces: fc.array(
    fc.tuple(anyValues("private-space"), anyArea).map(([values, area]) => planSpace({ ...values, area })),
    { maxLength: 3 },
  ),
});
