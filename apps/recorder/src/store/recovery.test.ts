import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instant, instant, recorderId } from "@overt/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PACK_HEADER_BYTES } from "./pack.ts";
import type { SegmentPlan } from "./playback.ts";
import type { Finding } from "./recovery.ts";
import { EIGHT, SampleTrack } from "./sample.ts";
import { STORE_LIMITS } from "./limits.ts";
import { Store, type StoreOptions } from "./store.ts";

const NINE = instant(EIGHT + 3_600_000);
const stores: Store[] = [];
let findings: Finding[] = [];

beforeEach(() => {
  findings = [];
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close(false);
});

const directory = (): string => mkdtempSync(join(tmpdir(), "overt-store-"));

async function open(at: string, more: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await Store.open(
    {
      directory: at,
      recorder: recorderId("town-hall"),
      run: `${Math.random()}`,
      now: NINE,
      rememberAt: null,
      limits: { ...STORE_LIMITS, commitMs: 1, reserveBytes: 0 },
      ...more,
    },
    {
      failed: (thrown) => {
        throw thrown;
      },
      evicted: () => {},
      found: (finding) => findings.push(finding),
      listed: () => {},
    },
  );
  stores.push(store);
  return store;
}

async function shut(store: Store): Promise<void> {
  stores.splice(stores.indexOf(store), 1);
  await store.close(true);
}

/** What a disk holds at this instant, as a power cut would leave it. */
function cut(at: string): string {
  const image = directory();
  cpSync(at, image, { recursive: true });
  return image;
}

const packsOf = (at: string): string[] =>
  readdirSync(join(at, "packs", "0"))
    .sort()
    .map((name) => join(at, "packs", "0", name));

const spanOf = (store: Store, camera: SampleTrack) =>
  store.timeline(camera.camera, camera.track, EIGHT, NINE).segments.map(({ from, to }) => [from - EIGHT, to - EIGHT]);

function planOf(store: Store, camera: SampleTrack): SegmentPlan[] {
  const segments: SegmentPlan[] = [];
  for (let since: Instant | null = null, more = true; more; more = since !== null) {
    const step = store.plan(camera.camera, camera.track, EIGHT, NINE, since);
    segments.push(...step.segments);
    since = step.next;
  }
  return segments;
}

async function countOf(store: Store, camera: SampleTrack): Promise<number> {
  const plan = planOf(store, camera);
  const records = await store.read(plan.flatMap(({ fragments }) => fragments));
  return records.filter(({ length }) => length > 0).length;
}

describe("what a power cut leaves", () => {
  test("sto-08: a pack cut at each byte of its last record keeps all before it, and serves nothing of it", async () => {
    const at = directory();
    const store = await open(at);
    const camera = new SampleTrack();
    await store.append(camera.envelope(), 0);
    for (const record of camera.header()) await store.append(record, 0);
    await store.append(camera.fragment("key"), 0);
    const before = cut(at);
    const last = camera.fragment("media", 500, 100);
    await store.append(last, 0);
    const whole = readFileSync(packsOf(at)[0]!);
    for (let kept = 0; kept <= last.length; kept++) {
      const image = cut(before);
      writeFileSync(packsOf(image)[0]!, whole.subarray(0, whole.length - last.length + kept));
      const again = await open(image);
      const listed = kept === last.length ? 1_000 : 500;
      expect(spanOf(again, camera), `${kept} bytes`).toEqual([[0, listed]]);
      expect(await countOf(again, camera)).toBe(kept === last.length ? 3 : 2);
      await again.settled();
      await shut(again);
      rmSync(image, { recursive: true });
    }
    expect(findings.filter(({ code }) => code === "TAIL_DROPPED")).toHaveLength(last.length - 1);
  }, 60_000);

  test("sto-08: a tail of zeros is dropped, and what comes whole behind damage is kept", async () => {
    const at = directory();
    const store = await open(at);
    const camera = new SampleTrack();
    const other = new SampleTrack("south-gate");
    await store.append(Buffer.concat([camera.envelope(), ...camera.header(), camera.fragment()]), 0);
    const image = cut(at);
    const lost = camera.fragment("media", 500, 3_000);
    const kept = Buffer.concat([other.envelope(), ...other.header(), other.fragment()]);
    writeFileSync(packsOf(image)[0]!, Buffer.concat([new Uint8Array(lost.length), kept, new Uint8Array(65_536)]), {
      flag: "a",
    });
    const again = await open(image);
    expect(spanOf(again, camera)).toEqual([[0, 500]]);
    expect(spanOf(again, other)).toEqual([[0, 500]]);
    expect(findings).toMatchObject([{ code: "TAIL_DROPPED", detail: expect.stringContaining("65536 bytes") }]);
  });

  test("a pack whose first commit never came is listed all the same", async () => {
    const at = directory();
    const camera = new SampleTrack();
    const store = await open(at);
    const empty = cut(at);
    await store.append(Buffer.concat([camera.envelope(), ...camera.header(), camera.fragment()]), 0);
    cpSync(join(at, "packs"), join(empty, "packs"), { recursive: true });
    const again = await open(empty);
    await again.settled();
    expect(spanOf(again, camera)).toEqual([[0, 500]]);
  });

  test("a pack without its header, as a crash right after its creation leaves it, is removed; one with records is listed", async () => {
    const at = directory();
    const camera = new SampleTrack();
    const store = await open(at);
    const image = cut(at);
    await store.append(Buffer.concat([camera.envelope(), ...camera.header(), camera.fragment()]), 0);
    cpSync(join(at, "packs"), join(image, "packs"), { recursive: true });
    const [first] = packsOf(image);
    const bytes = readFileSync(first!);
    writeFileSync(first!, bytes.fill(0, 0, PACK_HEADER_BYTES));
    writeFileSync(join(first!, "..", "00000002.pack"), "");
    writeFileSync(join(first!, "..", "00000003.pack"), new Uint8Array(PACK_HEADER_BYTES));
    const again = await open(image);
    await again.settled();
    expect(packsOf(image)).toEqual([first]);
    expect(spanOf(again, camera)).toEqual([[0, 500]]);
  });

  test("a segment that was open ends by fault, and from there on the recorder was down", async () => {
    const at = directory();
    const store = await open(at, { now: EIGHT });
    const camera = new SampleTrack();
    await store.append(Buffer.concat([camera.envelope(), ...camera.header(), camera.fragment()]), 0);
    const again = await open(cut(at));
    const timeline = again.timeline(camera.camera, "original", EIGHT, NINE);
    expect(timeline.gaps).toEqual([{ from: EIGHT + 500, to: null, cause: "recorder_down" }]);
    camera.at = instant(EIGHT + 9_000);
    await again.append(Buffer.concat([...camera.header(), camera.fragment()]), 0);
    expect(again.timeline(camera.camera, "original", EIGHT, NINE)).toMatchObject({
      segments: [{ to: EIGHT + 500 }, { from: EIGHT + 9_000, to: EIGHT + 9_500 }],
      gaps: [{ from: EIGHT + 500, to: EIGHT + 9_000, cause: "recorder_down" }],
    });
  });

  test("a recorder whose power went away has a gap of that, and knows when it was last alive", async () => {
    const at = directory();
    const store = await open(at, { now: EIGHT });
    const camera = new SampleTrack();
    await store.append(Buffer.concat([camera.envelope(), ...camera.header(), camera.fragment()]), 0);
    const again = await open(cut(at), { awayCause: "site_power" });
    expect(again.timeline(camera.camera, "original", EIGHT, NINE).gaps).toEqual([
      { from: EIGHT + 500, to: null, cause: "site_power" },
    ]);
    expect(again.lastAlive).toBe(EIGHT);
    expect(store.lastAlive).toBeNull();
  });

  test("a pack that was being written gets its footer behind, and a new one is begun", async () => {
    const at = directory();
    const store = await open(at);
    const camera = new SampleTrack();
    await store.append(Buffer.concat([camera.envelope(), ...camera.whole(3)]), 0);
    const image = cut(at);
    const again = await open(image);
    await again.append(Buffer.concat(camera.whole(3)), 0);
    await again.settled();
    const [first, second] = packsOf(image);
    expect(readFileSync(first!).subarray(-8).toString()).toBe("OVRTFOOT");
    expect(readFileSync(second!).length).toBeGreaterThan(PACK_HEADER_BYTES);
    expect(spanOf(again, camera)).toEqual([[0, 3_000]]);
  });
});

describe("an index that is lost", () => {
  async function filled(segments: number, packBytes: number) {
    const at = directory();
    const store = await open(at, { limits: { ...STORE_LIMITS, commitMs: 1, reserveBytes: 0, packBytes } });
    const cameras = [new SampleTrack("north-gate"), new SampleTrack("south-gate", "anonymised")];
    for (const camera of cameras) await store.append(camera.envelope(), 0);
    for (let i = 0; i < segments; i++) {
      const records = cameras.map((camera) => camera.whole(4));
      // In two commits, so that segments lie across packs.
      for (const part of [records.map((r) => r.slice(0, 3)), records.map((r) => r.slice(3))])
        await Promise.all(part.map((each) => store.append(Buffer.concat(each), 0)));
    }
    const expected = cameras.map((camera) => planOf(store, camera));
    await shut(store);
    return { at, cameras, expected };
  }

  test("sto-01: with 1,000 segments on disk nothing is deleted, and all are listed again, over packs too", async () => {
    const { at, cameras, expected } = await filled(500, 300_000);
    for (const suffix of ["", "-wal"]) rmSync(join(at, `index.sqlite${suffix}`), { force: true });
    const before = packsOf(at);
    expect(before.length).toBeGreaterThan(20);
    const again = await open(at);
    await again.settled();
    expect(packsOf(at)).toEqual(before);
    expect(cameras.map((camera) => planOf(again, camera))).toEqual(expected);
  }, 60_000);

  test("sto-07: a damaged index is kept aside; recording goes on at once and the rest is listed behind", async () => {
    const { at, cameras, expected } = await filled(20, 2 ** 30);
    const path = join(at, "index.sqlite");
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 100, 8_192);
    writeFileSync(path, bytes);
    const again = await open(at);
    expect(findings.map(({ code }) => code)).toContain("INDEX_DAMAGED");
    const fresh = new SampleTrack("west-gate");
    await again.append(Buffer.concat([fresh.envelope(), ...fresh.whole(2)]), 0);
    await again.settled();
    expect(cameras.map((camera) => planOf(again, camera))).toEqual(expected);
    expect(spanOf(again, fresh)).toEqual([[0, 1_000]]);
    expect(readFileSync(`${path}.damaged-1`)).toEqual(bytes);
  });

  test("sto-12: a start reads no pack before it records, however many there are to be listed", async () => {
    const { at, cameras, expected } = await filled(100, 10_000);
    rmSync(join(at, "index.sqlite"));
    expect(packsOf(at)).toHaveLength(100);
    const again = await open(at);
    let listed = false;
    const settled = again.settled().then(() => {
      listed = true;
    });
    const fresh = new SampleTrack("west-gate");
    await again.append(Buffer.concat([fresh.envelope(), ...fresh.whole(2)]), 0);
    expect(listed).toBe(false);
    await settled;
    expect(cameras.map((camera) => planOf(again, camera))).toEqual(expected);
  }, 60_000);

  test("gaps keep their causes when the index is lost", async () => {
    const at = directory();
    const store = await open(at);
    const camera = new SampleTrack();
    await store.append(Buffer.concat([camera.envelope(), ...camera.whole(4)]), 0);
    await store.openGap(camera.camera, camera.track, camera.at, "camera_unreachable");
    camera.at = instant(EIGHT + 60_000);
    await store.append(Buffer.concat(camera.whole(4)), 0);
    await store.openGap(camera.camera, camera.track, camera.at, "shuttered");
    const before = store.timeline(camera.camera, camera.track, EIGHT, NINE);
    await shut(store);
    rmSync(join(at, "index.sqlite"));
    writeFileSync(join(at, "gaps.log"), '{"camera": "north-ga', { flag: "a" });
    const again = await open(at);
    await again.settled();
    expect(again.timeline(camera.camera, camera.track, EIGHT, NINE)).toEqual(before);
    expect(before.gaps.map(({ cause }) => cause)).toEqual(["camera_unreachable", "shuttered"]);
  });

  test("without footers too, the records say the same", async () => {
    const { at, cameras, expected } = await filled(10, 40_000);
    rmSync(join(at, "index.sqlite"));
    for (const path of packsOf(at)) truncateSync(path, readFileSync(path).length - 1);
    const again = await open(at);
    await again.settled();
    expect(cameras.map((camera) => planOf(again, camera))).toEqual(expected);
    expect(findings.every(({ code }) => code === "PACK_SCANNED")).toBe(true);
  });

  test("sto-06: packs that are away are a gap, nothing is cleaned, and they are as good as ever when they are back", async () => {
    const { at, cameras, expected } = await filled(10, 40_000);
    const away = `${at}-away`;
    renameSync(join(at, "packs"), away);
    const again = await open(at);
    const camera = cameras[0]!;
    expect(again.timeline(camera.camera, camera.track, EIGHT, NINE)).toMatchObject({
      segments: [],
      gaps: [{ cause: "unknown", from: EIGHT }],
    });
    await shut(again);
    rmSync(join(at, "packs"), { recursive: true, force: true });
    renameSync(away, join(at, "packs"));
    const back = await open(at);
    expect(cameras.map((track) => planOf(back, track))).toEqual(expected);
    expect(spanOf(back, camera)).toEqual([[0, 20_000]]);
  });
});

describe("a directory that is not ours", () => {
  const refusal = async (opening: Promise<Store>): Promise<string> =>
    opening.then(
      () => "opened",
      ({ code }: { code: string }) => code,
    );

  test("of another recorder, of a newer version, or with other files in it is refused and left as it was", async () => {
    const at = directory();
    await shut(await open(at));
    expect(await refusal(open(at, { recorder: recorderId("harbour") }))).toBe("STORE_FOREIGN");
    const path = join(at, "overt-store.json");
    const identity = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...identity, version: 2 }));
    expect(await refusal(open(at))).toBe("STORE_NEWER");
    writeFileSync(path, "{");
    expect(await refusal(open(at))).toBe("STORE_FOREIGN");
    const holiday = directory();
    writeFileSync(join(holiday, "photo.jpg"), "x");
    expect(await refusal(open(holiday))).toBe("STORE_FOREIGN");
    expect(readdirSync(holiday)).toEqual(["photo.jpg"]);
  });

  test("sto-02: once a store was there, an empty directory is a mount that is missing", async () => {
    const at = directory();
    const rememberAt = join(directory(), "volume-a.json");
    await shut(await open(at, { rememberAt }));
    const unmounted = directory();
    expect(await refusal(open(unmounted, { rememberAt }))).toBe("STORE_ABSENT");
    expect(readdirSync(unmounted)).toEqual([]);
    const other = directory();
    await shut(await open(other));
    expect(await refusal(open(other, { rememberAt }))).toBe("STORE_FOREIGN");
    expect(await refusal(open(at, { rememberAt }))).toBe("opened");
  });

  test("a path that is missing above its last step is not made", async () => {
    const missing = join(directory(), "mnt", "volume");
    expect(await refusal(open(missing))).toBe("STORE_ABSENT");
    expect(existsSync(join(missing, ".."))).toBe(false);
  });

  test("two writers never run on one directory", async () => {
    const at = directory();
    await open(at);
    expect(await refusal(open(at))).toBe("STORE_IN_USE");
  });
});
