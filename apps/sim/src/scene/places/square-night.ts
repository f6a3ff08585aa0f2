import { blend, lit, rgb } from "../colour.ts";
import { paving } from "../ground.ts";
import { lamplight } from "../lighting.ts";
import type { ScenePlan } from "../plan.ts";
import { smoothNoise } from "../random.ts";
import { nightSky } from "../sky.ts";
import { bench, houseFront, lamp, slab } from "../walls.ts";

const LAMPS = [
  [-6.4, 11.5],
  [6.6, 12.5],
  [-8.6, 21],
  [8.4, 22],
  [0, 25.5],
] as const;

/** A square under its lamps. */
export function squareNight(): ScenePlan {
  const front = (wall: string, shop: string, seed: number) =>
    ({ wall: rgb(wall), storeys: 3, bay: 2.4, shop: rgb(shop), litWindows: 0.42, seed, light: 1 }) as const;
  return {
    title: "Square, night",
    seed: 404,
    lens: { focal: 1.08, horizon: 0.28, eye: 4.5 },
    walls: [
      houseFront([-25, 17], [-9, 29.6], front("#b8a284", "#5c2a2a", 61)),
      houseFront([-9, 29.6], [0.4, 30.4], front("#a87a60", "#2a4a44", 62)),
      houseFront([0.4, 30.4], [9, 29.6], front("#c2b8a0", "#283c58", 63)),
      houseFront([9, 29.6], [25, 17], front("#9c6a54", "#5a4020", 64)),
      // A round fountain: its basin and the stone in the middle.
      slab([-2.6, 18.4], [2.6, 18.4], 0, 0.62, (along, up) =>
        lit(rgb("#a8a094"), (up > 0.5 ? 1.2 : 0.85) + 0.08 * smoothNoise(along * 4, up * 6, 5)),
      ),
      slab([-0.42, 19.4], [0.42, 19.4], 0, 2.6, (along, up) => {
        const half = up > 2 ? 0.4 - (up - 2) * 0.4 : up > 1.8 ? 0.42 : 0.16 + 0.1 * Math.abs(1 - up);
        return Math.abs(along - 0.42) < half ? lit(rgb("#a39a8c"), 0.9 + 0.3 * along) : undefined;
      }),
      bench(-4.9, 15.4),
      bench(3.4, 15.8),
      ...LAMPS.flatMap(([x, z]) => lamp(x, z, 4, true)),
    ],
    ground: (x, z) => paving(x, z, 0.8, rgb("#a49a8c")),
    sky: nightSky([44, 42, 58]),
    light: lamplight(
      [0.15, 0.17, 0.23],
      LAMPS.map(([x, z]) => ({ x, z, reach: 3.4, colour: [0.82, 0.66, 0.42] })),
    ),
    trees: [
      { x: -10.4, z: 23, height: 6.6, leaves: blend(rgb("#55703a"), rgb("#806a3a"), 0.4), seed: 65 },
      { x: 10.6, z: 23.5, height: 6.8, leaves: blend(rgb("#55703a"), rgb("#806a3a"), 0.4), seed: 66 },
    ],
    crowd: {
      lanes: [
        {
          points: [
            [-8.6, 12.6],
            [8.6, 12.8],
          ],
          people: 4,
          stopping: 0.45,
          spread: 1.8,
        },
        {
          points: [
            [-12, 16.6],
            [12, 16.8],
          ],
          people: 2,
          stopping: 0.4,
          spread: 0.6,
        },
        {
          points: [
            [5, 29],
            [3.6, 20],
            [2.2, 9],
            [2.6, 4],
          ],
          people: 2,
          stopping: 0.3,
          spread: 1,
        },
        {
          points: [
            [-13, 22],
            [13, 22.4],
          ],
          people: 2,
          stopping: 0.4,
          spread: 1.4,
        },
      ],
      bystanders: [
        { x: -5.4, z: 12.3, heading: [0.9, -0.4], posture: "standing" },
        { x: -4.6, z: 12.5, heading: [-0.9, -0.4], posture: "folded" },
        { x: 5.6, z: 13.6, heading: [-0.4, -0.9], posture: "phone" },
      ],
      children: 0.04,
      cold: true,
    },
    frozenPlaces: [
      { x: 4.6, z: 11.6, heading: [-0.6, -0.8], posture: "standing" },
      { x: -3, z: 10.6, heading: [0.5, -0.86], posture: "phone" },
      { x: 1.8, z: 14.2, heading: [0.1, -1], posture: "folded" },
    ],
    vehicles: [],
    side: -0.4,
    shadow: [0.1, -0.35],
    shadowStrength: 0.3,
    noise: 3.2,
  };
}
