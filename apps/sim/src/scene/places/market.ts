import { rgb } from "../colour.ts";
import { paving } from "../ground.ts";
import { sunlight } from "../lighting.ts";
import type { ScenePlan } from "../plan.ts";
import { daySky } from "../sky.ts";
import { bench, houseFront, lamp, stall } from "../walls.ts";

/** A market square on a bright morning. */
export function market(): ScenePlan {
  const walls = [
    houseFront([-24, 17], [-9.4, 30], {
      wall: rgb("#d8c3a0"),
      storeys: 3,
      bay: 2.6,
      shop: rgb("#6d2f2b"),
      litWindows: 0,
      seed: 3,
      light: 0.86,
    }),
    houseFront([-9.4, 30], [-1.2, 31], {
      wall: rgb("#c98f6b"),
      storeys: 3,
      bay: 2.3,
      shop: rgb("#2f4f46"),
      litWindows: 0,
      seed: 4,
      light: 1,
    }),
    houseFront([-1.2, 31], [6.4, 31], {
      wall: rgb("#e6dcc4"),
      storeys: 2,
      bay: 2.5,
      shop: rgb("#28405f"),
      litWindows: 0,
      seed: 5,
      light: 1.02,
    }),
    houseFront([6.4, 31], [14, 30], {
      wall: rgb("#b8705a"),
      storeys: 3,
      bay: 2.2,
      shop: rgb("#7a5a24"),
      litWindows: 0,
      brick: true,
      seed: 6,
      light: 1,
    }),
    houseFront([14, 30], [27, 16], {
      wall: rgb("#cfd0c4"),
      storeys: 3,
      bay: 2.6,
      shop: rgb("#4d3358"),
      litWindows: 0,
      seed: 7,
      light: 0.74,
    }),
    stall(-9.2, 15.5, 3.2, rgb("#c8453a"), rgb("#f2ece0"), 1),
    stall(-5.4, 16.5, 3.2, rgb("#2f6f9c"), rgb("#f2ece0"), 2),
    stall(2.6, 16.5, 3.2, rgb("#3f8a4c"), rgb("#f2ece0"), 3),
    stall(6.6, 15, 3.2, rgb("#d8902c"), rgb("#f6efdc"), 4),
    bench(-6.2, 10.6),
    ...lamp(5.9, 11.6, 4.6, false),
    ...lamp(-8.2, 20, 4.6, false),
  ];
  const sun = { shadow: [0.75, -0.35] as const, shade: 0.62, colour: [1.04, 1.02, 0.97] as const };
  return {
    title: "Market square, morning",
    seed: 101,
    lens: { focal: 1.08, horizon: 0.27, eye: 4.4 },
    walls,
    ground: (x, z) => paving(x, z, 0.9, rgb("#b3aa9c")),
    sky: daySky(rgb("#8fb4dc"), rgb("#dfe8ee"), 0.5),
    light: sunlight(sun, walls),
    trees: [
      { x: -10.6, z: 22, height: 7.5, leaves: rgb("#5f8a3c"), seed: 4 },
      { x: 9.8, z: 21, height: 7, leaves: rgb("#6c9444"), seed: 9 },
    ],
    crowd: {
      lanes: [
        {
          points: [
            [-8, 9.4],
            [8, 9.4],
          ],
          people: 4,
          stopping: 0.4,
          spread: 1.6,
        },
        {
          points: [
            [-12, 13.4],
            [12, 13.4],
          ],
          people: 5,
          stopping: 0.6,
          spread: 1.4,
        },
        {
          points: [
            [-1.2, 29],
            [0.6, 19],
            [-1.6, 7.2],
            [-3, 4.2],
          ],
          people: 3,
          stopping: 0.3,
          spread: 1.2,
        },
      ],
      bystanders: [
        { x: -7.4, z: 16.1, heading: [0, -1], posture: "standing" },
        { x: 4.1, z: 17.1, heading: [0, -1], posture: "folded" },
        { x: 3.4, z: 15.4, heading: [-0.3, 0.95], posture: "standing" },
        { x: -4.4, z: 15.3, heading: [0.4, 0.9], posture: "phone" },
      ],
      children: 0.12,
      cold: false,
    },
    frozenPlaces: [
      { x: 1.9, z: 10.4, heading: [-0.7, -0.7], posture: "standing" },
      { x: -3, z: 12, heading: [0.5, -0.86], posture: "folded" },
      { x: 5, z: 13, heading: [-0.9, -0.4], posture: "phone" },
    ],
    vehicles: [],
    side: -0.8,
    shadow: sun.shadow,
    shadowStrength: 0.42,
    noise: 1.6,
  };
}
