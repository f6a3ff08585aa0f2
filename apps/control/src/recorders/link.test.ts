import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraId, concatBytes, type Instant, instant } from "@overt/core";
import { encodeFrame, FrameReader, type Problem } from "@overt/link";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startFakeRecorder } from "../fake-recorder.ts";
import { Fleet } from "./fleet.ts";
import { RecorderLink, type RecorderView } from "./link.ts";
import { splitPictures } from "./pictures.ts";

const bridge = cameraId("cam-1");
const now = (): Instant => instant(Date.now());
let directory: string;
let socketPath: string;
let link: RecorderLink | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "overt-recorder-link-"));
  socketPath = join(directory, "recorder.sock");
});
afterEach(() => {
  link?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A link whose views can be waited for. */
function open(timing = { askStatusEveryMs: 20, silentAfterMs: 300 }) {
  let wake = () => {};
  const made = new RecorderLink(
    { name: "one", socketPath },
    { live: () => wake(), changed: () => wake(), log: () => {} },
    now,
    timing,
  );
  link = made;
  const until = async (fits: (view: RecorderView) => boolean) => {
    while (!fits(made.view()))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return made.view();
  };
  return { link: made, until };
}

async function listen(onConnection: (socket: Socket, count: number) => void): Promise<Server> {
  let count = 0;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    onConnection(socket, ++count);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return server;
}

const junk: [string, Uint8Array][] = [
  ["garbage", new Uint8Array(64).fill(0x47)],
  ["a reply that it does not know", concatBytes(encodeFrame({ kind: "secret", id: 1 }))],
  ["a head that is no JSON", new Uint8Array([0, 0, 0, 6, 0, 0, 0, 2, 0x7b, 0x7b])],
];

test.each(junk)("a recorder that sends %s is let go, named, and tried again", async (_case, bytes) => {
  const again = Promise.withResolvers<void>();
  const server = await listen((socket, count) => {
    if (count > 1) again.resolve();
    socket.end(bytes);
  });
  const { link, until } = open();
  const view = await until(({ problem }) => problem !== null);
  expect(view).toMatchObject({ connected: false, problem: { code: "RECORDER_GONE" } });
  expect(view.problem?.message).toContain("one");
  await again.promise;
  link.close();
  server.close();
});

describe("with a recorder", () => {
  test("that hangs, who asked is refused, the link is shown as broken, and what was last heard is kept", async () => {
    const recorder = await startFakeRecorder({ socketPath, cameras: 1, width: 160, height: 120 });
    const { link, until } = open();
    await until(({ connected }) => connected);
    recorder.hang();
    const refused = new Promise<Problem>((resolve) =>
      link.ask({ op: "still", camera: bridge, at: now() }, { done: () => {}, refused: resolve }),
    );
    expect((await refused).code).toBe("RECORDER_GONE");
    const view = await until(({ connected }) => !connected);
    expect(view.status?.cameras).toHaveLength(1);
    expect(view.problem?.message).toContain("said nothing");
    await recorder.close();
  });

  test("whose disk hangs, who asked to read is refused, and the link stays", async () => {
    const recorder = await startFakeRecorder({ socketPath, cameras: 1, width: 160, height: 120 });
    const { link, until } = open();
    await until(({ connected }) => connected);
    recorder.hang("read");
    const refused = new Promise<Problem>((resolve) =>
      link.ask({ op: "read", camera: bridge, from: now(), to: now() }, { done: () => {}, refused: resolve }),
    );
    expect((await refused).code).toBe("RECORDER_SLOW");
    expect(link.view().connected).toBe(true);
    await recorder.close();
  });

  test("a cancelled question is answered with nothing", async () => {
    const recorder = await startFakeRecorder({ socketPath, cameras: 1, width: 160, height: 120 });
    const { link, until } = open();
    await until(({ connected }) => connected);
    const heard: string[] = [];
    const cancel = link.ask(
      { op: "read", camera: bridge, from: instant(now() - 60_000), to: now() },
      { picture: () => heard.push("picture"), done: () => heard.push("done"), refused: () => heard.push("refused") },
    );
    cancel();
    await new Promise<void>((resolve) =>
      link.ask({ op: "still", camera: bridge, at: now() }, { done: resolve, refused: () => {} }),
    );
    expect(heard).toEqual([]);
    expect(recorder.asked.cancel).toBe(1);
    await recorder.close();
  });
});

test("a frame of pictures that ends in the middle of one is refused", () => {
  const whole = new Uint8Array([0, 0, 0, 2, 7, 7, 0, 0, 0, 1, 8]);
  expect([...splitPictures(whole)].map((bytes) => [...bytes])).toEqual([[7, 7], [8]]);
  for (let length = 1; length < whole.length; length++)
    if (length !== 6) expect(() => [...splitPictures(whole.subarray(0, length))]).toThrow(/middle/);
});

test("a recording that is damaged costs its asker alone, and a live picture nobody", async () => {
  const recorder = await startFakeRecorder({ socketPath: `${socketPath}.real`, cameras: 1, width: 160, height: 120 });
  const real = new Fleet([{ name: "real", socketPath: `${socketPath}.real` }], now, () => {});
  await expect.poll(() => real.views()[0]?.connected).toBe(true);
  const status = real.views()[0]?.status;
  real.close();
  await recorder.close();
  const server = await listen((socket) => {
    const reader = new FrameReader();
    socket.on("data", (chunk: Buffer) => {
      for (const { head } of reader.push(chunk)) {
        const { op, id } = head as { op: string; id: number };
        if (op === "status") socket.write(concatBytes(encodeFrame({ kind: "status", id, status })));
        if (op === "watch") socket.write(concatBytes(encodeFrame({ kind: "live" }, [new Uint8Array([9, 9, 9])])));
        if (op === "still") socket.write(concatBytes(encodeFrame({ kind: "pictures", id }, [new Uint8Array([1, 2])])));
      }
    });
  });
  const logged: string[] = [];
  const fleet = new Fleet([{ name: "one", socketPath }], now, (message) => logged.push(message));
  const viewer = { live: () => {}, statusChanged: () => {} };
  fleet.join(viewer);
  await expect.poll(() => fleet.views()[0]?.connected).toBe(true);
  fleet.watch(viewer, [bridge]);
  await expect.poll(() => logged).toContain("A live picture cannot be read.");
  const problem = await new Promise<Problem>((refused) =>
    fleet.linkOf(bridge).ask({ op: "still", camera: bridge, at: now() }, { done: () => {}, refused }),
  );
  expect(problem.code).toBe("FRAME_INVALID");
  expect(fleet.views()[0]?.connected).toBe(true);
  fleet.close();
  server.close();
});
