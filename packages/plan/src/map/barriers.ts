import { type Drawing, wayName } from "./drawing.ts";
import { lengthM } from "./length.ts";
import type { Barrier, Measured } from "./model.ts";
import type { Tags } from "./osm.ts";
import { boxesMeet, boxOf } from "./shape.ts";

/** Kinds that can hide anything, with the height to assume and how much they hide. Kerbs and bollards hide nothing. */
const KINDS = new Map<string, { readonly m: number; readonly opacity: number }>([
  ["wall", { m: 1.8, opacity: 1 }],
  ["city_wall", { m: 6, opacity: 1 }],
  ["retaining_wall", { m: 1, opacity: 1 }],
  ["hedge", { m: 1.6, opacity: 1 }],
  ["fence", { m: 1.5, opacity: 0.3 }],
]);
const NOISE_BARRIER_M = 3;
const MOST_M = 100;
/** Fences that nobody sees through. */
const SOLID_FENCES = new Set(["wood", "metal", "concrete", "panel", "slate", "corrugated_metal"]);

/** Walls, fences and hedges, in pieces where the file lacks a stretch. */
export function barriersOf(drawing: Drawing): Barrier[] {
  const barriers: Barrier[] = [];
  for (const way of drawing.store.ways) {
    const { tags } = way;
    const known = tags?.barrier === undefined ? undefined : KINDS.get(tags.barrier);
    if (!tags || !known || tags.location === "underground" || Number(tags.layer) < 0) continue;
    const line = drawing.line(way);
    const element = wayName(way);
    const runs = line.runs.filter((run) => run.length >= 4 && boxesMeet(boxOf(run), drawing.reach));
    if (runs.length === 0) continue;
    if (tags.height !== undefined && lengthM(tags.height) === null)
      drawing.find("HEIGHT_UNREADABLE", element, `height="${tags.height.slice(0, 40)}" is not understood.`);
    const height = heightOf(tags, known.m);
    const closed = line.closed && line.whole;
    for (const run of runs)
      barriers.push({
        element,
        kind: tags.barrier!,
        line: run,
        closed,
        height,
        opacity: opacityOf(tags, known.opacity),
      });
  }
  return barriers;
}

function heightOf(tags: Tags, guess: number): Measured {
  const tagged = lengthM(tags.height ?? "");
  if (tagged !== null && tagged > 0 && tagged <= MOST_M) return { m: tagged, from: "height" };
  return { m: tags.wall === "noise_barrier" ? NOISE_BARRIER_M : guess, from: "guessed" };
}

function opacityOf(tags: Tags, guess: number): Barrier["opacity"] {
  if (tags.barrier !== "fence" || tags.fence_type === undefined) return { share: guess, from: "guessed" };
  return { share: SOLID_FENCES.has(tags.fence_type) ? 1 : guess, from: "tagged" };
}
