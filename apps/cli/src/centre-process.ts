/** The centre as a child: configured by the first frame on file descriptor 3, and ending with that connection. */
import { type Control, type ControlOptions, startControl } from "@overt/control";
import { asOvertError } from "@overt/core";
import { parentPeer } from "@overt/recorder/process/child";

let control: Control | null = null;

async function end(): Promise<void> {
  await control?.close();
  process.exit(0);
}

const parent = parentPeer(() => void end());
parent.onFrame((frame) => {
  startControl((frame.head as { config: ControlOptions }).config).then(
    (started) => {
      control = started;
      const { url, setupLink, caFingerprint } = started;
      parent.answer(frame, { url, setupLink, caFingerprint });
    },
    (thrown: unknown) => parent.refuse(frame, asOvertError(thrown)),
  );
});

process.once("SIGTERM", () => void end());
