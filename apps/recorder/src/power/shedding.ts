import type { Track } from "@overt/core";
import type { PowerRung } from "@overt/rules";
import { LEAST_FULL_FPS } from "../anonymiser/admission.ts";
import type { AnonymiserPool } from "../anonymiser/index.ts";
import type { CameraRecorder } from "../camera/camera-recorder.ts";
import type { LiveHub } from "../live/hub.ts";

/**
 * What the recorder gives up while energy is short. Displays and infrared are not its own: the status names them, for
 * consoles and cameras to follow. Nothing here lets a picture past the detector: there are fewer, and then none.
 */
export function shed(
  rungs: ReadonlySet<PowerRung>,
  { pool, hub, cameras }: { pool: AnonymiserPool; hub: LiveHub; cameras: Iterable<CameraRecorder> },
): void {
  pool.limitFps(rungs.has("frame_rate") ? LEAST_FULL_FPS : Number.POSITIVE_INFINITY);
  hub.setShown(!rungs.has("live_view"));
  const tracks = new Set<Track>((["anonymised", "original"] as const).filter((track) => rungs.has(track)));
  for (const camera of cameras) camera.shed(tracks);
}
