import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { cameraId, hours, instant } from "@overt/core";
import { expect, test } from "vitest";
import { cameraHash, HEAD_SLOTS, KEY_BYTES, type Slot, SLOT_BYTES } from "./slot.ts";
import { SlotTable } from "./slot-table.ts";

const CAMERAS = Array.from({ length: 4 }, (_, i) => cameraHash(cameraId(`camera-${i}`)));
const slot = (camera: number, period: number, expiry: number, key: number): Slot => ({
  state: key === 0 ? "destroyed" : "live",
  camera: CAMERAS[camera] as string,
  periodStart: instant(hours(period)),
  expiry: instant(expiry),
  key: new Uint8Array(KEY_BYTES).fill(key),
});
const named = ({ camera, periodStart }: Pick<Slot, "camera" | "periodStart">): string => `${camera} ${periodStart}`;
const plain = ({ key, ...rest }: Slot) => ({ ...rest, key: key.slice() });

const change = fc.record({
  camera: fc.nat({ max: CAMERAS.length - 1 }),
  period: fc.nat({ max: 12 }),
  expiry: fc.nat({ max: 1_000 }),
  key: fc.nat({ max: 255 }),
  goes: fc.boolean(),
});

propertyTest.prop([fc.array(change, { maxLength: 200 }), fc.nat({ max: 1_000 })])(
  "it is a map of slots, and the same once more when its bytes are read again",
  (changes, now) => {
    const table = new SlotTable(new Uint8Array(HEAD_SLOTS * SLOT_BYTES));
    const model = new Map<string, Slot>();
    const file: Uint8Array[] = [];
    for (const { camera, period, expiry, key, goes } of changes) {
      const one = slot(camera, period, expiry, key);
      if (goes) model.delete(named(one));
      else model.set(named(one), one);
      const at = goes ? table.delete(one) : table.set(one);
      if (at !== null) file[at - HEAD_SLOTS] = table.bytesAt(at).slice();
    }
    const again = new SlotTable(new Uint8Array(Buffer.concat([new Uint8Array(HEAD_SLOTS * SLOT_BYTES), ...file])));
    expect(again.read()).toEqual([]);
    for (const each of [table, again]) {
      expect(new Map([...each].map((found) => [named(found), plain(found)]))).toEqual(model);
      expect([...each.expired(instant(now))].map(named).sort()).toEqual(
        [...model.values()]
          .filter(({ expiry }) => expiry <= now)
          .map(named)
          .sort(),
      );
      for (const [name, expected] of model) {
        const found = each.get(expected.camera, expected.periodStart);
        expect(found && plain(found), name).toEqual(expected);
      }
    }
  },
);

test("the keys of a large recorder take little more memory than they take on the disk", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const taken = async (): Promise<number> => {
    // Buffers are let go of behind the collection.
    for (let i = 0; i < 3; i++) {
      collect();
      await setImmediate();
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = await taken();
  const table = new SlotTable(new Uint8Array(HEAD_SLOTS * SLOT_BYTES));
  const slots = 65_536;
  for (let i = 0; i < slots; i++) table.set(slot(i % CAMERAS.length, Math.floor(i / CAMERAS.length), 0, 1));
  expect(((await taken()) - before) / slots).toBeLessThan(2 * SLOT_BYTES);
  expect(table.get(CAMERAS[0] as string, instant(0))?.state).toBe("live");
});
