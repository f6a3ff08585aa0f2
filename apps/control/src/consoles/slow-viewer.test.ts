import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId } from "@overt/core";
import { expect, test } from "vitest";
import { startFakeRecorder } from "../fake-recorder.ts";
import { startLoggedIn } from "../test-centre.ts";

test("rec-09: a viewer that sleeps loses whole groups, then its socket; one beside it loses nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "overt-slow-"));
  const socketPath = join(directory, "recorder.sock");
  // 4 MB/s: more than the kernel's buffers of a socket hold for long.
  const recorder = await startFakeRecorder({ socketPath, cameras: 1, width: 160, height: 120, paddingBytes: 400_000 });
  const centre = await startLoggedIn({ recorders: [{ name: "one", socketPath }] });
  const camera = cameraId("cam-1");
  const [awake, drowsy] = [centre.client.page(), centre.client.page()];
  for (const page of [awake, drowsy]) {
    await page.reply("status", ({ recorders }) => recorders[0]?.connected === true);
    page.say({ op: "watch", cameras: [camera] });
    await page.until(({ pictures }) => pictures[0]);
  }

  drowsy.socket.pause();
  const from = awake.pictures.length;
  await awake.until(({ pictures }) => (pictures.length > from + 80 ? true : undefined));
  drowsy.socket.resume();
  const delayed = await drowsy.reply("delayed");
  expect(delayed).toMatchObject({ camera, droppedPictures: expect.any(Number) });
  const known = drowsy.pictures.length;
  const newest = () => awake.pictures.at(-1)?.at ?? 0;
  await drowsy.until(({ pictures }) => pictures.slice(known).find(({ at }) => at >= newest()));
  for (const [n, picture] of drowsy.pictures.entries())
    if (!picture.key) expect(picture.at - (drowsy.pictures[n - 1]?.at ?? 0)).toBe(100);
  expect(drowsy.pictures.length).toBeLessThan(awake.pictures.length);

  drowsy.socket.pause();
  const again = awake.pictures.length;
  await awake.until(({ pictures }) => (pictures.length > again + 40 ? true : undefined));
  centre.pass(31_000);
  await awake.until(({ pictures }) => (pictures.length > again + 60 ? true : undefined));
  drowsy.socket.resume();
  expect(await drowsy.ended()).toEqual({ code: 4408, problem: "VIEWER_ASLEEP" });

  const steps = awake.pictures.slice(1).map((picture, n) => picture.at - (awake.pictures[n]?.at ?? 0));
  expect(new Set(steps)).toEqual(new Set([100]));
  expect(awake.replies.filter(({ kind }) => kind === "delayed")).toEqual([]);
  awake.socket.terminate();
  await centre.close();
  await recorder.close();
  rmSync(directory, { recursive: true, force: true });
});
