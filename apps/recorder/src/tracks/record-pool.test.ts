import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { RecordPool } from "./record-pool.ts";

const steps = fc.array(
  fc.oneof(fc.record({ take: fc.integer({ min: 1, max: 600_000 }) }), fc.record({ giveBack: fc.nat() })),
  { maxLength: 120 },
);

test.prop([steps])("no two records that are in use share a byte, and what is written into one stays", (todo) => {
  const pool = new RecordPool();
  const held: { record: Uint8Array<ArrayBuffer>; mark: number }[] = [];
  for (const [i, step] of todo.entries()) {
    if ("take" in step) {
      const record = pool.take(step.take);
      expect(record.length).toBe(step.take);
      record.fill(i % 251);
      held.push({ record, mark: i % 251 });
    } else if (held.length > 0) {
      for (const { record } of held.splice(step.giveBack % held.length, 1)) pool.giveBack(record);
    }
  }
  for (const { record, mark } of held) expect(record.every((byte) => byte === mark)).toBe(true);
});

test("memory that is given back is used again, in whatever order it comes back", () => {
  const pool = new RecordPool();
  const buffers = new Set<ArrayBuffer>();
  for (let round = 0; round < 50; round++) {
    const records = Array.from({ length: 12 }, () => pool.take(400_000));
    for (const record of records) buffers.add(record.buffer);
    for (const record of round % 2 ? records : records.reverse()) pool.giveBack(record);
  }
  expect(buffers.size).toBeLessThan(5);
});

test("a record that outgrows a block has memory of its own", () => {
  const pool = new RecordPool();
  const record = pool.take(5_000_000);
  pool.giveBack(record);
  expect(pool.take(10).buffer).not.toBe(record.buffer);
});
