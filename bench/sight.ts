import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OvertError } from "@overt/core";
import {
  type Body,
  bodiesOf,
  boxesMeet,
  boxOf,
  type CameraView,
  groundPointsOf,
  type MapModel,
  modelOf,
  type Mount,
  type Obstacles,
  obstaclesOf,
  pointsOf,
  readMap,
  Sight,
  Viewsheds,
} from "@overt/plan";
import { naivelySees } from "@overt/plan/sight/testing/naive-sight";
import { type BenchOptions, type BenchReport, type BenchRow, row } from "./row.ts";
import { tiledStore } from "./town/tiled.ts";

const DATA = fileURLToPath(new URL("../../shared/data/osm/", import.meta.url));
const SUBURB = `${DATA}karlsruhe-kirchfeld.osm.pbf`;
const SQUARE = `${DATA}luisenplatz-darmstadt.osm.pbf`;
const REACH_M = 90;
const CHECK_M = 1.6;
const SPACING_M = 3;

/**
 * Exact line of sight over a city: the suburb of kirchfeld laid side by side until it has 100,000 buildings. Times are
 * processor time of this process, all its threads together, so that a neighbour on the machine does not count.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  if (!existsSync(SUBURB)) throw new Error(`${SUBURB} is not here.`);
  const parsing = await parseTimes();
  const [columns, tileRows, mounts, judged] = quick ? [3, 2, 1_000, 20] : [7, 5, 10_000, 200];
  const { map, modelS } = await city(columns, tileRows);
  const [obstacles, indexS] = timed(() => obstaclesOf(map));
  const [xy, groundS] = timed(() => groundPointsOf(map, SPACING_M));
  const lines = sightOver(map, obstacles, xy, mounts, judged);
  const sheds = viewshedsOver(map, obstacles, xy, quick ? 100 : 1_000);
  return {
    rows: [
      ...parsing,
      row("city: model from its elements", "s", modelS),
      row("city: obstacles indexed", "s", indexS),
      row(
        `city: points of public ground, ${SPACING_M} m apart`,
        "",
        xy.length / 2,
        quick ? {} : { goal: { of: "ours", atLeast: 800_000 } },
      ),
      row("city: points found", "s", groundS),
      ...lines.rows,
      ...sheds,
      row("most memory at any time", "MB", Math.round(process.resourceUsage().maxRSS / 1_000), {
        goal: { of: "ours", atMost: 600 },
      }),
    ],
    notes: [
      `City: kirchfeld ${columns} × ${tileRows} times; ${map.buildings.length} buildings and parts, ${map.trees.length} trees, which hide too.`,
      `Sight from 4 to 5 m at ${CHECK_M} m as far as ${REACH_M} m; the plain test has no index: it looks at each body of the city once for each mount, then only at those within reach.`,
      ...(lines.notes ?? []),
      "Memory is the whole process with the city's elements, its model and the bench's own copy of its bodies.",
    ],
  };
}

/** Cold once, since that is what a person waits for; then the median of nine. */
async function parseTimes(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, path] of [
    ["suburb", SUBURB],
    ["square", SQUARE],
  ] as const) {
    if (!existsSync(path)) continue;
    const bytes = new Uint8Array(readFileSync(path));
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const began = processor();
      await readMap(bytes);
      times.push((processor() - began) * 1_000);
    }
    rows.push(
      row(`${name}: file to model, first time`, "ms", times[0]!),
      row(`${name}: file to model, warm`, "ms", median(times.slice(1))),
    );
  }
  return rows;
}

async function city(columns: number, rows: number): Promise<{ map: MapModel; modelS: number }> {
  const { store, bounds } = await tiledStore(SUBURB, columns, rows);
  const [map, modelS] = timed(() => modelOf(store, { bounds }));
  return { map, modelS };
}

function sightOver(map: MapModel, obstacles: Obstacles, xy: Float64Array, wanted: number, judged: number): BenchReport {
  const [points, pointsS] = timed(() => pointsOf(xy, CHECK_M, obstacles));
  const sight = new Sight(obstacles, points);
  const mounts = mountsOn(xy, wanted, sight);
  let pairs = 0;
  const [, sightS] = timed(() => {
    for (const mount of mounts) pairs += sight.from(mount, REACH_M);
  });
  const plain = plainTest(
    map,
    mounts.filter((_, i) => i % Math.ceil(mounts.length / judged) === 0),
    xy,
    sight,
  );
  const naiveS = (plain.seconds / plain.mounts) * mounts.length;
  return {
    rows: [
      row("city: points put in order", "s", pointsS),
      row(`sight from ${mounts.length} mounts`, "s", sightS, {
        baseline: { name: "plain test, from its share", value: naiveS },
        goal: { of: "ours", atMost: 3 },
      }),
      row(`pairs wrong, of ${plain.pairs}`, "", plain.wrong, { goal: { of: "ours", atMost: 0 } }),
    ],
    notes: [
      `${pairs} pairs see each other; the plain test judged ${plain.mounts} mounts in ${plain.seconds.toFixed(1)} s.`,
    ],
  };
}

/** Beside the ground, spread over the city, none inside a wall. */
function mountsOn(xy: Float64Array, wanted: number, sight: Sight): Mount[] {
  const mounts: Mount[] = [];
  for (let i = 0; mounts.length < wanted; i++) {
    const at = 2 * Math.floor(((i * 0.618_033_988_749) % 1) * (xy.length / 2));
    const mount = { x: xy[at]! + 0.7, y: xy[at + 1]! + 0.3, heightM: 4 + (i % 3) / 2 };
    try {
      sight.from(mount, 1);
      mounts.push(mount);
    } catch (thrown) {
      if (!(thrown instanceof OvertError) || thrown.code !== "MOUNT_IN_WALL") throw thrown;
    }
  }
  return mounts;
}

function plainTest(map: MapModel, mounts: readonly Mount[], xy: Float64Array, sight: Sight) {
  const bodies = bodiesOf(map).map((body: Body) => ({ body, box: boxOf(body.rings[0]!) }));
  let [pairs, wrong, seconds] = [0, 0, 0];
  for (const mount of mounts) {
    const seen = new Set(sight.seen.subarray(0, sight.from(mount, REACH_M)));
    const [answers, took] = timed(() => {
      const reach = {
        minX: mount.x - REACH_M,
        minY: mount.y - REACH_M,
        maxX: mount.x + REACH_M,
        maxY: mount.y + REACH_M,
      };
      const near = bodies.filter(({ box }) => boxesMeet(box, reach)).map(({ body }) => body);
      const out: [number, boolean][] = [];
      for (let p = 0; p < xy.length / 2; p++) {
        const [x, y] = [xy[2 * p]!, xy[2 * p + 1]!];
        if ((x - mount.x) ** 2 + (y - mount.y) ** 2 <= REACH_M * REACH_M)
          out.push([p, naivelySees(near, mount, { x, y, heightM: CHECK_M })]);
      }
      return out;
    });
    seconds += took;
    pairs += answers.length;
    wrong += answers.filter(([p, sees]) => sees !== seen.has(p)).length;
  }
  return { mounts: mounts.length, pairs, wrong, seconds };
}

function viewshedsOver(map: MapModel, obstacles: Obstacles, xy: Float64Array, count: number): BenchRow[] {
  const sheds = new Viewsheds(obstacles, map.privateSpaces);
  const times: number[] = [];
  for (let i = 0; times.length < count; i++) {
    const at = 2 * Math.floor(((i * 0.618_033_988_749) % 1) * (xy.length / 2));
    const began = processor();
    try {
      sheds.of(viewAt(xy[at]! + 0.7, xy[at + 1]! + 0.3, i));
      times.push(processor() - began);
    } catch (thrown) {
      if (!(thrown instanceof OvertError) || thrown.code !== "MOUNT_IN_WALL") throw thrown;
    }
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  return [
    row(`${count} viewsheds with seven zones and private spaces`, "s", total, { goal: { of: "ours", atMost: 5 } }),
    row("one edited camera: median", "ms", median(times) * 1_000),
    row("one edited camera: slowest", "ms", Math.max(...times) * 1_000, { goal: { of: "ours", atMost: 50 } }),
  ];
}

const viewAt = (x: number, y: number, i: number): CameraView => ({
  x,
  y,
  heightM: 4 + (i % 3),
  panDeg: (i * 77) % 360,
  tiltDeg: 10 + (i % 20),
  rollDeg: 0,
  lens: { widthPx: 3_840, heightPx: 2_160, horizontalDeg: 35 + ((i * 13) % 70), verticalDeg: null, k1: null },
});

/** Seconds of processor time so far. */
function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function timed<T>(act: () => T): [T, number] {
  const began = processor();
  const result = act();
  return [result, processor() - began];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
