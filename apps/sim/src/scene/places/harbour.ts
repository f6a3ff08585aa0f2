import type { Rgb } from "../colour.ts";
import { blend, lit, rgb } from "../colour.ts";
import { paving } from "../ground.ts";
import type { ScenePlan } from "../plan.ts";
import { cellNoise, smoothNoise } from "../random.ts";
import { daySky } from "../sky.ts";
import { bench, houseFront, lamp, post, slab } from "../walls.ts";

const CONTAINERS = [rgb("#9c4a34"), rgb("#3f6684"), rgb("#7d7a3a"), rgb("#587a58"), rgb("#8a8c8e")];

/** A container's long side, ribbed. */
function container(colour: Rgb, along: number, up: number): Rgb {
  const edge = along < 0.12 || along > 5.88 || up % 2.6 < 0.12 || up % 2.6 > 2.48;
  const rib = along % 0.3 < 0.15 ? 1.06 : 0.9;
  const rust = cellNoise(along * 3, up * 3, 5) > 0.93 ? 0.8 : 1;
  return lit(colour, edge ? 0.75 : rib * rust);
}

/** A fishing boat's side: hull, wheelhouse and mast. */
function boat(hull: Rgb) {
  return (along: number, up: number): Rgb | undefined => {
    const sheer = 1.1 + 0.9 * (along / 9) ** 2;
    const keel = along > 8 ? (along - 8) * 1.2 : 0;
    if (up < sheer) {
      if (up < keel) return undefined;
      if (up > sheer - 0.14) return [232, 228, 216];
      return up < 0.3 ? [96, 40, 34] : lit(hull, 0.95 + 0.08 * smoothNoise(along * 2, up * 5, 7));
    }
    if (along > 1.4 && along < 4 && up < 3.2) {
      const window = up > 2.2 && up < 2.8 && along % 0.8 > 0.16;
      return window ? [58, 72, 84] : lit([226, 222, 210], up > 3.05 ? 0.7 : 1);
    }
    if (Math.abs(along - 5) < 0.06 && up < 6) return [92, 78, 62];
    if (Math.abs(up - 6 + Math.abs(along - 5) * 1.1) < 0.04 && up > 1.8) return [70, 66, 60];
    return undefined;
  };
}

/** A quay on a hazy evening. */
export function harbour(): ScenePlan {
  const stack = (x: number, z: number, colours: readonly number[]) =>
    colours.map((number, level) =>
      slab([x, z], [x + 6, z], level * 2.6, level * 2.6 + 2.6, (along, up) =>
        container(CONTAINERS[number]!, along, up),
      ),
    );
  const walls = [
    houseFront([-26, 24], [-11, 33], {
      wall: rgb("#9c5f48"),
      storeys: 3,
      bay: 2.7,
      shop: undefined,
      litWindows: 0.15,
      brick: true,
      seed: 81,
      light: 0.92,
    }),
    ...stack(-11.5, 27, [0, 1]),
    ...stack(-5.2, 28, [3, 4, 0]),
    slab([-0.5, 25.6], [8.5, 25.6], -0.6, 6.2, boat(rgb("#2f5f7a"))),
    slab([9, 27.6], [18, 27.6], -0.6, 6.2, boat(rgb("#7a3a34"))),
    // The other shore, in haze.
    slab([-60, 120], [90, 120], 0, 9, (along, up) =>
      up < 2.5 + 4 * Math.abs(smoothNoise(along * 0.14, 1, 8)) + (cellNoise(along / 3, 2, 9) > 0.8 ? 2 : 0)
        ? [168, 160, 156]
        : undefined,
    ),
    slab([34, 100], [38, 100], 0, 22, (along, up) =>
      Math.abs(along - 2) < 0.35 || up > 20.5 ? [150, 132, 128] : undefined,
    ),
    ...[-7.2, -2.6, 2, 6.6, 11.2].map((x) => post(x, 20.4, 0.55, 0.16, [64, 62, 60])),
    bench(-7.6, 13.4),
    slab([5.2, 13.2], [6.8, 13.2], 0, 0.9, (along, up) =>
      lit(rgb("#a88658"), up % 0.3 < 0.04 || along % 0.8 < 0.05 ? 0.6 : 1),
    ),
    slab([5.6, 13.3], [6.6, 13.3], 0.9, 1.7, (along, up) =>
      lit(rgb("#97774e"), up % 0.27 < 0.04 || along % 0.5 < 0.04 ? 0.6 : 1),
    ),
    ...lamp(4.2, 18.6, 4.6, true),
    ...lamp(-8.8, 17.4, 4.6, true),
  ];
  return {
    title: "Harbour, evening",
    seed: 606,
    lens: { focal: 1.06, horizon: 0.29, eye: 4.6 },
    walls,
    ground(x, z) {
      if (z > 21 && x > -3.4 - (z - 21) * 0.3) return evening(x, z);
      if (z > 20.7 && x > -3.4) return [138, 130, 118];
      const seam = Math.abs(z - 16.2) < 0.05 || Math.abs(z - 17.6) < 0.05;
      return seam ? [120, 118, 116] : paving(x, z, 1.1, rgb("#a0978a"));
    },
    sky: daySky(rgb("#8f9fc0"), rgb("#f2cfa8"), 0.42),
    light: (_, __, up) => (up > 8 ? [1.04, 0.95, 0.86] : [1.02, 0.94, 0.86]),
    trees: [],
    crowd: {
      lanes: [
        {
          points: [
            [-8, 10.8],
            [8, 11],
          ],
          people: 4,
          stopping: 0.4,
          spread: 1.8,
        },
        {
          points: [
            [-13, 16],
            [12, 17.8],
          ],
          people: 4,
          stopping: 0.5,
          spread: 1,
        },
        {
          points: [
            [-8, 25],
            [-4.6, 17],
            [1.2, 9],
            [2.4, 4],
          ],
          people: 3,
          stopping: 0.3,
          spread: 1,
        },
      ],
      bystanders: [
        { x: 1.1, z: 19.6, heading: [0.3, 0.95], posture: "standing" },
        { x: 1.9, z: 19.5, heading: [-0.2, 0.98], posture: "folded" },
        { x: 7.6, z: 13.6, heading: [-0.9, -0.4], posture: "phone" },
      ],
      children: 0.08,
      cold: true,
    },
    frozenPlaces: [
      { x: -2.2, z: 12, heading: [0.5, -0.86], posture: "standing" },
      { x: 3.4, z: 12.4, heading: [-0.6, -0.8], posture: "folded" },
      { x: -5, z: 15, heading: [0.8, -0.6], posture: "phone" },
    ],
    vehicles: [],
    side: 0.6,
    shadow: [-1.3, -0.25],
    shadowStrength: 0.26,
    noise: 2,
  };
}

function evening(x: number, z: number): Rgb {
  const ripple = smoothNoise(x * 1.3, z * 0.5, 91) + 0.6 * smoothNoise(x * 4, z * 1.5, 92);
  return lit(blend([84, 98, 112], [226, 190, 158], Math.min(1, (z - 18) / 70)), 1 + 0.1 * ripple);
}
