import type { CameraOptions, SimCamera } from "./camera.ts";
import { DEFAULT_SECONDS, startCamera } from "./camera.ts";
import { SCENE_NAMES } from "./scene/scenes.ts";

export interface CamerasOptions extends Omit<CameraOptions, "name" | "port" | "source"> {
  readonly count: number;
  /** Camera N (from 0) answers at `portBase` + N; free ports when absent. */
  readonly portBase?: number;
  /** One for all, or one each, taken in turn; the scenes when absent. */
  readonly sources?: readonly CameraOptions["source"][];
}

export interface SimCameras {
  readonly cameras: readonly SimCamera[];
  stop(): Promise<void>;
}

/**
 * Many cameras in one process; those with the same source and encoding share their pictures and packets.
 *
 * @throws OvertError as {@link startCamera}; none is left running then.
 */
export async function runCameras(options: CamerasOptions): Promise<SimCameras> {
  const {
    count,
    portBase,
    seconds = DEFAULT_SECONDS,
    sources = SCENE_NAMES.map((scene) => ({ scene })),
    ...rest
  } = options;
  const cameras: SimCamera[] = [];
  const stop = async () => {
    await Promise.all(cameras.map((camera) => camera.stop()));
  };
  try {
    // Preparing shares the cores with drawing, so that a few at a time are as fast as all at once, in less memory.
    for (let n = 0; n < count; n += 2) {
      const batch = [n, n + 1].filter((number) => number < count);
      const started = await Promise.allSettled(
        batch.map((number) =>
          startCamera({
            ...rest,
            name: `cam${number + 1}`,
            source: sources[number % sources.length]!,
            seconds,
            // Real cameras are not in step: their key pictures come at any time.
            aheadMs: (number / count) * seconds * 1_000,
            ...(portBase === undefined ? {} : { port: portBase + number }),
          }),
        ),
      );
      for (const result of started) if (result.status === "fulfilled") cameras.push(result.value);
      for (const result of started) if (result.status === "rejected") throw result.reason;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { cameras, stop };
}
