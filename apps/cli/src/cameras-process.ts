/** The demo's cameras as a child: in a process of their own, as cameras are, and with a plug of their own. */
import { asOvertError } from "@overt/core";
import { parentPeer } from "@overt/recorder/process/child";
import { type CameraOptions, type SimCamera, startCamera } from "@overt/sim";

/** What it is asked: first its configuration, then what becomes of its power. */
export type CamerasQuestion =
  | { readonly config: { readonly cameras: readonly CameraOptions[] } }
  | { readonly power: "off" | "on" };
export interface CamerasAnswer {
  readonly cameras: readonly { readonly main: string; readonly sub: string }[];
}

let options: readonly CameraOptions[] = [];
let cameras: SimCamera[] = [];

const parent = parentPeer();
parent.onFrame((frame) => {
  answer(frame.head as CamerasQuestion).then(
    (answered) => parent.answer(frame, answered),
    (thrown: unknown) => parent.refuse(frame, asOvertError(thrown)),
  );
});

async function answer(question: CamerasQuestion): Promise<CamerasAnswer> {
  if ("config" in question) options = question.config.cameras;
  if ("power" in question && question.power === "off") {
    await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
  } else if (cameras.length === 0) {
    cameras = await Promise.all(options.map((camera) => startCamera(camera)));
    // Where they were found once they are found again.
    options = options.map((camera, i) => ({ ...camera, port: cameras[i]?.port ?? 0 }));
  }
  return { cameras: cameras.map((camera) => ({ main: camera.url("main"), sub: camera.url("sub") })) };
}
