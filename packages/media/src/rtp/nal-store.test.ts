import { fc, test as prop } from "@fast-check/vitest";
import { concatBytes, toHex } from "@overt/core";
import { expect, test } from "vitest";
import { splitAnnexB } from "../codec/annex-b.ts";
import { NalStore } from "./nal-store.ts";
import { Tally } from "./tally.ts";

const zeros = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(1) },
  fc.integer({ min: 0, max: 255 }),
);
const pieces = fc.array(
  fc.array(zeros, { maxLength: 30 }).map((bytes) => Uint8Array.from(bytes)),
  { maxLength: 12 },
);

function put(store: NalStore, parts: readonly Uint8Array[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  store.begin(0);
  for (const part of parts) store.append(part, 0, part.length);
  store.finish((nal) => found.push(nal));
  return found;
}

prop.prop([pieces, pieces])("units are split just as Annex B is, wherever the packets are cut", (first, second) => {
  const store = new NalStore(new Tally());
  const found = [first, second].map((parts) => put(store, parts).map(toHex));
  expect(found).toEqual([first, second].map((parts) => splitAnnexB(concatBytes(parts)).map(toHex)));
});

test("a finished unit is nobody's to change: neither the packet's nor the next unit's", () => {
  const store = new NalStore(new Tally());
  const packet = Uint8Array.of(0x65, 1, 2, 3);
  const [unit] = put(store, [packet]);
  packet.fill(0xff);
  for (let n = 0; n < 100_000; n++) put(store, [Uint8Array.of(0x41, 9, 9)]);
  expect(toHex(unit!)).toBe("65010203");
});

test("a unit far larger than a chunk is whole, and a dropped one leaves nothing", () => {
  const store = new NalStore(new Tally());
  store.begin(0);
  store.append(new Uint8Array(50_000).fill(7), 0, 50_000);
  store.drop();
  const parts = Array.from({ length: 300 }, (_, n) => new Uint8Array(1_400).fill(1 + (n % 255)));
  const [unit] = put(store, parts);
  expect(Buffer.compare(unit!, concatBytes(parts))).toBe(0);
});
