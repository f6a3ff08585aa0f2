import { expect, test } from "vitest";
import { compared } from "./lost.ts";

/** A loop of five pictures, sent ten times a second. */
const sent = Array.from({ length: 40 }, (_, i) => [`picture ${i % 5}`, i * 100] as const);
const kept = sent.slice(11, 30).map(([hash, time]) => ({ hash, time: time - 20 }));
const END_MS = 2_900;

test("a record of every picture has lost none, in whichever round of the loop it begins", () => {
  expect(compared(sent, kept, END_MS)).toEqual({ sent: 19, lost: 0, strange: 0 });
});

test("a picture that is not there is lost, at the start of a group, within it and at its end", () => {
  expect(compared(sent, kept.toSpliced(7, 1), END_MS)).toMatchObject({ lost: 1, strange: 0 });
  expect(compared(sent, kept.toSpliced(7, 3), END_MS)).toMatchObject({ lost: 3, strange: 0 });
  expect(compared(sent, kept.slice(0, -8), END_MS)).toMatchObject({ lost: 2, strange: 0 });
});

test("a picture that nobody sent is strange", () => {
  const changed = kept.map((picture, i) => (i === 4 ? { hash: "another", time: 0 } : picture));
  expect(compared(sent, changed, END_MS)).toMatchObject({ lost: 1, strange: 1 });
});

test("a record of nothing has lost all that was due", () => {
  expect(compared(sent, [], END_MS)).toEqual({ sent: 24, lost: 24, strange: 0 });
});
