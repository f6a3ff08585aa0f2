import type { CameraId, DurationMs, Instant, Track } from "@overt/core";
import { lossSpan, lostInMs, type Outage } from "@overt/rules";
import type { Volumes } from "../store/volumes.ts";

/**
 * What of the site's cameras was not recorded because of an outage, summed over them.
 *
 * @returns null as long as a volume is away: the gaps that it knows of would be missing
 */
export async function countLost(
  volumes: Pick<Volumes, "timeline">,
  cameras: Iterable<CameraId>,
  outage: Outage,
  now: Instant,
): Promise<Readonly<Record<Track, DurationMs>> | null> {
  const { from, to } = lossSpan(outage, now);
  const lost = { original: 0, anonymised: 0 };
  for (const camera of cameras) {
    const timeline = await volumes.timeline(camera, from, to);
    if (timeline.away.length > 0) return null;
    for (const track of ["original", "anonymised"] as const) lost[track] += lostInMs(outage, timeline[track].gaps, now);
  }
  return lost;
}
