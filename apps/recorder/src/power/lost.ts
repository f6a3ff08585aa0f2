import type { CameraId, DurationMs, Instant, Track } from "@overt/core";
import { lostInMs, type Outage } from "@overt/rules";
import type { StoreClient } from "../store/client.ts";

/** What of the site's cameras was not recorded because of an outage, summed over them. */
export async function countLost(
  store: StoreClient,
  cameras: Iterable<CameraId>,
  outage: Outage,
  now: Instant,
): Promise<Readonly<Record<Track, DurationMs>>> {
  const lost = { original: 0, anonymised: 0 };
  for (const camera of cameras)
    for (const track of ["original", "anonymised"] as const) {
      const { gaps } = await store.timeline(camera, track, outage.start, now);
      lost[track] += lostInMs(outage, gaps, now);
    }
  return lost;
}
