import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { canonicalJson, type Json } from "./canonical.ts";

test("the example of RFC 8785 §3.2.3 comes out in its order", () => {
  const value = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew",
    "1": "One",
    "\ud83d\ude00": "Smiley",
    "\u0080": "Control",
    "\u00f6": "Latin",
  };
  const order = Object.values(JSON.parse(canonicalJson(value)) as Record<string, string>);
  expect(canonicalJson(value).startsWith('{"\\r":"Carriage Return","1":"One"')).toBe(true);
  expect(order).toContain("Smiley");
  expect(canonicalJson(value).indexOf("Smiley")).toBeLessThan(canonicalJson(value).indexOf("Hebrew"));
});

test("the numbers of RFC 8785 §3.2.2 come out as it writes them", () => {
  expect(canonicalJson(JSON.parse("[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0]"))).toBe(
    "[333333333.3333333,1e+30,4.5,0.002,1e-27,0]",
  );
});

test("what is not JSON has no canonical form", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, "\ud800", undefined as unknown as Json])
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: "JSON_NOT_CANONICAL" }));
});

test.prop([fc.jsonValue({ depthSize: "small", noUnicodeString: false })])(
  "is the same value again, and the same bytes after another round",
  (value) => {
    const once = canonicalJson(value as Json);
    expect(JSON.parse(once)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(canonicalJson(JSON.parse(once))).toBe(once);
  },
);

test.prop([fc.dictionary(fc.string(), fc.integer())])("does not depend on the order of members", (members) => {
  const reversed = Object.fromEntries(Object.entries(members).reverse());
  expect(canonicalJson(reversed)).toBe(canonicalJson(members));
});
