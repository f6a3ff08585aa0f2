import { type Drawing, wayName } from "./drawing.ts";
import { lengthM } from "./length.ts";
import type { Measured, Post, Tree } from "./model.ts";
import type { Tags } from "./osm.ts";
import { boxHolds } from "./shape.ts";

const GUESS_TREE_M = 8;
const ROW_SPACING_M = 8;
const MOST_TREE_M = 130;
const MOST_CROWN_M = 60;

/** What stands already and might carry a camera: lamps, poles, masts. */
export function postsOf(drawing: Drawing): Post[] {
  const posts: Post[] = [];
  for (const { id, lon, lat, tags } of drawing.store.tagged) {
    const kind = kindOf(tags);
    if (!kind) continue;
    const at = drawing.metres(lon, lat);
    if (!boxHolds(drawing.box, at.x, at.y)) continue;
    const heightM = tags.height === undefined ? null : lengthM(tags.height);
    if (tags.height !== undefined && heightM === null)
      drawing.find("HEIGHT_UNREADABLE", `node/${id}`, `height="${tags.height.slice(0, 40)}" is not understood.`, at);
    posts.push({ element: `node/${id}`, kind, at, heightM, support: tags.support ?? tags.lamp_mount ?? null });
  }
  return posts;
}

function kindOf(tags: Tags): Post["kind"] | null {
  if (tags.location === "indoor" || tags.location === "underground") return null;
  if (tags.highway === "street_lamp") return "lamp";
  if (tags.power === "pole" || tags.man_made === "utility_pole") return "pole";
  return tags.man_made === "mast" || tags.man_made === "flagpole" ? "mast" : null;
}

/** Trees one by one, and those of rows, spaced by us. */
export function treesOf(drawing: Drawing): Tree[] {
  const trees: Tree[] = [];
  const plant = (element: string, x: number, y: number, tags: Tags, placed: Tree["placed"]): void => {
    if (boxHolds(drawing.reach, x, y)) trees.push({ element, at: { x, y }, ...sizeOf(tags), placed });
  };
  for (const { id, lon, lat, tags } of drawing.store.tagged) {
    if (tags.natural !== "tree") continue;
    const { x, y } = drawing.metres(lon, lat);
    plant(`node/${id}`, x, y, tags, "mapped");
  }
  for (const way of drawing.store.ways) {
    if (way.tags?.natural !== "tree_row") continue;
    for (const run of drawing.line(way).runs)
      for (const [x, y] of spaced(run)) plant(wayName(way), x, y, way.tags, "row");
  }
  return trees;
}

function sizeOf(tags: Tags): { height: Measured; crown: Measured } {
  const [tagged, across] = [lengthM(tags.height ?? ""), lengthM(tags.diameter_crown ?? "")];
  const height: Measured =
    tagged !== null && tagged > 0 && tagged <= MOST_TREE_M
      ? { m: tagged, from: "height" }
      : { m: GUESS_TREE_M, from: "guessed" };
  const crown: Measured =
    across !== null && across > 0 && across <= MOST_CROWN_M
      ? { m: across, from: "diameter" }
      : { m: Math.min(height.m * 0.6, 12), from: "guessed" };
  return { height, crown };
}

function* spaced(run: Float64Array): Generator<readonly [number, number]> {
  for (let i = 0; i + 3 < run.length; i += 2) {
    const [ax, ay, bx, by] = [run[i]!, run[i + 1]!, run[i + 2]!, run[i + 3]!];
    const steps = Math.max(1, Math.round(Math.hypot(bx - ax, by - ay) / ROW_SPACING_M));
    for (let s = 0; s < steps; s++) yield [ax + ((bx - ax) * s) / steps, ay + ((by - ay) * s) / steps];
  }
  if (run.length >= 2) yield [run[run.length - 2]!, run[run.length - 1]!];
}
