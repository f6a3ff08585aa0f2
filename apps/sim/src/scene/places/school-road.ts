import { rgb } from "../colour.ts";
import { asphalt, grass, paving, zebra } from "../ground.ts";
import { sunlight } from "../lighting.ts";
import { daySky } from "../sky.ts";
import type { ScenePlan } from "../plan.ts";
import { car, houseFront, lamp, post, railing, slab } from "../walls.ts";

/** A road in front of a school, with a crossing. */
export function schoolRoad(): ScenePlan {
  const walls = [
    houseFront([-9, 34], [13, 34], {
      wall: rgb("#c4795a"),
      storeys: 2,
      bay: 2.9,
      shop: undefined,
      litWindows: 0.05,
      brick: true,
      seed: 71,
      light: 1.02,
    }),
    houseFront([-30, 30], [-13, 34], {
      wall: rgb("#d8cfb8"),
      storeys: 2,
      bay: 2.5,
      shop: undefined,
      litWindows: 0,
      seed: 72,
      light: 0.95,
    }),
    houseFront([17, 34], [32, 29], {
      wall: rgb("#b9c0b4"),
      storeys: 2,
      bay: 2.5,
      shop: undefined,
      litWindows: 0,
      seed: 73,
      light: 0.85,
    }),
    railing([-16, 21.2], [-1.6, 21.2], 1.3, [58, 96, 72]),
    railing([1.6, 21.2], [17, 21.2], 1.3, [58, 96, 72]),
    slab([-2, 21.2], [-1.6, 21.2], 0, 1.9, () => rgb("#b0684c")),
    slab([1.6, 21.2], [2, 21.2], 0, 1.9, () => rgb("#b0684c")),
    car(-12.4, 17.2, rgb("#8a2b2b"), -1),
    car(5.2, 17.2, rgb("#c8ccd0"), -1),
    car(10.6, 17.3, rgb("#33506e"), -1),
    post(-2.5, 10.4, 2.6, 0.05, [150, 152, 154]),
    // A blue sign for the crossing.
    slab([-2.85, 10.38], [-2.15, 10.38], 1.9, 2.6, (along, up) => {
      const white = up < 2.45 && Math.abs(along - 0.35) < (2.5 - up) * 0.5;
      return along < 0.04 || along > 0.66 ? [240, 240, 240] : white ? [236, 236, 236] : [32, 84, 160];
    }),
    ...lamp(7.4, 19.6, 5, false),
  ];
  const sun = { shadow: [-0.7, -0.3] as const, shade: 0.62, colour: [1.03, 1.02, 0.98] as const };
  return {
    title: "School road, midday",
    seed: 505,
    lens: { focal: 1.08, horizon: 0.27, eye: 4.6 },
    walls,
    ground(x, z) {
      if (z > 21.4) return Math.abs(x) < 1.6 ? paving(x, z, 0.5, rgb("#b0a692")) : grass(x, z);
      if (z > 18.4) return paving(x, z, 0.6, rgb("#b3aca0"));
      if (z > 18.2 || Math.abs(z - 9.9) < 0.1) return [178, 174, 168];
      if (z < 9.9) return paving(x, z, 0.6, rgb("#b0a89c"));
      if (Math.abs(x) < 2 && z > 10.3 && z < 17.9) return zebra(x) ? [226, 226, 222] : asphalt(x, z, rgb("#68696c"));
      if (Math.abs(z - 14.1) < 0.07 && ((x % 3) + 3) % 3 < 1.5) return [220, 220, 214];
      return asphalt(x, z, rgb("#6a6b6e"));
    },
    sky: daySky(rgb("#84b0de"), rgb("#e2eaf0"), 0.4),
    light: sunlight(sun, walls),
    trees: [
      { x: -8.2, z: 24.5, height: 7.4, leaves: rgb("#6d9440"), seed: 76 },
      { x: 9.4, z: 24, height: 6.8, leaves: rgb("#5f8a3e"), seed: 77 },
      { x: -14.6, z: 26, height: 8, leaves: rgb("#7a9a48"), seed: 78 },
    ],
    crowd: {
      lanes: [
        {
          points: [
            [0.4, 30],
            [0.2, 20],
            [0.3, 8.6],
            [-1.4, 4],
          ],
          people: 4,
          stopping: 0.15,
          spread: 0.8,
        },
        {
          points: [
            [-0.5, 28],
            [-0.4, 19.6],
            [-0.6, 9.2],
            [-6.5, 8.4],
            [-9, 8.2],
          ],
          people: 3,
          stopping: 0.3,
          spread: 0.5,
        },
        {
          points: [
            [-13, 19.6],
            [13, 19.7],
          ],
          people: 3,
          stopping: 0.3,
          spread: 0.7,
        },
        {
          points: [
            [-7.5, 8.6],
            [7.5, 8.5],
          ],
          people: 3,
          stopping: 0.4,
          spread: 0.9,
        },
      ],
      bystanders: [
        { x: -2.6, z: 20, heading: [0.7, -0.7], posture: "standing" },
        { x: 3, z: 19.8, heading: [-0.5, -0.86], posture: "phone" },
        { x: 3.7, z: 19.9, heading: [-0.9, -0.2], posture: "standing" },
      ],
      children: 0.55,
      cold: false,
    },
    frozenPlaces: [
      { x: 3.2, z: 9.2, heading: [-0.7, -0.7], posture: "standing" },
      { x: -4, z: 9, heading: [0.6, -0.8], posture: "phone" },
      { x: -3.6, z: 19.9, heading: [0, -1], posture: "folded" },
    ],
    vehicles: [
      { z: 12.2, speed: 7, colour: rgb("#d6d3cc"), start: 0.12 },
      { z: 15.4, speed: -7.5, colour: rgb("#3c6b4a"), start: 0.62 },
    ],
    side: 0.7,
    shadow: sun.shadow,
    shadowStrength: 0.42,
    noise: 1.6,
  };
}
