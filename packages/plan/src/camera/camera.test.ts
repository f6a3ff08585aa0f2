import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { MappedCamera } from "../map/model.ts";
import { mayTakeOver, supposedViews } from "./assumed.ts";
import { lensFor, reachesOf } from "./calculator.ts";
import { IEC_2014, IEC_2025, levelOf } from "./ladder.ts";
import { distorted, fieldOfViewDeg, focalLengthMm, type Lens, opticsOf, SENSORS_MM, undistorted } from "./lens.ts";
import { limitsOf } from "./limits.ts";
import { aim, axesOf, type CameraView, densityAt, dot, PEOPLE, project } from "./view.ts";

const HD: Lens = { widthPx: 1_920, heightPx: 1_080, horizontalDeg: 90, verticalDeg: null, k1: null };
const view = (more: Partial<CameraView> = {}): CameraView => ({
  x: 0,
  y: 0,
  heightM: 4,
  panDeg: 0,
  tiltDeg: 20,
  rollDeg: 0,
  lens: HD,
  ...more,
});

describe("P12: two ladders as data", () => {
  test("the one in force, least first", () => {
    expect(IEC_2025.levels.map(({ name, pxPerM }) => `${name} ${pxPerM}`)).toEqual([
      "overview 20",
      "outline 40",
      "discern 80",
      "perceive 125",
      "characterise 250",
      "validate 500",
      "scrutinise 1500",
    ]);
  });

  test("a density has the highest level that it reaches, at its edge too", () => {
    expect(levelOf(IEC_2025, 125)?.name).toBe("perceive");
    expect(levelOf(IEC_2014, 124.9)?.name).toBe("observe");
    expect(levelOf(IEC_2014, 12)).toBeNull();
  });
});

describe("px/m", () => {
  test("level, 90° and 1,920 px: at 10 m the picture is 20 m wide, 96 px/m", () => {
    const level = aim(view({ tiltDeg: 0, heightM: 1.5 }));
    expect(project(level, 0, 10, 1.5)).toMatchObject({ u: 960, v: 540 });
    expect(project(level, 0, 10, 1.5)!.pxPerM).toBeCloseTo(96, 9);
    expect(project(level, 10, 10, 1.5)!.u).toBeCloseTo(1_920, 9);
    expect(project(level, 0, -1, 1.5)).toBeNull();
  });

  test("pan is a compass bearing: at 90° what lies east is in the middle, what lies south to the right", () => {
    const east = aim(view({ panDeg: 90, tiltDeg: 0 }));
    expect(project(east, 10, 0, 4)).toMatchObject({ u: expect.closeTo(960, 6), v: expect.closeTo(540, 6) });
    expect(project(east, 10, -2, 4)!.u).toBeGreaterThan(960);
  });

  test("roll turns the picture's right side down: what lies right then rises", () => {
    const rolled = aim(view({ rollDeg: 10, tiltDeg: 0 }));
    expect(project(rolled, 2, 10, 4)!.v).toBeLessThan(540);
  });

  test("a barrel gives fewer px/m off the axis, and the same field of view", () => {
    const barrel = aim(view({ tiltDeg: 0, heightM: 1.5, lens: { ...HD, k1: -0.1 } }));
    const straight = aim(view({ tiltDeg: 0, heightM: 1.5 }));
    expect(project(barrel, 10, 10, 1.5)!.u).toBeCloseTo(1_920, 9);
    expect(project(barrel, 8, 10, 1.5)!.pxPerM / project(barrel, 0, 10, 1.5)!.pxPerM).toBeLessThan(0.9);
    expect(project(straight, 8, 10, 1.5)!.pxPerM).toBeCloseTo(96, 9);
  });

  const anyPose = fc.record({
    panDeg: fc.double({ min: 0, max: 360, noNaN: true }),
    tiltDeg: fc.double({ min: -30, max: 90, noNaN: true }),
    rollDeg: fc.double({ min: -45, max: 45, noNaN: true }),
  });
  test.prop([anyPose])("the axes are square to each other and of length one", (pose) => {
    const { forward, right, down } = axesOf(pose);
    for (const [a, b, expected] of [
      [forward, right, 0],
      [forward, down, 0],
      [right, down, 0],
      [forward, forward, 1],
      [right, right, 1],
      [down, down, 1],
    ] as const)
      expect(dot(a, b)).toBeCloseTo(expected, 12);
  });
});

describe("P10: dead zone and upper cut-off", () => {
  test("4 m up, 20° down, 58.7° tall: feet are in the picture from 3.44 m on, heads of 2 m always", () => {
    // The lower edge falls 20° + 29.36° below the horizon: 4 m / tan 49.36°; the upper edge rises above it.
    const { nearM, farM } = limitsOf(view());
    expect(nearM).toBeCloseTo(4 / Math.tan(((20 + 29.3578) * Math.PI) / 180), 2);
    expect(farM).toBe(Infinity);
  });

  test("steeper, the upper edge cuts heads off: 50° down, heads of 2 m end at 2 m / tan 20.64°", () => {
    const { farM } = limitsOf(view({ tiltDeg: 50 }));
    expect(farM).toBeCloseTo(2 / Math.tan(((50 - 29.3578) * Math.PI) / 180), 2);
  });

  test("P11: a band that is lower needs less of the picture", () => {
    const feet = limitsOf(view({ tiltDeg: 50 }), { fromM: 0, toM: 0.5, checkM: 0.3 });
    expect(feet.farM).toBeGreaterThan(limitsOf(view({ tiltDeg: 50 })).farM!);
  });

  test("a camera that looks at the sky has no ground", () => {
    expect(limitsOf(view({ tiltDeg: -60 }))).toEqual({ nearM: null, farM: null });
  });

  test("what is not whole in the picture has no density", () => {
    expect(densityAt(aim(view()), 0, 3)).toBe(0);
    expect(densityAt(aim(view()), 0, 4)).toBeGreaterThan(0);
  });
});

describe("P14: the lens calculator, both ways", () => {
  const body = { heightM: 4, sensorMm: SENSORS_MM['1/2.8"']!, widthPx: 1_920, heightPx: 1_080 };

  test("place and level give focal length and tilt; that camera gives the level at that place, and no farther", () => {
    const answer = lensFor(body, { distanceM: 20, pxPerM: 125 });
    if (!answer.fits) throw new Error("it fits");
    const { horizontalDeg, tiltDeg } = answer;
    const camera = view({ tiltDeg, lens: { ...HD, horizontalDeg } });
    expect(densityAt(aim(camera), 0, 20)).toBeCloseTo(125, 6);
    const reach = reachesOf(camera, IEC_2025).find(({ level }) => level.name === "perceive");
    expect(reach?.toM).toBeCloseTo(20, 1);
  });

  test("a band taller than the picture is refused: 1,080 px of 1,500 px/m hold no one whole", () => {
    expect(lensFor(body, { distanceM: 20, pxPerM: 1_500 })).toEqual({ fits: false, because: "BAND_TOO_TALL" });
  });

  test("levels reach the less far the more they ask", () => {
    const reaches = reachesOf(view(), IEC_2014);
    const far = reaches.map(({ toM }) => toM ?? 0);
    expect(far).toEqual([...far].sort((a, b) => b - a));
    expect(far[0]).toBeGreaterThan(70);
    expect(reaches.find(({ level }) => level.name === "inspect")).toMatchObject({ fromM: null, toM: null });
  });

  test.prop([fc.double({ min: 1.5, max: 100, noNaN: true }), fc.constantFrom(...Object.values(SENSORS_MM))])(
    "focal length and field of view lead to each other",
    (focalMm, { width }) => {
      expect(focalLengthMm(fieldOfViewDeg(focalMm, width), width)).toBeCloseTo(focalMm, 9);
    },
  );

  test.prop([
    fc.double({ min: 5, max: 60, noNaN: true }),
    fc.double({ min: 20, max: 300, noNaN: true }),
    fc.double({ min: 2.5, max: 9, noNaN: true }),
  ])("whatever is asked and fits, the camera gives", (distanceM, pxPerM, heightM) => {
    const answer = lensFor({ ...body, heightM }, { distanceM, pxPerM });
    fc.pre(answer.fits);
    const { horizontalDeg, tiltDeg } = answer as Extract<typeof answer, { fits: true }>;
    const given = densityAt(aim(view({ heightM, tiltDeg, lens: { ...HD, horizontalDeg } })), 0, distanceM);
    expect(given / pxPerM).toBeCloseTo(1, 9);
  });
});

test.prop([fc.double({ min: -0.15, max: 0.3, noNaN: true }), fc.double({ min: 0, max: 1.2, noNaN: true })])(
  "distortion is undone by its inverse",
  (k1, r) => {
    expect(undistorted(distorted(r, k1), k1)).toBeCloseTo(r, 6);
  },
);

test("a data sheet's vertical field of view counts where it is given", () => {
  expect(opticsOf({ ...HD, verticalDeg: 60 }).fy).toBeCloseTo(540 / Math.tan(Math.PI / 6), 9);
});

describe("P6: imported cameras", () => {
  const mapped: MappedCamera = {
    element: "node/1",
    device: "camera",
    at: { x: 1, y: 2 },
    precise: true,
    watched: [],
    kind: "fixed",
    views: [],
    tiltDeg: null,
    heightM: null,
    mount: null,
    surveillance: null,
    zone: null,
    operator: null,
    ref: null,
  };

  test("of what nobody knows, a stated default is drawn, all around, and each assumed key is named", () => {
    const views = supposedViews(mapped);
    expect(views.map(({ view }) => view.panDeg)).toEqual([0, 90, 180, 270]);
    expect(views[0]?.assumed).toEqual(["height", "tilt", "direction", "lens"]);
  });

  test("P5: a plate reader is another's device: it is shown, and no view of it is drawn or taken over", () => {
    expect(mayTakeOver({ ...mapped, device: "plate-reader" })).toBe(false);
    expect(supposedViews({ ...mapped, device: "plate-reader" })).toEqual([]);
  });

  test("osm-03: a mapped range is the field of view; only what is missing is assumed", () => {
    const views = supposedViews({
      ...mapped,
      heightM: 6,
      views: [{ kind: "between", fromDeg: 338, toDeg: 23, widthDeg: 45 }],
    });
    expect(views).toHaveLength(1);
    expect(views[0]?.view).toMatchObject({ panDeg: 0.5, heightM: 6, lens: { horizontalDeg: 45 } });
    expect(views[0]?.assumed).toEqual(["tilt"]);
  });
});

test("the default band is a person of 2 m, judged at 1.5 m", () => {
  expect(PEOPLE).toEqual({ fromM: 0, toM: 2, checkM: 1.5 });
});
