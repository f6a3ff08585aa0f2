import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { moved, UNZOOMED, zoomedAround } from "./zoom.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const factor = fc.double({ min: 0.2, max: 5, noNaN: true });

test.prop([fc.array(fc.tuple(factor, share, share, share, share))])(
  "whatever is zoomed and moved, the frame stays inside the picture",
  (steps) => {
    const zoom = steps.reduce(
      (now, [by, x, y, dx, dy]) => moved(zoomedAround(now, by, x, y), dx - 0.5, dy - 0.5),
      UNZOOMED,
    );
    for (const edge of [zoom.x, zoom.y]) {
      expect(edge).toBeGreaterThanOrEqual(0);
      expect(edge + 1 / zoom.factor).toBeLessThanOrEqual(1 + 1e-9);
    }
  },
);

test.prop([share, share])("what lies under the pointer stays there while zooming in", (x, y) => {
  const zoom = zoomedAround(UNZOOMED, 3, x, y);
  expect(zoom.x + x / zoom.factor).toBeCloseTo(x, 9);
  expect(zoom.y + y / zoom.factor).toBeCloseTo(y, 9);
});
