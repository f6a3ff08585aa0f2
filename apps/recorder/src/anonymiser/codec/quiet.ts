import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";

/** FFmpeg prints to stderr by itself; what matters of it comes back as results. */
export function quietFfmpeg(): void {
  Log.setLevel(AV_LOG_FATAL);
}
