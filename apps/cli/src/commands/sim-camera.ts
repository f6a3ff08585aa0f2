import { OvertError } from "@overt/core";
import { runCameras } from "@overt/sim/cameras";
import type { Output } from "../output.ts";
import { untilTold } from "./serve.ts";

export interface SimCameraOptions {
  readonly json?: boolean;
  readonly video?: string;
  readonly scene: string;
  readonly codec: string;
  readonly port: number;
  readonly count: number;
  readonly fault?: string[];
  readonly user?: string;
  readonly password?: string;
  readonly cache: string;
}

/** `overt sim camera`: cameras until the process is told to end. */
export async function simCamera(options: SimCameraOptions, output: Output): Promise<void> {
  const { codec, user, password } = options;
  if (codec !== "h264" && codec !== "h265")
    throw new OvertError("CODEC_UNSUPPORTED", `"${codec}" is no codec of these cameras.`, {
      hint: "Say h264 or h265.",
    });
  output.say("Preparing the pictures …");
  const { cameras, stop } = await runCameras({
    count: options.count,
    portBase: options.port,
    sources: [options.video === undefined ? { scene: options.scene } : { video: options.video }],
    codec,
    cacheDir: options.cache,
    faults: options.fault ?? [],
    ...(user === undefined ? {} : { user, password: password ?? "" }),
  });
  const urls = cameras.map((camera) => ({ main: camera.url("main"), sub: camera.url("sub") }));
  output.result({ cameras: urls }, urls.map(({ main, sub }) => `${main}  ${sub}`).join("\n"));
  await untilTold();
  await stop();
}
