import { fc, test as propTest } from "@fast-check/vitest";
import { type CameraId, cameraId } from "@overt/core";
import { expect, test } from "vitest";
import { aboveShare, type Holding, makeRoom } from "./shares.ts";

interface SimulatedCamera {
  readonly camera: CameraId;
  /** Bytes in each period. */
  readonly rate: number;
  readonly retention: number;
  readonly from: number;
}

/** Cameras of any rates and retentions that share a volume, which some of them find full when they come. */
const anyCameras = fc
  .array(
    fc.record({
      rate: fc.integer({ min: 1, max: 400 }),
      retention: fc.integer({ min: 1, max: 40 }),
      from: fc.nat({ max: 40 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((cameras) => cameras.map((camera, i): SimulatedCamera => ({ ...camera, camera: cameraId(`camera-${i}`) })));

/** A volume over a time: what each camera has, oldest period first. */
class SimulatedVolume {
  readonly #cameras: readonly SimulatedCamera[];
  readonly kept = new Map<CameraId, number[]>();
  readonly #capacity: number;

  constructor(cameras: readonly SimulatedCamera[], capacity: number) {
    this.#cameras = cameras;
    this.#capacity = capacity;
    for (const { camera } of cameras) this.kept.set(camera, []);
  }

  holdings(): Holding[] {
    return this.#cameras.map(({ camera, retention }) => ({
      camera,
      bytes: this.bytesOf(camera),
      retentionMs: retention,
      whenFull: "oldest",
    }));
  }

  bytesOf(camera: CameraId): number {
    return this.periodsOf(camera).reduce((sum, bytes) => sum + bytes, 0);
  }

  periodsOf(camera: CameraId): number[] {
    return this.kept.get(camera) ?? [];
  }

  /** Everybody records a period, what is past its retention goes, and what is too much makes room. */
  step(period: number, onGive: (camera: CameraId) => void): void {
    for (const { camera, rate, retention, from } of this.#cameras) {
      if (period >= from) this.periodsOf(camera).push(rate);
      if (this.periodsOf(camera).length > retention) this.periodsOf(camera).shift();
    }
    const holdings = this.holdings();
    const need = holdings.reduce((sum, { bytes }) => sum + bytes, 0) - this.#capacity;
    makeRoom(holdings, need, (camera) => {
      onGive(camera);
      return this.periodsOf(camera).shift() ?? null;
    });
  }
}

propTest.prop([anyCameras, fc.integer({ min: 400, max: 20_000 })])(
  "no camera within its share ever loses a period while another is above its own",
  (cameras, capacity) => {
    const volume = new SimulatedVolume(cameras, capacity);
    for (let period = 0; period < 100; period++)
      volume.step(period, (camera) => {
        const above = aboveShare(volume.holdings()).map((holding) => holding.camera);
        // None is above when all hold the same for their retention: then it is everybody's turn.
        if (above.length > 0) expect(above).toContain(camera);
      });
  },
);

propTest.prop([anyCameras, fc.integer({ min: 400, max: 20_000 })])(
  "a camera keeps its retention, or its share of the volume but for one period, whatever the others send",
  (cameras, capacity) => {
    const volume = new SimulatedVolume(cameras, capacity);
    const weights = cameras.reduce((sum, { retention }) => sum + retention, 0);
    const largest = Math.max(...cameras.map(({ rate }) => rate));
    for (let period = 0; period < 100; period++) {
      volume.step(period, () => {});
      for (const { camera, rate, retention, from } of cameras) {
        const recorded = Math.max(0, Math.min(retention, period - from + 1)) * rate;
        // Room is made of whole periods: what one gives too much may be another's largest.
        const share = ((capacity - largest) * retention) / weights - rate;
        expect(volume.bytesOf(camera)).toBeGreaterThanOrEqual(Math.min(recorded, share));
      }
    }
  },
);

propTest.prop([fc.array(fc.record({ bytes: fc.nat(1_000), stop: fc.boolean() }), { maxLength: 8 }), fc.nat(4_000)])(
  "as much room is made as is needed, or as there is, and none of it by cameras whose footage stays",
  (cameras, needBytes) => {
    const holdings = cameras.map(
      ({ bytes, stop }, i): Holding => ({
        camera: cameraId(`camera-${i}`),
        bytes,
        retentionMs: null,
        whenFull: stop ? "stop" : "oldest",
      }),
    );
    const left = new Map(holdings.map(({ camera, bytes }) => [camera, bytes]));
    const given = makeRoom(holdings, needBytes, (camera) => {
      expect(holdings.find((holding) => holding.camera === camera)?.whenFull).toBe("oldest");
      const bytes = left.get(camera) ?? 0;
      left.set(camera, bytes - Math.min(bytes, 7));
      return bytes === 0 ? null : Math.min(bytes, 7);
    });
    const all = holdings.filter(({ whenFull }) => whenFull === "oldest").reduce((sum, { bytes }) => sum + bytes, 0);
    expect(given).toBeGreaterThanOrEqual(Math.min(needBytes, all));
    expect(given).toBeLessThan(needBytes + 7);
  },
);

test("a camera registered for twice the time may hold twice as much before it is above its share", () => {
  const holding = (camera: string, bytes: number, retentionMs: number | null): Holding => ({
    camera: cameraId(camera),
    bytes,
    retentionMs,
    whenFull: "oldest",
  });
  const cameras = [holding("week", 70, 7), holding("fortnight", 140, 14)];
  expect(aboveShare(cameras)).toEqual([]);
  expect(aboveShare([...cameras, holding("noisy", 71, 7)]).map(({ camera }) => camera)).toEqual(["noisy"]);
  expect(aboveShare([...cameras, holding("taken-down", 106, null)]).map(({ camera }) => camera)).toEqual([
    "taken-down",
  ]);
});
