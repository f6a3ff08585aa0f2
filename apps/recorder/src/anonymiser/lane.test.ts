import { OvertError } from "@overt/core";
import { beforeAll, describe, expect, test } from "vitest";
import { PictureDecoder } from "./codec/decoder.ts";
import { quietFfmpeg } from "./codec/quiet.ts";
import { type Detector, Lane } from "./lane.ts";
import type { LaneOptions, LaneState, PictureNote } from "./messages.ts";
import { type SamplePicture, SampleStream } from "./sample-stream.ts";

const START = 1_700_000_000_000;
const NOBODY: Detector = { detect: async () => [] };
const OPTIONS: LaneOptions = {
  codec: "h264",
  look: "blocks",
  mode: "full",
  maxFps: 25,
  slowEveryMs: 5_000,
  privateSpaces: [],
};

beforeAll(quietFfmpeg);

class Bed {
  readonly pictures: { note: PictureNote; accessUnit: Uint8Array }[] = [];
  readonly states: string[] = [];
  readonly grounds: Uint8Array[] = [];
  closed = 0;
  nowMs = 0;
  readonly lane: Lane;
  readonly camera: SampleStream;

  constructor(more: { options?: Partial<LaneOptions>; detector?: Detector; ground?: Uint8Array; size?: number } = {}) {
    this.camera = new SampleStream(more.size ?? 320, 240, START);
    this.lane = new Lane(
      { ...OPTIONS, ...more.options },
      { parameterSets: new Uint8Array(), ground: more.ground },
      more.detector ?? NOBODY,
      {
        onPicture: (note, accessUnit) => this.pictures.push({ note, accessUnit }),
        onState: (state: LaneState, _share, problem) => this.states.push(problem ? `${state} ${problem.code}` : state),
        onGround: (ground) => this.grounds.push(ground),
        onClosed: () => this.closed++,
      },
      { nowMs: () => this.nowMs, cpuMs: () => 0 },
    );
  }

  async take(picture: SamplePicture) {
    this.nowMs += 100;
    this.lane.push(picture);
    await this.lane.step();
  }

  async run(pictures: number, figureAt: number | null = null) {
    for (let i = 0; i < pictures; i++) await this.take(this.camera.next(100, figureAt));
  }

  get last(): PictureNote {
    return this.pictures.at(-1)?.note ?? expect.fail("no picture yet");
  }
}

describe("a camera", () => {
  test("is blank until learnt, then shown, in H.264 with a key picture at least every two seconds", async () => {
    const bed = new Bed();
    await bed.run(125);
    expect(bed.states).toEqual(["learning", "showing"]);
    expect(bed.pictures).toHaveLength(125);
    expect(bed.pictures.slice(0, 100).every(({ note }) => note.blank)).toBe(true);
    expect(bed.last).toMatchObject({ blank: false, learntShare: 1 });
    expect(longestGapMs(bed.pictures.filter(({ note }) => note.key).map(({ note }) => note.at))).toBeLessThanOrEqual(
      2_000,
    );
    expect(decodedSizes(bed.pictures.map(({ accessUnit }) => accessUnit))).toEqual(new Set(["320x240"]));
  });

  test("waits for a key picture before anything comes out", async () => {
    const bed = new Bed();
    bed.camera.next();
    await bed.take(bed.camera.next());
    expect(bed.pictures).toHaveLength(0);
  });

  test("sends no more pictures than asked", async () => {
    const bed = new Bed({ options: { maxFps: 5 } });
    await bed.run(40);
    expect(bed.pictures).toHaveLength(20);
  });

  test("gives its ground when closed, which shows the place a second after the next start", async () => {
    const first = new Bed();
    await first.run(125);
    first.lane.close();
    expect(first.closed).toBe(1);
    const second = new Bed({ ground: first.grounds.at(-1) ?? expect.fail("no ground") });
    await second.run(9, 100);
    expect(second.last.blank).toBe(true);
    await second.run(6, 100);
    expect(second.last.blank).toBe(false);
    const { least, most } = lumaRange(second.pictures.map(({ accessUnit }) => accessUnit));
    expect(least).toBeGreaterThan(25);
    expect(most).toBeLessThan(215);
  });

  test("in stills takes one key picture in each span", async () => {
    const bed = new Bed({ options: { mode: "slow", slowEveryMs: 4_000 } });
    await bed.run(200);
    expect(bed.pictures.map(({ note }) => note.key)).toEqual([true, true, true, true, true]);
  });
});

describe("fails closed", () => {
  test("damaged data: blank at once, failed, and by itself back a second after the next key picture", async () => {
    const bed = new Bed();
    await bed.run(125);
    const damaged = bed.camera.next();
    await bed.take({ ...damaged, accessUnit: damaged.accessUnit.fill(0xff, 8) });
    expect(bed.last.blank).toBe(true);
    expect(bed.states.at(-1)).toBe("failed DECODER_FAILED");
    await bed.run(50);
    expect(bed.states.slice(-2)).toEqual(["relearning", "showing"]);
    expect(bed.last.blank).toBe(false);
  });

  test("a detector that throws: blank, and everything is learnt anew", async () => {
    let broken = false;
    const bed = new Bed({
      detector: {
        detect: async () => {
          if (broken) throw new OvertError("DETECTOR_FAILED", "It broke.");
          return [];
        },
      },
    });
    await bed.run(125);
    expect(bed.last.blank).toBe(false);
    broken = true;
    await bed.run(110);
    expect(bed.states).toContain("failed DETECTOR_FAILED");
    expect(bed.last.blank).toBe(true);
    broken = false;
    await bed.run(60);
    expect(bed.last.blank).toBe(true);
    await bed.run(80);
    expect(bed.states.at(-1)).toBe("showing");
  });

  test("another picture size: blank until learnt anew, never a clear picture of the new size", async () => {
    const bed = new Bed();
    await bed.run(125);
    const wide = new SampleStream(640, 240, bed.last.at);
    const before = bed.pictures.length;
    for (let i = 0; i < 90; i++) await bed.take(wide.next(100, 300));
    expect(bed.pictures.slice(before).every(({ note }) => note.blank)).toBe(true);
    expect(bed.states.at(-1)).toBe("relearning");
    for (let i = 0; i < 40; i++) await bed.take(wide.next());
    expect(bed.states.at(-1)).toBe("showing");
  });

  test.each([
    [300, 20],
    [600, 10],
  ])("a backlog of %i ms: fewer pictures, none of them blank", async (behindMs, expected) => {
    const bed = new Bed();
    await bed.run(125);
    const before = bed.pictures.length;
    for (let i = 0; i < 40; i++) {
      bed.nowMs += 100;
      bed.lane.push(bed.camera.next(100));
      bed.nowMs += behindMs;
      await bed.lane.step();
      bed.nowMs -= behindMs;
    }
    const since = bed.pictures.slice(before);
    expect(since.length).toBeGreaterThanOrEqual(expected - 1);
    expect(since.length).toBeLessThanOrEqual(expected + 1);
    expect(since.some(({ note }) => note.blank)).toBe(false);
    await bed.run(10);
    expect(bed.pictures.length - before - since.length).toBe(10);
  });

  test("a backlog of more than a second: goes on at the last key picture, with a blank one between", async () => {
    const bed = new Bed();
    await bed.run(125);
    for (let i = 0; i < 45; i++) bed.lane.push(bed.camera.next());
    bed.nowMs += 1_500;
    const waiting = bed.lane.waiting;
    const fresh = bed.camera.next();
    bed.lane.push(fresh);
    await bed.lane.step();
    expect(bed.lane.waiting).toBeLessThan(waiting / 2);
    expect(bed.last.blank).toBe(true);
  });

  test("a clock set back by an hour: failed and blank, then learnt anew", async () => {
    const bed = new Bed();
    await bed.run(125);
    const earlier = new SampleStream(320, 240, START - 3_600_000);
    await bed.take(earlier.next());
    expect(bed.states.at(-1)).toBe("failed PICTURE_ORDER");
    for (let i = 0; i < 90; i++) await bed.take(earlier.next());
    expect(bed.last.blank).toBe(true);
    for (let i = 0; i < 60; i++) await bed.take(earlier.next());
    expect(bed.states.at(-1)).toBe("showing");
  });

  test("closing while the detector still looks at a picture waits for it", async () => {
    const gate = Promise.withResolvers<void>();
    const bed = new Bed({ detector: { detect: () => gate.promise.then(() => []) } });
    bed.lane.push(bed.camera.next());
    const step = bed.lane.step();
    bed.lane.close();
    expect(bed.closed).toBe(0);
    gate.resolve();
    await step;
    expect(bed.closed).toBe(1);
  });
});

function longestGapMs(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, i) => at - (times[i] as number)));
}

function decodedSizes(accessUnits: readonly Uint8Array[]): Set<string> {
  const sizes = new Set<string>();
  decodeAll(accessUnits, ({ width, height }) => sizes.add(`${width}x${height}`));
  return sizes;
}

function lumaRange(accessUnits: readonly Uint8Array[]): { least: number; most: number } {
  let least = 255;
  let most = 0;
  decodeAll(accessUnits, ({ y, width, height, strideY }) => {
    for (let row = 0; row < height; row++)
      for (let x = 0; x < width; x++) {
        least = Math.min(least, y[row * strideY + x] as number);
        most = Math.max(most, y[row * strideY + x] as number);
      }
  });
  return { least, most };
}

function decodeAll(
  accessUnits: readonly Uint8Array[],
  onPicture: (planes: { y: Uint8Array; width: number; height: number; strideY: number }) => void,
): void {
  const decoder = PictureDecoder.ofCamera("h264", new Uint8Array());
  for (const [i, accessUnit] of accessUnits.entries()) {
    decoder.send(accessUnit, i, true);
    for (let picture = decoder.next(); picture; picture = decoder.next()) onPicture(picture.planes);
  }
  decoder.close();
}
