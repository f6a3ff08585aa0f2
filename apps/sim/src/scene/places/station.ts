import type { Rgb } from "../colour.ts";
import { blend, lit, rgb } from "../colour.ts";
import { asphalt, paving } from "../ground.ts";
import type { ScenePlan } from "../plan.ts";
import { cellNoise, smoothNoise } from "../random.ts";
import { daySky } from "../sky.ts";
import { bench, car, houseFront, lamp, post, slab } from "../walls.ts";

const STONE = rgb("#c9b58c");

/** The front of the hall: arches, a cornice, and a clock above the middle. */
function hall(along: number, up: number): Rgb | undefined {
  const middle = 11;
  const gable = 10.5 + Math.max(0, 3.2 - Math.abs(along - middle) * 0.8);
  if (up > gable) return undefined;
  if (up > gable - 0.35) return lit(STONE, 0.7);
  const clock = Math.hypot(along - middle, up - 11.2);
  if (clock < 0.85) {
    const hand =
      (Math.abs(along - middle) < 0.06 && up > 11.2 && up < 11.85) ||
      (Math.abs(up - 11.2) < 0.06 && along > middle && along < middle + 0.5);
    return hand ? [30, 30, 34] : clock > 0.72 ? [60, 60, 64] : [240, 238, 228];
  }
  const inArch = (along % 4.4) - 2.2;
  const arch = up < 4.6 + Math.sqrt(Math.max(0, 1.5 - inArch * inArch)) && Math.abs(inArch) < 1.22;
  if (arch) {
    const frame = Math.abs(Math.abs(inArch) - 0.6) < 0.05 || Math.abs(up - 2.6) < 0.06 || Math.abs(inArch) > 1.1;
    return frame
      ? [70, 62, 54]
      : blend(
          [40, 46, 54],
          [150, 168, 184],
          0.1 + 0.08 * up * cellNoise(Math.floor(along / 0.6), Math.floor(up / 2.6), 4),
        );
  }
  const course = up % 0.6 < 0.04 || (along + (Math.floor(up / 0.6) % 2) * 0.5) % 1.1 < 0.04;
  if (up > 8.3 && up < 8.7) return lit(STONE, 1.12);
  const stain = 1 + 0.07 * smoothNoise(along * 0.5, up * 0.3, 6);
  return lit(STONE, (course ? 0.86 : 1) * stain * (up < 0.8 ? 0.7 : 1));
}

/** A glass shelter at the tram stop. */
function shelter(along: number, up: number): Rgb | undefined {
  if (up > 2.45) return [70, 84, 92];
  if (along < 0.08 || along > 4.92 || Math.abs(along - 2.5) < 0.05) return [80, 92, 98];
  if (along > 3.2 && along < 4.5 && up > 0.6 && up < 2.1) {
    return up > 1.9 || up < 0.7
      ? [230, 230, 226]
      : blend([214, 130, 60], [80, 140, 170], cellNoise(along * 2, up * 3, 12));
  }
  return undefined;
}

/** The forecourt of a station under a grey sky. */
export function station(): ScenePlan {
  const walls = [
    slab([-11, 30], [11, 30], 0, 14, hall),
    houseFront([-27, 20], [-11, 31], {
      wall: rgb("#a7a49c"),
      storeys: 4,
      bay: 2.4,
      shop: rgb("#3d4a5c"),
      litWindows: 0.12,
      seed: 21,
      light: 0.82,
    }),
    houseFront([11, 31], [27, 20], {
      wall: rgb("#b89a84"),
      storeys: 4,
      bay: 2.4,
      shop: rgb("#5c3434"),
      litWindows: 0.12,
      seed: 22,
      light: 0.78,
    }),
    slab([3.4, 15.6], [8.4, 15.6], 0, 2.65, shelter),
    bench(5, 15.9),
    car(-12.2, 22, rgb("#d9c23a"), 1),
    car(-7, 22.6, rgb("#e8e6e0"), 1),
    ...lamp(-5.6, 13.4, 4.4, false),
    ...lamp(8.4, 20.5, 4.4, false),
    post(-2.4, 24, 5.2, 0.05, [84, 88, 92]),
    post(1.2, 9, 0.9, 0.07, [58, 60, 64]),
    post(2.8, 9, 0.9, 0.07, [58, 60, 64]),
    post(4.4, 9, 0.9, 0.07, [58, 60, 64]),
  ];
  return {
    title: "Station forecourt, overcast",
    seed: 202,
    lens: { focal: 1.05, horizon: 0.29, eye: 4.8 },
    walls,
    ground(x, z) {
      const rail = [13.6, 14.9].some((at) => Math.abs(z - at) < 0.05);
      if (rail) return [150, 150, 150];
      if (z > 13 && z < 15.4) return paving(x, z, 0.45, rgb("#8d8a86"));
      if (z > 20.4 && z < 25) return asphalt(x, z, rgb("#6c6e72"));
      if (Math.abs(z - 20.2) < 0.2 || Math.abs(z - 25.1) < 0.12) return [176, 174, 168];
      return paving(x, z, 0.7, rgb("#a9a7a3"));
    },
    sky: daySky(rgb("#b4bcc4"), rgb("#d8dcde"), 0.9),
    light: (x, z, up) => {
      // Under a grey sky only what stands close to walls is darker.
      const corner =
        up > 0
          ? 1
          : 1 -
            0.18 * Math.exp(-Math.abs(30 - z) * 0.8) -
            (Math.abs(x - 5.9) < 2.6 && Math.abs(z - 16) < 0.8 ? 0.14 : 0);
      return [0.96 * corner, 0.98 * corner, corner];
    },
    trees: [
      { x: -12.4, z: 25.5, height: 6.6, leaves: rgb("#6a7f3c"), seed: 14 },
      { x: 13, z: 24, height: 6.4, leaves: rgb("#75863f"), seed: 17 },
    ],
    crowd: {
      lanes: [
        {
          points: [
            [-9, 11],
            [9, 11.4],
          ],
          people: 4,
          stopping: 0.35,
          spread: 2.2,
        },
        {
          points: [
            [-1, 29.5],
            [-3.4, 19],
            [-1.8, 8],
            [-2.6, 4],
          ],
          people: 4,
          stopping: 0.25,
          spread: 1.4,
        },
        {
          points: [
            [4, 29.5],
            [2.4, 18],
            [7.6, 12],
            [10, 10],
          ],
          people: 3,
          stopping: 0.4,
          spread: 1,
        },
        {
          points: [
            [-15, 18],
            [13, 18.6],
          ],
          people: 3,
          stopping: 0.3,
          spread: 1.6,
        },
      ],
      bystanders: [
        { x: 4.3, z: 14.9, heading: [-0.5, -0.86], posture: "phone" },
        { x: 7.2, z: 14.6, heading: [0.1, -1], posture: "standing" },
        { x: -4.6, z: 13.1, heading: [0.8, -0.6], posture: "folded" },
      ],
      children: 0.08,
      cold: true,
    },
    frozenPlaces: [
      { x: 0.4, z: 12.6, heading: [-0.6, -0.8], posture: "standing" },
      { x: -3.2, z: 9.6, heading: [0.7, -0.7], posture: "phone" },
      { x: 3.3, z: 16.9, heading: [0, -1], posture: "folded" },
    ],
    vehicles: [{ z: 23.6, speed: 6.5, colour: rgb("#2f4f7c"), start: 0.3 }],
    side: 0.15,
    shadow: [0.05, -0.1],
    shadowStrength: 0.2,
    noise: 2,
  };
}
