import { expect, test } from "vitest";
import { simCamera } from "./sim-camera.ts";

test.each([
  [{ video: "a.mp4", scene: "market" }, "SIM_OPTION"],
  [{ codec: "av1" }, "SIM_OPTION"],
  [{ count: 0 }, "SIM_OPTION"],
  [{ port: 65_530, count: 10 }, "SIM_OPTION"],
  [{ scene: "moon" }, "SIM_SCENE_UNKNOWN"],
  [{ fault: ["tired"], seconds: 1 }, "SIM_FAULT_UNKNOWN"],
  [{ video: "there-is-no-such-file.mp4" }, "SIM_VIDEO_UNREADABLE"],
] as const)("%j is refused with %s and a hint", async (options, code) => {
  await expect(simCamera(options)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w+/) });
});
