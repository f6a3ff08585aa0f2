import { fc, test } from "@fast-check/vitest";
import { OvertError } from "@overt/core";
import { expect } from "vitest";
import { LINE_LIMIT_BYTES, LineReader, lineOf, wordsOf } from "./nut-line.ts";

test.each([
  ['VAR su700 ups.mfr "APC"', ["VAR", "su700", "ups.mfr", "APC"]],
  ['VAR a b "with \\"quotes\\" and \\\\"', ["VAR", "a", "b", 'with "quotes" and \\']],
  ['VAR a b ""', ["VAR", "a", "b", ""]],
  ["OK\r", ["OK"]],
  ["  ERR   DATA-STALE ", ["ERR", "DATA-STALE"]],
  ["", []],
])("%j is %j", (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});

test("quotes that do not end are refused", () => {
  expect(() => wordsOf('VAR a b "OL')).toThrow(expect.objectContaining({ code: "UPS_ANSWER_INVALID" }));
});

test("a line break in a name or password would be a second command: it is never sent", () => {
  for (const word of ["a\nFSD gate", "a\rb", "a\0b"])
    expect(() => lineOf("PASSWORD", word)).toThrow(expect.objectContaining({ code: "UPS_CONFIG_INVALID" }));
});

const anyWord = fc.string({ unit: "grapheme" }).filter((word) => !/[\0\r\n]/.test(word));
test.prop([fc.array(anyWord)])("what we send means the same words", (words) => {
  expect(wordsOf(lineOf("SAY", ...words).slice(0, -1))).toEqual(["SAY", ...words]);
});

test.prop([fc.string({ unit: "binary", maxLength: 500 })])(
  "any line is words or refused, never anything else",
  (line) => {
    try {
      expect(wordsOf(line).every((word) => typeof word === "string")).toBe(true);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(OvertError);
    }
  },
);

test.prop([fc.array(fc.stringMatching(/^[ -~]{0,60}$/)), fc.array(fc.nat({ max: 40 }))])(
  "lines come out whole however they are cut on the way",
  (lines, cuts) => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    const reader = new LineReader();
    const found: string[] = [];
    let at = 0;
    for (const cut of cuts) {
      found.push(...reader.push(bytes.subarray(at, at + cut)));
      at += cut;
    }
    found.push(...reader.push(bytes.subarray(at)));
    expect(found).toEqual(lines);
  },
);

test("a line that does not end takes no more memory than its limit", () => {
  const reader = new LineReader();
  reader.push(new Uint8Array(LINE_LIMIT_BYTES).fill(65));
  expect(() => reader.push(new Uint8Array(1))).toThrow(expect.objectContaining({ code: "UPS_ANSWER_INVALID" }));
  const whole = Buffer.concat([Buffer.alloc(LINE_LIMIT_BYTES + 1, 65), Buffer.from("\n")]);
  expect(() => new LineReader().push(whole)).toThrow(expect.objectContaining({ code: "UPS_ANSWER_INVALID" }));
});
