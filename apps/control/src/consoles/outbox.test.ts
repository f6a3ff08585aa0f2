import { test as prop } from "@fast-check/vitest";
import { type CameraId, cameraId, instant } from "@overt/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OUTBOX_RULES, Outbox, type Parcel } from "./outbox.ts";

const bridge = cameraId("bridge");
const square = cameraId("square");

function live(camera: CameraId, key: boolean, atMs: number, length = 1_000): Parcel {
  return { bytes: new Uint8Array(length), kind: "picture", live: { camera, key }, since: instant(atMs) };
}
const recorded = (atMs: number, length: number): Parcel => ({
  bytes: new Uint8Array(length),
  kind: "picture",
  live: null,
  since: instant(atMs),
});

function drain(outbox: Outbox): Parcel[] {
  const out: Parcel[] = [];
  for (let next = outbox.shift(); next; next = outbox.shift()) out.push(next);
  return out;
}

describe("the outbox of a viewer", () => {
  test("mse-08: an older group gives way to a new key picture of its camera once the viewer is a second late", () => {
    const outbox = new Outbox();
    for (let n = 0; n < 20; n++) outbox.push(live(bridge, n === 0, n * 100));
    outbox.push(live(square, true, 1_950));
    outbox.push(live(bridge, true, 2_000));
    expect(drain(outbox).map(({ live, since }) => [live?.camera, since])).toEqual([
      [square, 1_950],
      [bridge, 2_000],
    ]);
    expect([...outbox.takeDropped()]).toEqual([[bridge, 20]]);
    expect([...outbox.takeDropped()]).toEqual([]);
  });

  test("keeps the older group while the viewer keeps up", () => {
    const outbox = new Outbox();
    outbox.push(live(bridge, true, 0));
    outbox.push(live(bridge, true, 900));
    expect(drain(outbox)).toHaveLength(2);
  });

  test("rec-09: leaves out all live pictures after 5 s and takes a camera again from its next key picture", () => {
    const outbox = new Outbox();
    outbox.push(live(bridge, true, 0));
    outbox.push(live(square, true, 10));
    outbox.push(live(bridge, false, 5_100));
    outbox.push(live(bridge, false, 5_200));
    outbox.push(live(bridge, true, 5_300));
    outbox.push(live(bridge, false, 5_400));
    expect(drain(outbox).map(({ since }) => since)).toEqual([5_300, 5_400]);
    expect(Object.fromEntries(outbox.takeDropped())).toEqual({ bridge: 3, square: 1 });
  });

  test("rec-09: refuses recorded pictures beyond 8 MiB, which may not be left out", () => {
    const outbox = new Outbox();
    expect(outbox.push(recorded(0, 8 * 1024 * 1024))).toBe(true);
    expect(outbox.push(recorded(0, 1))).toBe(false);
    expect(outbox.push(live(bridge, true, 0))).toBe(true);
    expect(outbox.bytes).toBe(8 * 1024 * 1024);
  });

  test("mse-08: on a link of 70 % of the bitrate the delay stays under 3 s, and is gone 2 s after it recovers", () => {
    const outbox = new Outbox();
    const pictureBytes = 50_000;
    let credit = 0;
    let worstMs = 0;
    let lateAfterRecovery = 0;
    let sent = 0;
    for (let now = 0; now < 60_000; now += 100) {
      outbox.push(live(bridge, now % 2_000 === 0, now, pictureBytes));
      credit = Math.min(credit + pictureBytes * (now < 30_000 ? 0.7 : 3), pictureBytes * 3);
      for (; credit >= pictureBytes && outbox.bytes > 0; credit -= pictureBytes) {
        const delayMs = now - (outbox.shift()?.since ?? 0);
        sent++;
        worstMs = Math.max(worstMs, delayMs);
        if (now >= 32_000) lateAfterRecovery = Math.max(lateAfterRecovery, delayMs);
      }
    }
    expect(worstMs).toBeLessThan(3_000);
    expect(lateAfterRecovery).toBe(0);
    expect(sent).toBeGreaterThan(300 + 195);
  });

  const anyStep = fc.record({
    camera: fc.constantFrom(bridge, square),
    key: fc.boolean(),
    waitMs: fc.integer({ min: 0, max: 2_000 }),
    length: fc.integer({ min: 1, max: 3_000 }),
    taken: fc.integer({ min: 0, max: 3 }),
  });

  prop.prop([fc.array(anyStep, { maxLength: 200 })])(
    "is never over its bound, and never sends a picture whose group has a hole before it",
    (steps) => {
      const outbox = new Outbox({ ...OUTBOX_RULES, limitBytes: 10_000 });
      const pushed = new Map<CameraId, Parcel[]>([
        [bridge, []],
        [square, []],
      ]);
      const sent: Parcel[] = [];
      let now = 0;
      let dropped = 0;
      for (const { camera, key, waitMs, length, taken } of steps) {
        now += waitMs;
        const before = pushed.get(camera) ?? [];
        const parcel = live(camera, key || before.length === 0, now, length);
        before.push(parcel);
        outbox.push(parcel);
        expect(outbox.bytes).toBeLessThanOrEqual(10_000);
        for (let n = 0; n < taken; n++) sent.push(...[outbox.shift()].filter((one) => one !== undefined));
        for (const count of outbox.takeDropped().values()) dropped += count;
      }
      sent.push(...drain(outbox));
      for (const [camera, all] of pushed) {
        const mine = sent.filter((parcel) => parcel.live?.camera === camera);
        for (const [n, parcel] of mine.entries())
          if (!parcel.live?.key) expect(mine[n - 1]).toBe(all[all.indexOf(parcel) - 1]);
      }
      expect(sent.length + dropped).toBe(steps.length);
    },
  );
});
