import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { days, instant, recorderId } from "@overt/core";
import { parseFragmentHead } from "@overt/seal";
import { afterEach, expect, test } from "vitest";
import { StoreClient, type StoreClientOptions } from "./client.ts";
import { EIGHT, SampleTrack } from "./sample.ts";

const clients: StoreClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientOf(more: Partial<StoreClientOptions> = {}): StoreClient {
  const client = new StoreClient({
    name: "a",
    directory: mkdtempSync(join(tmpdir(), "overt-store-")),
    recorder: recorderId("town-hall"),
    run: "run-1",
    trustedNow: () => EIGHT,
    rememberAt: null,
    limits: { commitMs: 20, reserveBytes: 0 },
    ...more,
  });
  clients.push(client);
  return client;
}

test("what is acknowledged is on the timeline and is read back as it was handed over", async () => {
  const client = clientOf();
  const camera = new SampleTrack();
  const envelope = camera.envelope();
  const records = camera.whole(4);
  for (const record of [envelope, ...records]) expect(await client.append([record])).toEqual({ stored: true });

  const to = instant(EIGHT + 2_000);
  expect(await client.timeline(camera.camera, "original", EIGHT, instant(EIGHT + 60_000))).toEqual({
    segments: [{ from: EIGHT, to, startsOnKeyPicture: true, clockOffsetMs: null }],
    gaps: [],
  });
  const pieces = await Array.fromAsync(client.read(camera.camera, "original", EIGHT, to));
  expect(pieces).toHaveLength(1);
  expect(pieces[0]?.envelope).toEqual(Buffer.from(envelope));
  expect(pieces[0]?.header).toEqual(Buffer.from(records[0]!));
  expect(pieces[0]?.fragments).toEqual(records.slice(1).map((record) => Buffer.from(record)));
});

test("a read begins with the last key picture at or before what is asked for", async () => {
  const client = clientOf();
  const camera = new SampleTrack();
  await client.append([camera.envelope(), ...camera.header(), camera.fragment("key"), camera.fragment("media")]);
  await client.append([camera.fragment("key"), camera.fragment("media"), camera.end()]);
  await client.append([...camera.header(false), camera.fragment("media"), camera.fragment("key")]);

  const counters = async (fromMs: number, toMs: number) =>
    (await Array.fromAsync(client.read(camera.camera, "original", instant(EIGHT + fromMs), instant(EIGHT + toMs)))).map(
      ({ fragments }) => fragments.map((record) => (parseFragmentHead(record) as { counter: number }).counter),
    );
  expect(await counters(600, 1_000)).toEqual([[0, 1, 2]]);
  expect(await counters(1_700, 2_100)).toEqual([
    [0, 3, 4, 5],
    [0, 1],
  ]);
  expect(await counters(2_600, 3_000)).toEqual([[0, 2]]);
});

test("two hours are read in steps, each segment once", async () => {
  const client = clientOf();
  const camera = new SampleTrack();
  await client.append([camera.envelope()]);
  const segments: string[] = [];
  while (camera.at < EIGHT + 7_200_000) {
    await client.append(camera.whole(60, 1_000, 100));
    segments.push(camera.segment);
  }
  const pieces = await Array.fromAsync(client.read(camera.camera, "original", instant(EIGHT + 1), camera.at));
  expect(pieces.map(({ segment }) => segment)).toEqual(segments);
});

test("a signal to the whole process group leaves the writer to its recorder", async () => {
  const client = clientOf();
  const camera = new SampleTrack();
  await client.append([camera.envelope(), ...camera.header()]);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(client.pid as number, signal);
  expect(await client.append([camera.fragment(), camera.end()])).toEqual({ stored: true });
  expect(client.restarts).toBe(0);
});

test("a question that is asked while the writer is started again waits for it", async () => {
  const client = clientOf();
  const camera = new SampleTrack();
  await client.append([camera.envelope(), ...camera.whole(2)]);
  process.kill(client.pid as number, "SIGKILL");
  await expect.poll(() => client.state.state).toBe("starting");
  const { segments } = await client.timeline(camera.camera, "original", EIGHT, camera.at);
  expect(segments).toMatchObject([{ from: EIGHT, to: camera.at }]);
});

test("days ahead it says when footage will be lost before its retention, from what the register says of each camera", async () => {
  const camera = new SampleTrack();
  const hourLater = instant(EIGHT + 3_600_000);
  // So long that no disk holds it.
  const keepRules = () => [{ camera: camera.camera, retentionMs: days(1_000_000), whenFull: "oldest" } as const];
  const client = clientOf({ trustedNow: () => hourLater, keepRules });
  await client.append([camera.envelope(), ...camera.whole(60, 1_000, 20_000)]);
  const { daysUntilLoss, freeBytes } = await client.stats();
  const bytesPerDay = 60 * 20_000 * 24;
  expect(daysUntilLoss).toBeGreaterThan((freeBytes / bytesPerDay) * 0.9);
  expect(daysUntilLoss).toBeLessThan((freeBytes / bytesPerDay) * 1.1);
});
