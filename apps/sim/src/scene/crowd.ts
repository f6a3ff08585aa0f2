import type { Rgb } from "./colour.ts";
import { rgb } from "./colour.ts";
import type { Look, Pose, Posture } from "./figure.ts";
import { randomStream } from "./random.ts";
import type { Stop, Way } from "./walk.ts";
import { poseOnWay, wayDuration } from "./walk.ts";

/** A strip of ground that people walk along. */
export interface Lane {
  readonly points: Way["points"];
  readonly people: number;
  /** Share of them that stop on their way. */
  readonly stopping: number;
  /** Metres by which they keep apart across the lane. */
  readonly spread: number;
}

export interface Bystander {
  readonly x: number;
  readonly z: number;
  readonly heading: readonly [x: number, z: number];
  readonly posture: Posture;
}

export interface CrowdPlan {
  readonly lanes: readonly Lane[];
  readonly bystanders: readonly Bystander[];
  /** Share of people who are children. */
  readonly children: number;
  /** Muted colours and coats. */
  readonly cold: boolean;
}

/** One figure at one moment of the loop. */
export interface Presence {
  readonly look: Look;
  readonly pose: Pose;
}

/** The people of a scene, each back where it was when the loop comes round. */
export function crowd(plan: CrowdPlan, seed: number, loopSeconds: number, frozen: readonly Bystander[]) {
  const random = randomStream(seed);
  const walkers = plan.lanes.flatMap((lane) =>
    Array.from({ length: lane.people }, (_, i) => {
      const way = wayOf(lane, random);
      const start = ((i + 0.7 * random()) / lane.people) * loopSeconds;
      return { way, start, duration: wayDuration(way), look: lookOf(plan, random) };
    }),
  );
  const standing = plan.bystanders.map((place) => ({ place, look: lookOf(plan, random), beat: random() * 6 }));
  const still = frozen.map((place) => ({ place, look: lookOf(plan, random) }));

  return (seconds: number): Presence[] => {
    const present: Presence[] = [];
    for (const { way, start, duration, look } of walkers) {
      const since = (((seconds - start) % loopSeconds) + loopSeconds) % loopSeconds;
      // A way longer than the loop is walked by the one who set out a loop ago, too.
      for (let on = since; on < duration; on += loopSeconds) {
        const pose = poseOnWay(way, on);
        if (pose) present.push({ look, pose });
      }
    }
    const turn = (seconds / loopSeconds) * 2 * Math.PI;
    for (const { place, look, beat } of standing) {
      const sway = 0.02 * Math.sin(turn * 6 + beat) + 0.01 * Math.sin(turn * 11 + beat);
      present.push({ look, pose: { ...place, phase: 0, sway } });
    }
    for (const { place, look } of still) present.push({ look, pose: { ...place, phase: 0, sway: 0 } });
    return present.sort((a, b) => b.pose.z - a.pose.z);
  };
}

function wayOf(lane: Lane, random: () => number): Way {
  const off = (random() - 0.5) * lane.spread;
  const points = lane.points.map(([x, z]) => [x + off * 0.3, z + off] as const);
  if (random() < 0.5) points.reverse();
  const speed = 1.05 + random() * 0.5;
  const stops = new Map<number, Stop>();
  if (random() >= lane.stopping) return { points, stops, speed };
  // Somewhere on the first half of a leg that is cut in two.
  const leg = Math.floor(random() * (points.length - 1));
  const [x0, z0] = points[leg]!;
  const [x1, z1] = points[leg + 1]!;
  const share = 0.3 + 0.4 * random();
  points.splice(leg + 1, 0, [x0 + (x1 - x0) * share, z0 + (z1 - z0) * share]);
  const angle = random() * 2 * Math.PI;
  const postures: Posture[] = ["standing", "phone", "folded"];
  stops.set(leg + 1, {
    seconds: 5 + random() * 9,
    posture: postures[Math.floor(random() * postures.length)]!,
    heading: [Math.cos(angle), -Math.abs(Math.sin(angle))],
  });
  return { points, stops, speed };
}

const SKIN = ["#f0cdb0", "#e3b594", "#d3a07c", "#b07c58", "#8a5c3e", "#62402c"].map(rgb);
const HAIR = ["#1c1714", "#2c211a", "#4a3524", "#6e4f30", "#a98550", "#8d8a86", "#d8d4cc", "#7a3b22"].map(rgb);
const TOPS = [
  "#2b3a55",
  "#7a1f28",
  "#e8e4da",
  "#3c6e57",
  "#c9a13a",
  "#1f1f22",
  "#5a7ea8",
  "#b4552d",
  "#6b4a7a",
  "#4f5a3c",
  "#d48fa0",
  "#8b8f94",
].map(rgb);
const COATS = ["#23262c", "#3a3230", "#4a4f58", "#5c4632", "#2e3c36", "#6a6258", "#7b2430", "#27405e"].map(rgb);
const LEGS = ["#22283a", "#33415c", "#1d1d20", "#4c4a48", "#6a5f4c", "#3b4a3e", "#7d8793"].map(rgb);
const SHOES = ["#151515", "#3a2a20", "#d9d7d2", "#5a5a5e"].map(rgb);

function lookOf(plan: CrowdPlan, random: () => number): Look {
  const pick = (colours: readonly Rgb[]) => colours[Math.floor(random() * colours.length)]!;
  const child = random() < plan.children;
  const woman = random() < 0.5;
  const coat = random() < (plan.cold ? 0.6 : 0.12);
  return {
    height: child ? 1.18 + random() * 0.3 : (woman ? 1.58 : 1.68) + random() * 0.2,
    build: child ? 0.92 : 0.92 + random() * 0.22,
    skin: pick(SKIN),
    hair: pick(HAIR),
    longHair: woman && random() < 0.65,
    hat: random() < (plan.cold ? 0.3 : 0.1) ? pick(TOPS) : undefined,
    top: pick(coat ? COATS : TOPS),
    coat,
    shortSleeves: !plan.cold && !coat && random() < 0.4,
    legs: pick(LEGS),
    skirt: woman && random() < 0.22,
    shoes: pick(SHOES),
    bag: random() < (child ? 0.7 : 0.25) ? pick(TOPS) : undefined,
  };
}
