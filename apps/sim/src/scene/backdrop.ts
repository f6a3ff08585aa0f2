import type { Picture } from "../picture.ts";
import { blankPicture } from "../picture.ts";
import type { Rgb } from "./colour.ts";
import { toYuv } from "./colour.ts";
import type { View } from "./view.ts";

/** Something upright that stands on a straight line of the ground: a house front, a stall, a car, a pole. */
export interface Wall {
  readonly from: readonly [x: number, z: number];
  readonly to: readonly [x: number, z: number];
  /** Metres above the ground. */
  readonly bottom: number;
  readonly top: number;
  /** Colour at `along` metres from `from` and `up` metres above ground, or undefined where it can be seen through. */
  paint(along: number, up: number): Rgb | undefined;
  /** Throws no shadow. */
  readonly thin?: boolean;
}

export interface Stage {
  readonly walls: readonly Wall[];
  ground(x: number, z: number): Rgb;
  /** `up` is the slope of the ray: 0 at the horizon, 1 at 45 degrees. */
  sky(across: number, up: number): Rgb;
  /** What falls on the ground or on a wall there; multiplies its colour. */
  light(x: number, z: number, up: number): Rgb;
}

export interface Backdrop {
  readonly picture: Picture;
  /** Metres to what each pixel shows. */
  readonly depth: Float32Array;
}

/** Rays per pixel and direction. */
const FINE = 2;

/** What stands still in a scene, drawn once: one ray per quarter of a pixel to the nearest thing in its way. */
export function drawBackdrop(view: View, stage: Stage): Backdrop {
  const { width, height } = view;
  const depth = new Float32Array(width * height);
  const colours = new Float32Array(width * height * 3);
  for (let column = 0; column < width; column++)
    for (let part = 0; part < FINE; part++) {
      const across = (column + (part + 0.5) / FINE - width / 2) / view.focal;
      const hits = wallsAlong(stage.walls, across);
      for (let row = 0; row < height * FINE; row++) {
        const down = ((row + 0.5) / FINE - view.horizon) / view.focal;
        const at = Math.floor(row / FINE) * width + column;
        const [colour, distance] = look(view, stage, hits, across, down);
        depth[at] = Math.max(depth[at]!, distance);
        for (let c = 0; c < 3; c++) colours[at * 3 + c] = colours[at * 3 + c]! + colour[c]! / (FINE * FINE);
      }
    }
  return { picture: toPicture(colours, width, height), depth };
}

interface Hit {
  readonly wall: Wall;
  readonly z: number;
  readonly along: number;
}

/** The walls that a vertical plane through the lens cuts, nearest first. */
function wallsAlong(walls: readonly Wall[], across: number): Hit[] {
  const hits: Hit[] = [];
  for (const wall of walls) {
    const [x0, z0] = wall.from;
    const [x1, z1] = wall.to;
    // Points of the plane have x = across * z.
    const a = x0 - across * z0;
    const b = x1 - across * z1;
    if (a === b || a > 0 === b > 0) continue;
    const share = a / (a - b);
    const z = z0 + (z1 - z0) * share;
    if (z > 0.5) hits.push({ wall, z, along: share * Math.hypot(x1 - x0, z1 - z0) });
  }
  return hits.sort((a, b) => a.z - b.z);
}

const FAR = 1e6;

function look(view: View, stage: Stage, hits: readonly Hit[], across: number, down: number): readonly [Rgb, number] {
  const groundZ = down > 1e-4 ? view.eye / down : FAR;
  for (const { wall, z, along } of hits) {
    if (z > groundZ) break;
    const up = view.eye - down * z;
    if (up < wall.bottom || up > wall.top) continue;
    const colour = wall.paint(along, up);
    if (colour) return [under(colour, stage.light(across * z, z, up)), z];
  }
  if (groundZ >= 400) return [stage.sky(across, -down), FAR];
  const x = across * groundZ;
  return [under(stage.ground(x, groundZ), stage.light(x, groundZ, 0)), groundZ];
}

function under(colour: Rgb, light: Rgb): Rgb {
  return [colour[0] * light[0], colour[1] * light[1], colour[2] * light[2]];
}

function toPicture(colours: Float32Array, width: number, height: number): Picture {
  const picture = blankPicture(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const [luma, u, v] = toYuv([clip(colours[at * 3]!), clip(colours[at * 3 + 1]!), clip(colours[at * 3 + 2]!)]);
      picture.y[at] = luma;
      if ((x & 1) === 0 && (y & 1) === 0) {
        const chroma = (y >> 1) * (width >> 1) + (x >> 1);
        picture.u[chroma] = u;
        picture.v[chroma] = v;
      }
    }
  return picture;
}

function clip(value: number): number {
  return Math.max(0, Math.min(255, value));
}
