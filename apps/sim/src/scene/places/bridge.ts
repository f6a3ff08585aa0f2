import { blend, lit, rgb } from "../colour.ts";
import { asphalt, paving } from "../ground.ts";
import { sunlight } from "../lighting.ts";
import type { ScenePlan } from "../plan.ts";
import { cellNoise, smoothNoise } from "../random.ts";
import { daySky } from "../sky.ts";
import { houseFront, lamp, railing, slab } from "../walls.ts";

/** A bridge over a river in the low sun of a clear afternoon. */
export function bridge(): ScenePlan {
  const bank = (x0: number, x1: number, wall: string, seed: number, z = 62) =>
    houseFront([x0, z], [x1, z], {
      wall: rgb(wall),
      storeys: 3,
      bay: 2.6,
      shop: undefined,
      litWindows: 0,
      seed,
      light: 1.02,
    });
  const walls = [
    // The far bank.
    bank(-40, -29, "#d9b98c", 31),
    bank(-29, -19, "#c98d70", 32),
    bank(-19, -10, "#e3dcc8", 33),
    bank(-10, -3.6, "#b86f58", 34),
    bank(4.2, 12, "#d8c9a4", 35),
    bank(12, 21, "#c7a07c", 36),
    bank(21, 31, "#e0d4be", 37),
    bank(31, 42, "#b98068", 38),
    slab([-3.6, 90], [4.2, 90], 0, 16, (along, up) => {
      // A tower at the end of the road.
      const half = 2.3 - Math.max(0, up - 10) * 0.32;
      if (Math.abs(along - 4) > half) return undefined;
      if (up > 10) return lit(rgb("#7c9488"), 0.9 + 0.2 * cellNoise(along * 2, up * 2, 3));
      return Math.abs(along - 4) < 0.5 && up > 5 && up < 8
        ? [60, 60, 66]
        : lit(rgb("#cdbb98"), 1 + 0.05 * smoothNoise(along, up, 4));
    }),
    // The parapets run along the bridge on both sides.
    railing([-5.6, 3], [-5.6, 58], 1.1, [70, 78, 76]),
    railing([5.6, 3], [5.6, 58], 1.1, [70, 78, 76]),
    ...[9, 17, 27, 41].flatMap((z) => [...lamp(-5.3, z, 4, false), ...lamp(5.3, z, 4, false)]),
  ];
  const sun = { shadow: [1.15, -0.5] as const, shade: 0.6, colour: [1.06, 1.01, 0.92] as const };
  return {
    title: "Bridge, afternoon",
    seed: 303,
    lens: { focal: 1.1, horizon: 0.3, eye: 4.2 },
    walls,
    ground(x, z) {
      const side = Math.abs(x);
      if (z > 58) return side < 6 ? asphalt(x, z, rgb("#77787a")) : paving(x, z, 1, rgb("#a59c8c"));
      if (side > 5.75) return water(x, z);
      if (side > 5.45) return lit(rgb("#b9ab92"), 1 + 0.05 * smoothNoise(x * 5, z * 2, 3));
      if (side > 2.9) return paving(x, z, 0.6, rgb("#b4aa9a"));
      if (side > 2.75) return [188, 182, 172];
      if (Math.abs(x) < 0.07 && z % 4 < 2) return [224, 222, 214];
      return asphalt(x, z, rgb("#6f7073"));
    },
    sky: daySky(rgb("#6f9fd4"), rgb("#e9e4d2"), 0.28),
    light: sunlight(sun, walls),
    trees: [
      { x: -13, z: 60, height: 8, leaves: rgb("#6b8a3e"), seed: 41 },
      { x: -22, z: 60, height: 7, leaves: rgb("#7a8f40"), seed: 42 },
      { x: 15, z: 60, height: 8, leaves: rgb("#5f7f3a"), seed: 43 },
      { x: 25, z: 60, height: 7, leaves: rgb("#768c46"), seed: 44 },
    ],
    crowd: {
      lanes: [
        {
          points: [
            [-4.3, 52],
            [-4.2, 20],
            [-4, 7],
            [-4.1, 4],
          ],
          people: 4,
          stopping: 0.4,
          spread: 0.5,
        },
        {
          points: [
            [4.3, 52],
            [4.2, 20],
            [3.9, 7],
            [4, 4],
          ],
          people: 4,
          stopping: 0.4,
          spread: 0.5,
        },
        {
          points: [
            [4.5, 34],
            [4, 15],
            [3.4, 11.6],
            [-3.6, 10.2],
            [-4.1, 6],
            [-4.3, 4],
          ],
          people: 2,
          stopping: 0.5,
          spread: 0.4,
        },
        {
          points: [
            [-4.6, 40],
            [-3.8, 16],
            [-3.2, 13.5],
            [3.4, 12.5],
            [4.4, 8],
            [4.6, 5],
          ],
          people: 2,
          stopping: 0.3,
          spread: 0.4,
        },
      ],
      bystanders: [
        { x: -5, z: 12.5, heading: [-0.95, -0.3], posture: "folded" },
        { x: 4.9, z: 14.5, heading: [0.5, -0.86], posture: "phone" },
      ],
      children: 0.12,
      cold: false,
    },
    frozenPlaces: [
      { x: 4.4, z: 10.4, heading: [-0.4, -0.9], posture: "standing" },
      { x: -4.5, z: 16, heading: [0.6, -0.8], posture: "standing" },
      { x: -3.6, z: 9, heading: [0.2, -0.98], posture: "phone" },
    ],
    vehicles: [],
    side: -0.9,
    shadow: sun.shadow,
    shadowStrength: 0.42,
    noise: 1.5,
  };
}

function water(x: number, z: number) {
  const ripple = smoothNoise(x * 1.6, z * 0.9, 51) + 0.6 * smoothNoise(x * 5, z * 3, 52);
  return lit(blend([66, 96, 112], [150, 178, 196], Math.min(1, z / 55)), 1 + 0.13 * ripple);
}
