/** Corners as x0, y0, x1, y1 … in metres of the map's frame (east, north); the first is not repeated at the end. */
export type Ring = Float64Array;

/** An area: its outer ring counter-clockwise, its holes clockwise (as RFC 7946 §3.1.6 has them). */
export interface Shape {
  readonly outer: Ring;
  readonly holes: readonly Ring[];
}

/** A corner-by-corner box in metres. */
export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Twice the area, positive when counter-clockwise; taken from the first corner, so that far-off rings lose no digits. */
function doubledArea(ring: Ring): number {
  const [x0, y0] = [ring[0] ?? 0, ring[1] ?? 0];
  let sum = 0;
  for (let i = 2; i + 3 < ring.length; i += 2)
    sum += (ring[i]! - x0) * (ring[i + 3]! - y0) - (ring[i + 2]! - x0) * (ring[i + 1]! - y0);
  return sum;
}

export const ringAreaM2 = (ring: Ring): number => Math.abs(doubledArea(ring)) / 2;

export function shapeAreaM2(shape: Shape): number {
  return shape.holes.reduce((area, hole) => area - ringAreaM2(hole), ringAreaM2(shape.outer));
}

export const areaM2 = (shapes: readonly Shape[]): number =>
  shapes.reduce((area, shape) => area + shapeAreaM2(shape), 0);

/** The ring with its corners counter-clockwise, or clockwise. */
export function wound(ring: Ring, counterClockwise: boolean): Ring {
  return doubledArea(ring) > 0 === counterClockwise ? ring : reversed(ring);
}

function reversed(ring: Ring): Ring {
  const out = new Float64Array(ring.length);
  for (let i = 0; i < ring.length; i += 2) {
    out[i] = ring[ring.length - 2 - i]!;
    out[i + 1] = ring[ring.length - 1 - i]!;
  }
  return out;
}

/** Whether a point lies in the ring; on its line, either answer. */
export function ringHolds(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  const n = ring.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const [yi, yj] = [ring[i + 1]!, ring[j + 1]!];
    if (yi > y !== yj > y && x < ((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!) inside = !inside;
  }
  return inside;
}

export const shapeHolds = (shape: Shape, x: number, y: number): boolean =>
  ringHolds(shape.outer, x, y) && !shape.holes.some((hole) => ringHolds(hole, x, y));

export function boxOf(ring: Ring): Box {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = [ring[i]!, ring[i + 1]!];
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return { minX, minY, maxX, maxY };
}

export const boxesMeet = (a: Box, b: Box): boolean =>
  a.minX <= b.maxX && b.minX <= a.maxX && a.minY <= b.maxY && b.minY <= a.maxY;

export const boxHolds = (box: Box, x: number, y: number): boolean =>
  x >= box.minX && x <= box.maxX && y >= box.minY && y <= box.maxY;

export const grownBox = (box: Box, by: number): Box => ({
  minX: box.minX - by,
  minY: box.minY - by,
  maxX: box.maxX + by,
  maxY: box.maxY + by,
});

export const boxShape = ({ minX, minY, maxX, maxY }: Box): Shape => ({
  outer: Float64Array.of(minX, minY, maxX, minY, maxX, maxY, minX, maxY),
  holes: [],
});

/** The area's centre of gravity; of the corners where it has no area. */
export function centreOf(ring: Ring): Point {
  const doubled = doubledArea(ring);
  const n = ring.length / 2;
  const [x0, y0] = [ring[0] ?? 0, ring[1] ?? 0];
  let [x, y] = [0, 0];
  if (Math.abs(doubled) < 1e-9) {
    for (let i = 0; i < n; i++) {
      x += (ring[2 * i]! - x0) / n;
      y += (ring[2 * i + 1]! - y0) / n;
    }
    return { x: x0 + x, y: y0 + y };
  }
  for (let i = 0; i < n; i++) {
    const j = (i + 1) % n;
    const [ax, ay, bx, by] = [ring[2 * i]! - x0, ring[2 * i + 1]! - y0, ring[2 * j]! - x0, ring[2 * j + 1]! - y0];
    const cross = ax * by - bx * ay;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return { x: x0 + x / (3 * doubled), y: y0 + y / (3 * doubled) };
}

/** A point within the shape, also where its centre of gravity lies in a courtyard: the widest run of the middle row. */
export function pointWithin(shape: Shape): Point {
  const centre = centreOf(shape.outer);
  if (shapeHolds(shape, centre.x, centre.y)) return centre;
  const { minY, maxY } = boxOf(shape.outer);
  for (const share of [0.5, 0.37, 0.61, 0.23, 0.79, 0.11, 0.89]) {
    const y = minY + (maxY - minY) * share;
    const crossings = [shape.outer, ...shape.holes].flatMap((ring) => crossingsAt(ring, y)).sort((a, b) => a - b);
    let best: Point | null = null;
    let width = 0;
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const run = crossings[i + 1]! - crossings[i]!;
      if (run > width) [best, width] = [{ x: crossings[i]! + run / 2, y }, run];
    }
    if (best) return best;
  }
  return centre;
}

function crossingsAt(ring: Ring, y: number): number[] {
  const out: number[] = [];
  const n = ring.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const [yi, yj] = [ring[i + 1]!, ring[j + 1]!];
    if (yi > y !== yj > y) out.push(((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!);
  }
  return out;
}
