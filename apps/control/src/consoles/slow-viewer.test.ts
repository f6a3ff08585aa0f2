import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, instant } from "@overt/core";
import { expect, test } from "vitest";
import { startFakeRecorder } from "../fake-recorder.ts";
import { startLoggedIn } from "../test-centre.ts";

// Both fill real sockets in real time.
const TIMEOUT_MS = 90_000;

test(
  "rec-09: a viewer that sleeps loses whole groups, then its socket; one beside it loses nothing",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "overt-slow-"));
    const socketPath = join(directory, "recorder.sock");
    // 4 MB/s: more than the kernel's buffers of a socket hold for long.
    const recorder = await startFakeRecorder({
      socketPath,
      cameras: 1,
      width: 160,
      height: 120,
      paddingBytes: 400_000,
    });
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
  },
  TIMEOUT_MS,
);

test(
  "a read of a minute waits for a page that does not take it, and holds up nobody",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "overt-slow-"));
    const socketPath = join(directory, "recorder.sock");
    const recorder = await startFakeRecorder({ socketPath, cameras: 2, width: 160, height: 120, paddingBytes: 50_000 });
    const centre = await startLoggedIn({ recorders: [{ name: "one", socketPath }] });
    const [reader, watcher] = [centre.client.page(), centre.client.page()];
    for (const page of [reader, watcher])
      await page.reply("status", ({ recorders }) => recorders[0]?.connected === true);

    const to = instant(Math.floor(Date.now() / 2_000) * 2_000 - 2_000);
    const from = instant(to - 60_000);
    reader.socket.pause();
    for (const [id, camera] of [
      [1, cameraId("cam-1")],
      [2, cameraId("cam-2")],
    ] as const)
      reader.say({ op: "read", id, camera, from, to });
    watcher.say({ op: "watch", cameras: [cameraId("cam-1")] });
    await watcher.until(({ pictures }) => (pictures.length > 40 ? true : undefined));
    const { read = 0 } = recorder.asked;

    reader.socket.resume();
    for (const id of [1, 2]) {
      await reader.reply("done", (reply) => reply.id === id);
      const times = reader.pictures.filter(({ stream }) => stream === id).map(({ at }) => at);
      expect(times).toEqual(Array.from({ length: 600 }, (_, n) => from + n * 100));
    }
    expect(recorder.asked.read).toBeGreaterThan(2 * read);
    expect(watcher.replies.filter(({ kind }) => kind === "delayed")).toEqual([]);
    for (const page of [reader, watcher]) page.socket.terminate();
    await centre.close();
    await recorder.close();
    rmSync(directory, { recursive: true, force: true });
  },
  TIMEOUT_MS,
);
