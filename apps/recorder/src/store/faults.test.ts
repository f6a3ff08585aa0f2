import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { instant, recorderId } from "@overt/core";
import { expect, onTestFinished, test } from "vitest";
import { type Appended, StoreClient, type StoreClientOptions } from "./client.ts";
import { EIGHT, SampleTrack } from "./sample.ts";

const NINE = instant(EIGHT + 3_600_000);

function clientOn(directory: string, more: Partial<StoreClientOptions> = {}): StoreClient {
  const client = new StoreClient({
    name: "a",
    directory,
    recorder: recorderId("town-hall"),
    run: "run-1",
    trustedNow: () => EIGHT,
    rememberAt: null,
    limits: { commitMs: 5, reserveBytes: 0 },
    ...more,
  });
  onTestFinished(async () => void (await client.close()));
  return client;
}
const directory = (): string => mkdtempSync(join(tmpdir(), "overt-store-"));
/** All files, by their places below it. */
const bytesIn = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), entry.isFile() ? readFileSync(path, "base64") : ""];
    }),
  );

test("sto-09: a disk that hangs fills a bounded backlog, drops whole rests of segments, and hurts no other volume", async () => {
  const slow = clientOn(directory(), { backlogBytes: 200_000 });
  const other = clientOn(directory());
  await Promise.all([slow.ready(), other.ready()]);
  const camera = new SampleTrack();
  await slow.append([camera.envelope(), ...camera.header()]);
  // A process that is stopped is what a hung disk makes of it.
  const writer = slow.pid as number;
  process.kill(writer, "SIGSTOP");
  onTestFinished(() => {
    try {
      process.kill(writer, "SIGCONT");
    } catch (thrown) {
      expect((thrown as NodeJS.ErrnoException).code).toBe("ESRCH");
    }
  });
  const outcomes: Promise<Appended>[] = [];
  for (let i = 0; i < 60; i++) outcomes.push(slow.append([camera.fragment("media", 500, 10_000)]));
  const refused = outcomes.slice(-30);
  expect(await Promise.all(refused)).toEqual(refused.map(() => ({ stored: false, cause: "disk_slow" })));

  const neighbour = new SampleTrack("south-gate");
  expect(await other.append([neighbour.envelope(), ...neighbour.whole(4)])).toEqual({ stored: true });

  process.kill(writer, "SIGCONT");
  const all = await Promise.all(outcomes);
  const stored = all.filter(({ stored }) => stored).length;
  expect(stored).toBeGreaterThan(5);
  expect(all.slice(0, stored).every((outcome) => outcome.stored)).toBe(true);
  expect((await slow.timeline(camera.camera, "original", EIGHT, NINE)).segments).toMatchObject([
    { from: EIGHT, to: EIGHT + stored * 500 },
  ]);
  expect(await slow.append([...camera.header(), camera.fragment()])).toEqual({ stored: true });
});

test("sto-03: a volume that is away for a moment is used again, and nothing is put anywhere else", async () => {
  const at = directory();
  const client = clientOn(at, {
    rememberAt: join(directory(), "volume.json"),
    limits: { commitMs: 5, reserveBytes: 0, packBytes: 20_000 },
  });
  const camera = new SampleTrack();
  expect(await client.append([camera.envelope(), ...camera.whole(10)])).toEqual({ stored: true });
  renameSync(at, `${at}-away`);
  const outcomes = [client.append(camera.whole(20)), client.append(camera.whole(20))];
  await expect.poll(() => client.state.state, { timeout: 10_000 }).toBe("failed");
  expect(client.state).toMatchObject({ error: { code: "STORE_ABSENT" } });
  expect(existsSync(at)).toBe(false);
  renameSync(`${at}-away`, at);
  expect(await Promise.all(outcomes)).toEqual([{ stored: true }, { stored: true }]);
  expect((await client.timeline(camera.camera, "original", EIGHT, NINE)).segments).toMatchObject([
    { from: EIGHT, to: camera.at },
  ]);
}, 30_000);

test.each([
  { what: "an empty folder, as where a mount went", code: "STORE_ABSENT", holdsStore: false },
  { what: "another store of the same recorder", code: "STORE_FOREIGN", holdsStore: true },
])(
  "sto-03: nothing is written into $what that comes in a volume's place while it runs",
  async ({ code, holdsStore }) => {
    const at = directory();
    const standIn = directory();
    const camera = new SampleTrack();
    if (holdsStore) {
      const other = clientOn(standIn);
      await other.append([new SampleTrack().envelope()]);
      await other.close();
    }
    const before = bytesIn(standIn);
    const client = clientOn(at, {
      rememberAt: join(directory(), "volume.json"),
      limits: { commitMs: 5, reserveBytes: 0, packBytes: 20_000 },
    });
    expect(await client.append([camera.envelope(), ...camera.whole(10)])).toEqual({ stored: true });
    renameSync(at, `${at}-away`);
    renameSync(standIn, at);
    let isStored = false;
    const outcomes = Promise.all([client.append(camera.whole(20)), client.append(camera.whole(20))]);
    outcomes.finally(() => (isStored = true));
    await expect.poll(() => isStored || client.state.state === "failed", { timeout: 10_000 }).toBe(true);
    expect(bytesIn(at)).toEqual(before);
    await expect.poll(() => client.state, { timeout: 10_000 }).toMatchObject({ state: "failed", error: { code } });
    expect(bytesIn(at)).toEqual(before);
    renameSync(at, standIn);
    renameSync(`${at}-away`, at);
    expect(await outcomes).toEqual([{ stored: true }, { stored: true }]);
    expect((await client.timeline(camera.camera, "original", EIGHT, NINE)).segments).toMatchObject([
      { from: EIGHT, to: camera.at },
    ]);
  },
  30_000,
);

test("sto-06: a pack that is unlinked under a running recorder becomes a gap, and playback goes on behind it", async () => {
  const at = directory();
  const client = clientOn(at, { limits: { commitMs: 5, reserveBytes: 0, packBytes: 20_000 } });
  const camera = new SampleTrack();
  await client.append([camera.envelope()]);
  for (let i = 0; i < 3; i++) await client.append(camera.whole(12));
  const [first] = readdirSync(join(at, "packs", "0")).sort();
  rmSync(join(at, "packs", "0", first as string));
  const pieces = await Array.fromAsync(client.read(camera.camera, "original", EIGHT, NINE));
  expect(pieces.map(({ fragments }) => fragments.length)).toEqual([0, 14, 14]);
  await expect
    .poll(async () => (await client.timeline(camera.camera, "original", EIGHT, NINE)).gaps, { timeout: 5_000 })
    .toEqual([{ from: EIGHT, to: EIGHT + 6_000, cause: "unknown" }]);
});

test("ops-03: a gap that the recorder opens lasts until the next fragment, and has one cause at a time", async () => {
  const client = clientOn(directory());
  const camera = new SampleTrack();
  const name = [camera.camera, "original"] as const;
  await client.append([camera.envelope(), ...camera.whole(4)]);
  await client.gapOpen(...name, camera.at, "camera_silent");
  await client.gapOpen(...name, instant(camera.at + 5_000), "camera_unreachable");
  expect(await client.lastingGaps()).toEqual([
    { camera: camera.camera, track: "original", from: camera.at + 5_000, cause: "camera_unreachable" },
  ]);
  camera.at = instant(camera.at + 9_000);
  await client.append([...camera.header(), camera.fragment()]);
  expect((await client.timeline(...name, EIGHT, NINE)).gaps).toEqual([
    { from: EIGHT + 2_000, to: EIGHT + 7_000, cause: "camera_silent" },
    { from: EIGHT + 7_000, to: EIGHT + 11_000, cause: "camera_unreachable" },
  ]);
  expect(await client.lastingGaps()).toEqual([]);
});

test("a recorder that dies in the middle of a gap was silent until then and down since", async () => {
  const at = directory();
  let now = EIGHT;
  const first = clientOn(at, { trustedNow: () => now });
  const camera = new SampleTrack();
  await first.append([camera.envelope(), ...camera.whole(4)]);
  await first.gapOpen(camera.camera, "original", camera.at, "camera_silent");
  now = instant(EIGHT + 60_000);
  await first.close();
  const second = clientOn(at, { run: "run-2", trustedNow: () => instant(EIGHT + 90_000) });
  await second.ready();
  const { gaps } = await second.timeline(camera.camera, "original", EIGHT, NINE);
  expect(gaps).toMatchObject([
    { from: EIGHT + 2_000, cause: "camera_silent" },
    { to: null, cause: "recorder_down" },
  ]);
  expect(gaps[0]?.to).toBe(gaps[1]?.from);
});

test("sto-11: both hours of a night when clocks go back exist, since all time here is UTC", async () => {
  const client = clientOn(directory());
  // Europe/Berlin: 02:30 summer time, and an hour later 02:30 again.
  const camera = new SampleTrack("north-gate", "original", instant(Date.UTC(2026, 9, 25, 0, 30)));
  const first = camera.at;
  await client.append([camera.envelope(), ...camera.whole(4)]);
  camera.at = instant(first + 3_600_000);
  await client.append([camera.envelope(), ...camera.whole(4)]);
  const { segments } = await client.timeline(camera.camera, "original", first, instant(first + 7_200_000));
  expect(segments.map(({ from }) => from - first)).toEqual([0, 3_600_000]);
});

test("sto-10: footage of a clock that was set back is kept beside what is there, and both are read", async () => {
  const client = clientOn(directory());
  const camera = new SampleTrack();
  await client.append([camera.envelope(), ...camera.whole(20)]);
  camera.at = instant(EIGHT + 4_000);
  await client.append([camera.envelope(), ...camera.whole(4)]);
  const pieces = await Array.fromAsync(client.read(camera.camera, "original", EIGHT, NINE));
  expect(pieces.map(({ fragments }) => fragments.length)).toEqual([22, 6]);
});

test("while a volume is away for days, a camera that comes and goes takes no memory without end, and no moment is lost", async () => {
  const at = directory();
  const client = clientOn(at, { rememberAt: join(directory(), "volume.json") });
  const camera = new SampleTrack();
  const name = [camera.camera, "original"] as const;
  await client.append([camera.envelope(), ...camera.whole(4)]);
  renameSync(at, `${at}-away`);
  const kept = [client.gapOpen(...name, camera.at, "disk_failed")];
  await expect.poll(() => client.state.state, { timeout: 10_000 }).toBe("failed");
  let answered = 0;
  for (let i = 1; i <= 2_000; i++) {
    const then = instant(camera.at + i * 1_000);
    for (const act of [
      client.gapClose(...name, then),
      client.gapOpen(...name, then, i % 2 ? "camera_silent" : "disk_failed"),
    ])
      kept.push(act.then(() => void answered++));
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered, "what is not kept is answered at once").toBeGreaterThan(3_900);
  renameSync(`${at}-away`, at);
  await Promise.all(kept);
  const { gaps } = await client.timeline(...name, EIGHT, NINE);
  expect(gaps.length).toBeGreaterThan(20);
  for (const [i, gap] of gaps.entries()) expect(gap.from).toBe(gaps[i - 1]?.to ?? camera.at);
  expect(gaps.at(-1)?.to).toBeNull();
}, 30_000);

test("deaths of keys do not pile up for a volume that is away", async () => {
  const client = clientOn(join(directory(), "not-mounted", "a"));
  const asked = Array.from({ length: 60_000 }, () => client.expire([]));
  expect(await Promise.race([asked.at(-1), asked[0]?.then(() => "told")])).toBeUndefined();
});

test("a writer whose disk hangs does not outlive its recorder, though no footage waits for it", async () => {
  const client = clientOn(directory());
  await client.ready();
  const pid = client.pid as number;
  process.kill(pid, "SIGSTOP");
  onTestFinished(() => void (isAlive(pid) && process.kill(pid, "SIGKILL")));
  expect(await client.close(200)).toBe(false);
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
