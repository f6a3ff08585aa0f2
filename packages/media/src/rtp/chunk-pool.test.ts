import { fc, test as prop } from "@fast-check/vitest";
import { toHex } from "@overt/core";
import { expect, test } from "vitest";
import { ChunkPool } from "./chunk-pool.ts";
import { NalStore } from "./nal-store.ts";
import { Tally } from "./tally.ts";

/** Units of one picture, put together as a receiver does, in packets. */
function picture(store: NalStore, sizes: readonly number[], fill: number): Uint8Array[] {
  const nals: Uint8Array[] = [];
  for (const size of sizes) {
    store.begin(size > 1_400 ? 0 : size);
    for (let at = 0; at < size; at += 1_400) {
      const packet = new Uint8Array(Math.min(1_400, size - at)).fill(fill);
      store.append(packet, 0, packet.length);
    }
    store.finish((nal) => nals.push(nal));
  }
  return nals;
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 150_000 })), {
  minLength: 1,
  maxLength: 4,
});
const steps = fc.array(fc.tuple(sizes, fc.boolean(), fc.nat()), { maxLength: 60 });

prop.prop([steps])("a picture keeps its bytes until it is released, whatever is released and when", (todo) => {
  const pool = new ChunkPool();
  const stores = [new NalStore(new Tally(), pool), new NalStore(new Tally(), pool)];
  const held: { nals: Uint8Array[]; fill: number }[] = [];
  for (const [i, [sizes, release, which]] of todo.entries()) {
    const fill = 1 + (i % 250);
    held.push({ nals: picture(stores[which % 2] as NalStore, sizes, fill), fill });
    if (release) for (const { nals } of held.splice(which % held.length, 1)) pool.release(nals);
  }
  for (const { nals, fill } of held) for (const nal of nals) expect(nal.every((byte) => byte === fill)).toBe(true);
});

test("memory of released pictures is used again, for other cameras too", () => {
  const pool = new ChunkPool();
  const stores = Array.from({ length: 4 }, () => new NalStore(new Tally(), pool));
  const buffers = new Set<ArrayBufferLike>();
  for (let i = 0; i < 400; i++) {
    const nals = picture(stores[i % 4] as NalStore, [90_000, 20], 7);
    for (const nal of nals) buffers.add(nal.buffer);
    pool.release(nals);
  }
  expect(buffers.size).toBeLessThan(12);
});

test("a picture that is released is wiped once nothing more is written beside it", () => {
  const pool = new ChunkPool();
  const store = new NalStore(new Tally(), pool);
  const nals = picture(store, [60_000], 9);
  pool.release(nals);
  picture(store, [60_000], 8);
  expect(nals[0]?.every((byte) => byte !== 9)).toBe(true);
});

test("to release a picture twice, or units from elsewhere, frees nobody else's", () => {
  const pool = new ChunkPool();
  const store = new NalStore(new Tally(), pool);
  const first = picture(store, [20_000], 1);
  const second = picture(store, [20_000], 2);
  pool.release(first);
  pool.release(first);
  pool.release([Uint8Array.of(1, 2, 3)]);
  for (let i = 3; i < 200; i++) pool.release(picture(store, [20_000], i));
  expect(toHex(second[0] as Uint8Array)).toBe("02".repeat(20_000));
});

test("what a slow moment needed is let go when it was not needed again", () => {
  const pool = new ChunkPool();
  const store = new NalStore(new Tally(), pool);
  const slow = Array.from({ length: 200 }, () => picture(store, [60_000], 1));
  const buffers = new Set(slow.flat().map(({ buffer }) => buffer));
  for (const nals of slow) pool.release(nals);
  const known = (count: number): number => {
    const found = Array.from({ length: count }, () => pool.take(1));
    for (const chunk of found) pool.retire(chunk);
    return found.filter(({ bytes }) => buffers.has(bytes.buffer)).length;
  };
  expect(known(150)).toBe(150);
  for (let i = 0; i < 10_000; i++) pool.release(picture(store, [60_000], 1));
  expect(known(150)).toBeLessThan(5);
});
