import { type Body, SHEET, TREE } from "../obstacles.ts";

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly heightM: number;
}

/** A share of the way as a fraction: exact for whole numbers. */
interface Share {
  readonly num: number;
  readonly den: number;
}

/**
 * The plain test, for tests: no index, no bins, no far walls only. Each body is cut by the line; a piece inside it, or
 * a touch, between underside and top, hides the place. Shares nothing with `sight.ts` but what a body is.
 */
export function naivelySees(bodies: readonly Body[], mount: Spot, place: Spot): boolean {
  return bodies.every(
    (body) => (body.kind === TREE && holds(body, mount) !== "out" && within(body, mount)) || !hides(body, mount, place),
  );
}

export const within = ({ topM, minM }: Body, { heightM }: Spot): boolean => heightM >= minM && heightM < topM;

function hides(body: Body, mount: Spot, place: Spot): boolean {
  if (body.kind !== SHEET && body.kind !== TREE && within(body, place) && holds(body, place) !== "out") return true;
  const shares = sharesOf(body, mount, place);
  if (shares.some((share) => below(share, body.topM, mount, place) && below(share, body.minM, mount, place, -1)))
    return true;
  if (body.kind === SHEET) return false;
  const cuts: Share[] = [{ num: 0, den: 1 }, ...shares, { num: 1, den: 1 }].sort(
    (a, b) => a.num * b.den - b.num * a.den,
  );
  return cuts.slice(1).some((to, i) => {
    const from = cuts[i]!;
    if (from.num * to.den === to.num * from.den) return false;
    const middle = (from.num / from.den + to.num / to.den) / 2;
    const spot = { x: mount.x + middle * (place.x - mount.x), y: mount.y + middle * (place.y - mount.y), heightM: 0 };
    const [anyBelowTop, anyAboveMin] = [from, to].reduce(
      ([low, high], share) => [
        low || below(share, body.topM, mount, place),
        high || below(share, body.minM, mount, place, -1),
      ],
      [false, false],
    );
    return anyBelowTop && (body.minM === 0 || anyAboveMin) && holds(body, spot) === "in";
  });
}

/** Whether the line at `share` runs below `level` (above it with sign -1). */
function below({ num, den }: Share, level: number, mount: Spot, place: Spot, sign = 1): boolean {
  return sign * ((mount.heightM - level) * den + num * (place.heightM - mount.heightM)) < 0;
}

function* edgesOf({ rings, kind }: Body): Generator<readonly [number, number, number, number]> {
  for (const ring of rings)
    for (let i = 0; i < ring.length - (kind === SHEET ? 2 : 0); i += 2)
      yield [ring[i]!, ring[i + 1]!, ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!];
}

/** Where the line, without its ends, meets the body's edges. */
function sharesOf(body: Body, mount: Spot, place: Spot): Share[] {
  const shares: Share[] = [];
  const [dx, dy] = [place.x - mount.x, place.y - mount.y];
  for (const [ax, ay, bx, by] of edgesOf(body)) {
    const [ex, ey] = [bx - ax, by - ay];
    const cross = dx * ey - dy * ex;
    const along = (ax - mount.x) * ey - (ay - mount.y) * ex;
    const across = (ax - mount.x) * dy - (ay - mount.y) * dx;
    const sign = Math.sign(cross);
    if (sign === 0) continue;
    const [num, den, u] = [along * sign, cross * sign, across * sign];
    if (num > 0 && num < den && u >= 0 && u <= den) shares.push({ num, den });
  }
  return shares;
}

/** By angle of winding, unlike the ray of `within.ts`. */
export function holds(body: Body, { x, y }: Spot): "in" | "on" | "out" {
  let winding = 0;
  for (const [ax, ay, bx, by] of edgesOf(body)) {
    const turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    if (turn === 0 && (x - ax) * (x - bx) <= 0 && (y - ay) * (y - by) <= 0) return "on";
    if (ay <= y && by > y && turn > 0) winding++;
    if (ay > y && by <= y && turn < 0) winding--;
  }
  return winding !== 0 ? "in" : "out";
}
