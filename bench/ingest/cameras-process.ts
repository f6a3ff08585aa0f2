import { asOvertError } from "@overt/core";
import { parentPeer } from "@overt/recorder/process/child";
import { runCameras, type SimCamera } from "@overt/sim";
import type { CamerasQuestion, Sent } from "./cameras.ts";

let cameras: readonly SimCamera[] = [];

const parent = parentPeer();
parent.onFrame((frame) => {
  const question = frame.head as CamerasQuestion;
  if ("sentBy" in question) {
    const units = cameras[question.sentBy]?.sentAccessUnits("main") ?? [];
    const sent = units.map(({ hash, sentMs }): Sent => [hash, sentMs]);
    parent.answer(frame, { sent });
    return;
  }
  if ("faults" in question) {
    Promise.resolve(cameras[question.camera]?.setFault(question.faults)).then(
      () => parent.answer(frame),
      (thrown: unknown) => parent.refuse(frame, asOvertError(thrown)),
    );
    return;
  }
  runCameras(question.start).then(
    (started) => {
      cameras = started.cameras;
      parent.answer(frame, { urls: cameras.map((camera) => ({ main: camera.url("main"), sub: camera.url("sub") })) });
    },
    (thrown: unknown) => parent.refuse(frame, asOvertError(thrown)),
  );
});
