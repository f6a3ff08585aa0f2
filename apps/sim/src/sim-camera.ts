import { tmpdir } from "node:os";
import { join } from "node:path";
import { OvertError } from "@overt/core";
import type { SimCameras } from "./cameras.ts";
import { runCameras } from "./cameras.ts";
import { scenePlan } from "./scene/scenes.ts";

/** `overt sim camera`, as its options come from a command line. */
export interface SimCameraOptions {
  readonly video?: string;
  readonly scene?: string;
  readonly codec?: string;
  readonly host?: string;
  /** Of the first camera; the others follow. */
  readonly port?: number;
  readonly count?: number;
  readonly fault?: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** Length of the loop in seconds. */
  readonly seconds?: number;
  /** Draw and encode when pictures are due, with a time code of now. */
  readonly realtime?: boolean;
  readonly cacheDir?: string;
}

/** Where prepared streams lie unless something else is said: they can be made again at any time. */
export const DEFAULT_CACHE_DIR = join(tmpdir(), "overt-sim-cache");

/**
 * Starts the cameras of one `overt sim camera`. Without a video and a scene, each camera shows another scene.
 *
 * @throws OvertError `SIM_OPTION` for what cannot be, and as `startCamera`.
 */
export async function simCamera(options: SimCameraOptions): Promise<SimCameras> {
  const { video, scene, codec = "h264", host, port = 8554, count = 1, fault = [], user, password, seconds } = options;
  if (video !== undefined && scene !== undefined)
    throw new OvertError("SIM_OPTION", "A camera shows a video or a scene, not both.", {
      hint: "Leave out --video or --scene.",
    });
  if (codec !== "h264" && codec !== "h265")
    throw new OvertError("SIM_OPTION", `There is no codec "${codec}".`, { hint: "Choose --codec h264 or h265." });
  if (!Number.isInteger(count) || count < 1 || count > 1000 || !(port >= 0 && port + count <= 65_536))
    throw new OvertError("SIM_OPTION", `${count} cameras cannot start at port ${port}.`, {
      hint: "Give --count from 1 to 1000 and a --port that leaves room for all of them.",
    });
  if (scene !== undefined) scenePlan(scene);
  return runCameras({
    count,
    codec,
    faults: fault,
    cacheDir: options.cacheDir ?? DEFAULT_CACHE_DIR,
    ...(port === 0 ? {} : { portBase: port }),
    ...(video === undefined ? {} : { sources: [{ video }] }),
    ...(scene === undefined ? {} : { sources: [{ scene }] }),
    ...(host === undefined ? {} : { host }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(options.realtime ? { realtime: true, marks: { timecode: true } } : {}),
  });
}
