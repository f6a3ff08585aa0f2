import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CameraId, cameraId, type Instant, instant, seconds } from "@overt/core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FakeRecorder, startFakeRecorder } from "../fake-recorder.ts";
import { type Client, OPERATOR, startLoggedIn, type TestCentre, type TestPage } from "../test-centre.ts";

const bridge = cameraId("cam-1");
const square = cameraId("cam-2");
const SMALL = { cameras: 2, width: 160, height: 120 };

let directory: string;
let socketPath: string;
let recorder: FakeRecorder;
let centre: TestCentre;
let pages: TestPage[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "overt-socket-"));
  socketPath = join(directory, "recorder.sock");
  recorder = await startFakeRecorder({ ...SMALL, socketPath });
  centre = await startLoggedIn({ recorders: [{ name: "old-town", socketPath }] });
  await open().reply("status", (status) => status.recorders[0]?.connected === true);
});
afterEach(() => {
  for (const page of pages) page.socket.terminate();
  pages = [];
});
afterAll(async () => {
  await centre.close();
  await recorder.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(client: Client = centre.client): TestPage {
  const page = client.page();
  pages.push(page);
  return page;
}

const livePictures = (page: TestPage, camera: CameraId) =>
  page.pictures.filter((picture) => picture.camera === camera && picture.stream === 0);

/** A span of recorded pictures without a gap of the fake recorder in it. */
async function recordedSpan(
  page: TestPage,
  camera: CameraId,
  lengthMs: number,
): Promise<{ from: Instant; to: Instant }> {
  await page.reply("status");
  const to = instant(Date.now());
  page.say({ op: "timeline", id: 9_999, camera, from: instant(to - seconds(1_800)), to });
  const { timeline } = await page.reply("timeline", ({ id }) => id === 9_999);
  const long = timeline.anonymised.segments.find((segment) => segment.to - segment.from > lengthMs + 4_000);
  if (!long) throw new Error("The fake recorder has no span that is long enough.");
  // 300 ms past a key picture, so that a read has to reach back.
  const from = instant(Math.ceil(long.from / 2_000) * 2_000 + 2_300);
  return { from, to: instant(from + lengthMs) };
}

describe("a page's socket", () => {
  test("hears the status of every recorder first", async () => {
    const page = open();
    const first = await page.until(({ replies }) => replies[0]);
    expect(first).toMatchObject({ kind: "status", recorders: [{ connected: true, status: { recorder: "fake-1" } }] });
  });

  test("shows live pictures from a key picture on, in order, and only of the cameras it watches", async () => {
    const page = open();
    await page.reply("status");
    page.say({ op: "watch", cameras: [bridge] });
    await page.until((p) => (livePictures(p, bridge).length > 25 ? true : undefined));
    const pictures = livePictures(page, bridge);
    expect(pictures[0]?.key).toBe(true);
    const steps = pictures.slice(1).map((picture, n) => picture.at - (pictures[n]?.at ?? 0));
    expect(new Set(steps)).toEqual(new Set([100]));
    expect(page.pictures).toHaveLength(pictures.length);
  });

  test("a second page of the same camera starts with the group under way, without a second watch at the recorder", async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.reply("status"), two.reply("status")]);
    one.say({ op: "watch", cameras: [bridge] });
    await one.until((p) => (livePictures(p, bridge).length > 0 ? true : undefined));
    const { watch } = recorder.asked;
    two.say({ op: "watch", cameras: [bridge] });
    const first = await two.until((p) => livePictures(p, bridge)[0]);
    expect(first.key).toBe(true);
    expect(recorder.asked.watch).toBe(watch);
    two.say({ op: "watch", cameras: [square] });
    await two.until((p) => livePictures(p, square)[0]);
    expect([...recorder.watched].sort()).toEqual([bridge, square]);
  });

  test("stops the recorder's live pictures when the last page has gone", async () => {
    const page = open();
    await page.reply("status");
    page.say({ op: "watch", cameras: [square] });
    await page.until((p) => livePictures(p, square)[0]);
    page.socket.terminate();
    const observer = open();
    await expect.poll(() => [...recorder.watched]).toEqual([]);
    expect(livePictures(observer, square)).toEqual([]);
  });

  test("reads recorded pictures under its own number, once each, from the key picture before the span", async () => {
    const page = open();
    const span = await recordedSpan(page, bridge, 10_000);
    page.say({ op: "read", id: 41, camera: bridge, ...span });
    await page.reply("done", ({ id }) => id === 41);
    const pictures = page.pictures.filter(({ stream }) => stream === 41);
    expect(pictures[0]).toMatchObject({ key: true, at: span.from - 300 });
    expect(pictures.map(({ at }) => at)).toEqual(Array.from({ length: 103 }, (_, n) => span.from - 300 + n * 100));
    expect(recorder.asked.read).toBeGreaterThan(2);
  });

  test("sees in the recording what it would have seen live", async () => {
    const page = open();
    await page.reply("status");
    page.say({ op: "watch", cameras: [bridge] });
    const live = await page.until((p) => livePictures(p, bridge).at(5));
    page.say({ op: "watch", cameras: [] });
    page.say({ op: "read", id: 1, camera: bridge, from: live.at, to: instant(live.at + 1) });
    await page.reply("done", ({ id }) => id === 1);
    const recorded = page.pictures.find(({ stream, at }) => stream === 1 && at === live.at);
    expect(recorded?.accessUnit).toEqual(live.accessUnit);
  });

  test("gets a still, and the timeline with its gaps and causes", async () => {
    const page = open();
    const { from } = await recordedSpan(page, bridge, 1_000);
    page.say({ op: "still", id: 7, camera: bridge, at: from });
    await page.reply("done", ({ id }) => id === 7);
    expect(page.pictures).toMatchObject([{ stream: 7, key: true, at: from - 300 }]);
    const { timeline } = await page.reply("timeline");
    expect(timeline.anonymised.gaps.length).toBeGreaterThan(1);
    expect(timeline.anonymised.gaps[0]?.cause).toEqual(expect.any(String));
  });

  test("is told at once of a camera that nobody knows, and stays open", async () => {
    const page = open();
    await page.reply("status");
    page.say({ op: "read", id: 3, camera: cameraId("nowhere"), from: instant(0), to: instant(1) });
    expect(await page.reply("refused")).toMatchObject({ id: 3, problem: { code: "CAMERA_UNKNOWN" } });
    page.say({ op: "still", id: 4, camera: bridge, at: instant(Date.now()) });
    await page.reply("done", ({ id }) => id === 4);
  });

  test("gets nothing more of a read that it cancelled", async () => {
    const page = open();
    const span = await recordedSpan(page, bridge, 60_000);
    page.say({ op: "read", id: 5, camera: bridge, ...span });
    await page.until(({ pictures }) => pictures.find(({ stream }) => stream === 5));
    page.say({ op: "cancel", request: 5 });
    page.say({ op: "still", id: 6, camera: square, at: span.from });
    await page.reply("done", ({ id }) => id === 6);
    const before = page.pictures.length;
    page.say({ op: "still", id: 8, camera: square, at: span.from });
    await page.reply("done", ({ id }) => id === 8);
    expect(page.pictures.slice(before).filter(({ stream }) => stream === 5)).toEqual([]);
    expect(page.replies.filter((reply) => reply.kind === "done" && reply.id === 5)).toEqual([]);
    expect(page.pictures.filter(({ stream }) => stream === 5).length).toBeLessThan(600);
  });
});

describe("ops-08: each reason to close is said before the close", () => {
  test("without a log-in", async () => {
    const stranger = open(centre.client.fresh());
    expect(await stranger.ended()).toEqual({ code: 4401, problem: "NOT_LOGGED_IN" });
    expect(stranger.replies).toHaveLength(1);
    expect(stranger.pictures).toEqual([]);
  });

  test.each([
    ["another port of this machine", "https://localhost:1"],
    ["another site", "https://evil.example"],
  ])("from a page of %s, with a good cookie", async (_case, origin) => {
    const client = centre.client.fresh();
    client.cookie = centre.client.cookie;
    client.origin = origin;
    const page = open(client);
    expect(await page.ended()).toEqual({ code: 4403, problem: "ORIGIN_REFUSED" });
    expect(page.replies).toHaveLength(1);
  });

  test.each([["{"], ['{"op":"erase"}'], ['{"op":"watch","cameras":["../x"]}']])(
    "after a message like %s",
    async (text) => {
      const page = open();
      await page.reply("status");
      page.socket.send(text);
      expect(await page.ended()).toEqual({ code: 4400, problem: "MESSAGE_INVALID" });
    },
  );

  test("when its session logs out", async () => {
    const client = centre.client.fresh();
    await client.send("POST", "/api/login", OPERATOR);
    const page = open(client);
    await page.reply("status");
    await client.send("POST", "/api/logout");
    expect(await page.ended()).toEqual({ code: 4401, problem: "SESSION_ENDED" });
  });

  test("when its session has reached its end, however busy the page is", async () => {
    const other = await startLoggedIn();
    const page = open(other.client);
    await page.reply("status");
    other.pass(12 * 3_600_000);
    expect(await page.ended()).toEqual({ code: 4401, problem: "SESSION_ENDED" });
    await other.close();
  });

  test("when the centre stops", async () => {
    const other = await startLoggedIn();
    const page = open(other.client);
    await page.reply("status");
    const [ended] = await Promise.all([page.ended(), other.close()]);
    expect(ended).toEqual({ code: 1001, problem: "CENTRE_STOPPING" });
  });
});

test("a recorder that dies is shown as gone with what was last heard, and comes back by itself", async () => {
  const path = join(directory, "second.sock");
  const first = await startFakeRecorder({ ...SMALL, cameras: 1, socketPath: path });
  const other = await startLoggedIn({ recorders: [{ name: "second", socketPath: path }] });
  const page = open(other.client);
  await page.reply("status", ({ recorders }) => recorders[0]?.connected === true);
  page.say({ op: "watch", cameras: [bridge] });
  await page.until((p) => livePictures(p, bridge)[0]);
  await first.close();
  const gone = await page.reply("status", ({ recorders }) => recorders[0]?.connected === false);
  expect(gone.recorders[0]?.status.cameras).toHaveLength(1);
  page.say({ op: "still", id: 1, camera: bridge, at: instant(Date.now()) });
  expect(await page.reply("refused")).toMatchObject({ problem: { code: "RECORDER_GONE" } });
  const timeline = await other.client.send("GET", "/api/cameras/cam-1/timeline?from=0&to=1");
  expect([timeline.status, timeline.json().code]).toEqual([503, "RECORDER_GONE"]);
  const second = await startFakeRecorder({ ...SMALL, cameras: 1, socketPath: path });
  const seen = page.replies.length;
  await page.until(({ replies }) =>
    replies.slice(seen).find((reply) => reply.kind === "status" && reply.recorders[0]?.connected),
  );
  const last = livePictures(page, bridge).at(-1)?.at ?? 0;
  await page.until((p) => livePictures(p, bridge).find(({ at }) => at > last + 500));
  await other.close();
  await second.close();
});

test("a recorder that was never heard of is listed with what to do", async () => {
  const other = await startLoggedIn({ recorders: [{ name: "nowhere", socketPath: join(directory, "none.sock") }] });
  const { recorders } = (await other.client.send("GET", "/api/recorders")).json<{ recorders: unknown[] }>();
  expect(recorders).toMatchObject([{ name: "nowhere", connected: false, status: null }]);
  await other.close();
});
