import type { CameraId, DurationMs, Instant, Track } from "@overt/core";
import { lostInMs, type Outage } from "@overt/rules";
import type { Volumes } from "../store/volumes.ts";

/** What of the site's cameras was not recorded because of an outage, summed over them. */
export async function countLost(
  volumes: Pick<Volumes, "timeline">,
  cameras: Iterable<CameraId>,
  outage: Outage,
  now: Instant,
): Promise<Readonly<Record<Track, DurationMs>>> {
  const lost = { original: 0, anonymised: 0 };
  for (const camera of cameras) {
    const timeline = await volumes.timeline(camera, outage.start, now);
    for (const track of ["original", "anonymised"] as const) lost[track] += lostInMs(outage, timeline[track].gaps, now);
  }
  return lost;
}
