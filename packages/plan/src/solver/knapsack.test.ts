import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { roomPrice } from "./knapsack.ts";

const anyItem = fc.record({ gain: fc.nat(20), size: fc.nat(9) });

test.prop([fc.array(anyItem), fc.nat(40)])("is the price at which sorting by worth would stop", (items, capacity) => {
  let room = capacity;
  let expected = 0;
  for (const { gain, size } of items
    .filter((item) => item.gain > 0 && item.size > 0)
    .sort((a, b) => b.gain / b.size - a.gain / a.size)) {
    if (size > room) {
      expected = gain / size;
      break;
    }
    room -= size;
  }
  const scratch = { ratio: new Float64Array(items.length), order: new Uint32Array(items.length) };
  const column = (key: "gain" | "size") => Float64Array.from(items, (item) => item[key]);
  expect(roomPrice(column("gain"), column("size"), capacity, scratch)).toBe(expected);
});
