import { orient2d } from "robust-predicates";

/**
 * On which side of the line from a to b the point p lies: > 0 left, < 0 right, 0 exactly on it. The sign is exact; the
 * size is twice the triangle's area, as near as doubles have it.
 */
export function side(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  const left = (bx - ax) * (py - ay);
  const right = (by - ay) * (px - ax);
  const det = left - right;
  // Beyond this the sign of the difference is sure (Shewchuk's bound is 3.3e-16 of the sum).
  if (Math.abs(det) > 4e-16 * (Math.abs(left) + Math.abs(right))) return det;
  // Its y axis points down: it calls clockwise what we call counter-clockwise.
  return -orient2d(ax, ay, bx, by, px, py);
}
