/** The demo's cameras as a child: in a process of their own, as cameras are. */
import { asOvertError } from "@overt/core";
import { parentPeer } from "@overt/recorder/process/child";
import { type CameraOptions, startCamera } from "@overt/sim";

const parent = parentPeer();
parent.onFrame((frame) => {
  const { cameras } = (frame.head as { config: { cameras: CameraOptions[] } }).config;
  Promise.all(cameras.map((camera) => startCamera(camera))).then(
    (started) =>
      parent.answer(frame, {
        cameras: started.map((camera) => ({ main: camera.url("main"), sub: camera.url("sub") })),
      }),
    (thrown: unknown) => parent.refuse(frame, asOvertError(thrown)),
  );
});
