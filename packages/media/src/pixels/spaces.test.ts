import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { layoutOf } from "./layout.ts";
import { blocksOfSpaces, type Polygon } from "./spaces.ts";

const layout = layoutOf(640, 480);

test("a triangle covers every block that it touches and no other far from it", () => {
  const blocks = blocksOfSpaces(
    [
      [
        [0.1, 0.1],
        [0.3, 0.1],
        [0.1, 0.3],
      ],
    ],
    layout,
  );
  const at = (x: number, y: number) => blocks[Math.floor((y * 480) / 20) * 32 + Math.floor((x * 640) / 20)];
  expect([at(0.11, 0.11), at(0.28, 0.105), at(0.15, 0.2)]).toEqual([1, 1, 1]);
  expect([at(0.05, 0.05), at(0.29, 0.29), at(0.8, 0.8)]).toEqual([0, 0, 0]);
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const triangle = fc.tuple(fc.tuple(share, share), fc.tuple(share, share), fc.tuple(share, share));

test.prop([triangle, share, share])(
  "no point of a private space lies in a block that is not covered",
  (corners, a, b) => {
    const [p, q, r] = corners;
    const [s, t] = a + b > 1 ? [1 - a, 1 - b] : [a, b];
    const x = p[0] + s * (q[0] - p[0]) + t * (r[0] - p[0]);
    const y = p[1] + s * (q[1] - p[1]) + t * (r[1] - p[1]);
    const within = (n: number, count: number) => Math.min(count - 1, Math.max(0, n));
    const column = within(Math.floor((x * layout.width) / layout.blockPx), layout.blockColumns);
    const row = within(Math.floor((y * layout.height) / layout.blockPx), layout.blockRows);
    const space: Polygon = corners;
    expect(blocksOfSpaces([space], layout)[row * layout.blockColumns + column]).toBe(1);
  },
);
