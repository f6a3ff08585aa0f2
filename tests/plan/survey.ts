import { type CameraView, groundPointsOf, obstaclesOf, pointsOf, readMap, Sight, Viewsheds } from "@overt/plan";

/** What a planner's worker is asked first: a map, what a mount sees, and a camera's ground. */
export async function survey(bytes: Uint8Array) {
  const map = await readMap(bytes);
  const obstacles = obstaclesOf(map);
  const xy = groundPointsOf(map, 2);
  const sight = new Sight(obstacles, pointsOf(xy, 1.5, obstacles));
  const seen = sight.from({ x: 0, y: 0, heightM: 5 }, 90);
  const viewshed = new Viewsheds(obstacles, map.privateSpaces).of(CAMERA);
  return {
    buildings: map.buildings.length,
    posts: map.posts,
    points: xy.length / 2,
    seen: [...sight.seen.subarray(0, seen)],
    zones: viewshed.zones.map(({ level, areaM2 }) => ({ level, areaM2 })),
    privateM2: viewshed.privateM2,
  };
}

const CAMERA: CameraView = {
  x: 0,
  y: 0,
  heightM: 5,
  panDeg: 45,
  tiltDeg: 15,
  rollDeg: 0,
  lens: { widthPx: 1_920, heightPx: 1_080, horizontalDeg: 90, verticalDeg: null, k1: null },
};

if ("WorkerGlobalScope" in globalThis)
  addEventListener("message", async ({ data }: MessageEvent<Uint8Array>) => postMessage(await survey(data)));
