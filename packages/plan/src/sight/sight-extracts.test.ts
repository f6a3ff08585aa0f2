import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { groundPointsOf } from "../map/ground-points.ts";
import { readMap } from "../map/read-map.ts";
import { boxesMeet, boxOf } from "../map/shape.ts";
import { bodiesOf, HANGING, packed, SOLID } from "./obstacles.ts";
import { pointsOf } from "./points.ts";
import { Sight } from "./sight.ts";
import { holds, naivelySees, within } from "./testing/naive-sight.ts";

const EXTRACTS = fileURLToPath(new URL("../../../../../shared/data/osm", import.meta.url));
const there = existsSync(EXTRACTS);
const skipped = there ? "" : ` [skipped: ../shared/data is not here]`;

for (const [name, mounts] of [
  ["karlsruhe-kirchfeld", 60],
  ["luisenplatz-darmstadt", 25],
] as const)
  test.skipIf(!there)(`no pair is wrong in ${name}${skipped}`, async () => {
    const map = await readMap(new Uint8Array(readFileSync(`${EXTRACTS}/${name}.osm.pbf`)));
    const bodies = bodiesOf(map);
    const obstacles = packed(bodies);
    const xy = groundPointsOf(map, 3);
    const sight = new Sight(obstacles, pointsOf(xy, 1.5, obstacles));
    let [pairs, wrong] = [0, 0];
    for (let m = 0; m < mounts; m++) {
      const at = 2 * Math.floor(((m + 0.5) / mounts) * (xy.length / 2));
      const mount = { x: xy[at]! + 0.4, y: xy[at + 1]! + 0.2, heightM: 4 + (m % 5) };
      const reach = { minX: mount.x - 90, minY: mount.y - 90, maxX: mount.x + 90, maxY: mount.y + 90 };
      const near = bodies.filter(({ rings }) => boxesMeet(boxOf(rings[0]!), reach));
      if (
        near.some(
          (body) =>
            (body.kind === SOLID || body.kind === HANGING) && within(body, mount) && holds(body, mount) === "in",
        )
      )
        continue;
      const seen = new Set(sight.seen.subarray(0, sight.from(mount, 90)));
      for (let p = 0; p < xy.length / 2; p++) {
        const place = { x: xy[2 * p]!, y: xy[2 * p + 1]!, heightM: 1.5 };
        if (Math.hypot(place.x - mount.x, place.y - mount.y) > 90) continue;
        pairs++;
        if (naivelySees(near, mount, place) !== seen.has(p)) wrong++;
      }
    }
    expect(pairs).toBeGreaterThan(10_000);
    expect(wrong).toBe(0);
  });
