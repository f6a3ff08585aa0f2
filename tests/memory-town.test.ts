import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readIdentity } from "@overt/cli/key-files";
import { cameraId, type EpochId } from "@overt/core";
import { KeeperClient } from "@overt/recorder/keystore/client";
import {
  type CustodianGroup,
  parseEnvelopeRecord,
  parseSegmentHeader,
  parseStatement,
  type RawRecord,
} from "@overt/seal";
import { findStamps, type SimCamera, startCamera } from "@overt/sim";
import { packRecords } from "@overt/sim/opener/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secretsOf, segmentSecret } from "./memory/secrets.ts";
import { memoryOf, type Needle, searchProcess } from "./memory/search-process.ts";
import { recordsBoth, Town } from "./town/town.ts";

const missing = process.platform === "linux" ? "" : " [skipped: no /proc/PID/mem]";
const EPOCH_MS = 10_000;
const FPS = 10;
const camera = cameraId("stamped");
const stream = { width: 640, height: 480, fps: FPS, bitrate: 1_000_000 };

let dir: string;
let sim: SimCamera;
let town: Town;

/** Each picture of the camera says its own number, in pixels that are legible only where it is clear. */
beforeAll(async () => {
  if (missing) return;
  dir = mkdtempSync(join(tmpdir(), "overt-memory-"));
  sim = await startCamera({
    name: camera,
    source: { scene: "market" },
    cacheDir: dir,
    realtime: true,
    marks: { stamp: true },
    recordSent: true,
    main: stream,
    sub: stream,
  });
  town = await Town.start({
    epochMs: EPOCH_MS,
    workers: 1,
    cameras: [{ id: camera, main: sim.url("main"), sub: sim.url("sub") }],
  });
  await town.until("both tracks record", recordsBoth, 90_000);
  const from = Date.now();
  await town.until("three epochs have ended", () => Date.now() > from + 3.5 * EPOCH_MS, 120_000);
}, 240_000);

afterAll(async () => {
  await town?.end();
  await sim?.stop();
  town?.forget();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

test.skipIf(missing)(
  `no process of a recorder holds a secret of an epoch that has ended${missing}`,
  async () => {
    const secrets = await endedSecrets();
    expect(secrets.length).toBeGreaterThan(2 * 12);
    const found = processes().flatMap(({ pid, title }) =>
      searchProcess(pid, secrets).map(({ name, region }) => `${title}: ${name} in ${region || "anonymous memory"}`),
    );
    expect(found).toEqual([]);
  },
  120_000,
);

test.skipIf(missing)(
  `no process of a recorder holds a decoded picture older than an epoch${missing}`,
  () => {
    const latest = sim.sentAccessUnits("sub").at(-1)?.index ?? 0;
    const stamps = processes().flatMap(({ pid, title }) => {
      const seen = new Set<number>();
      for (const { bytes } of memoryOf(pid)) for (const number of findStamps(bytes).keys()) seen.add(number);
      return [...seen].map((number) => ({ title, ageMs: Math.round(((latest - number) * 1_000) / FPS) }));
    });
    expect(stamps.length, "the pictures being worked on are there, so the search finds pictures").toBeGreaterThan(0);
    expect(stamps.filter(({ ageMs }) => ageMs > EPOCH_MS)).toEqual([]);
  },
  120_000,
);

function processes(): { pid: number; title: string }[] {
  return [{ pid: town.recorder.pid as number, title: "overt-recorder" }, ...town.processes()].map(({ pid, title }) => ({
    pid,
    title: title.split("\0")[0] ?? "",
  }));
}

/** From the disks, the key stores and all custodians together, of every epoch that the recorder has signed off. */
async function endedSecrets(): Promise<Needle[]> {
  const records: RawRecord[] = [];
  for await (const record of packRecords(`${town.dir}/footage`))
    if (record.prefix.track === "original") records.push(record);
  const ended = new Set<EpochId>(
    records.flatMap((record) => {
      const statement = parseStatement(record);
      return "problem" in statement ? [] : [statement.epoch];
    }),
  );
  const needles: Needle[] = [];
  for (const record of records) {
    const envelope = parseEnvelopeRecord(record);
    if ("problem" in envelope || !ended.has(envelope.head.epoch)) continue;
    const secrets = await secretsOf(record, await periodKey(envelope.head.periodStart), await identities());
    needles.push(...secrets.needles);
    for (const other of records) {
      const header = parseSegmentHeader(other);
      if (!("problem" in header) && header.epoch === envelope.head.epoch)
        needles.push(segmentSecret(secrets.epochKey, other));
    }
  }
  return needles;
}

/** From a copy of the key store: the recorder's own keeper is at work on it. */
async function periodKey(start: Parameters<KeeperClient["get"]>[1]): Promise<Uint8Array> {
  const copy = mkdtempSync(join(dir, "keys-"));
  cpSync(`${town.dir}/keys-a`, copy, { recursive: true });
  const keeper = new KeeperClient({ places: [copy], onDestroyed: () => {} });
  try {
    await keeper.ready();
    const found = await keeper.get(camera, start);
    if (found.state !== "live") throw new Error(`The period key of ${start} is ${found.state}.`);
    return found.keys[0];
  } finally {
    keeper.close();
  }
}

async function identities(): Promise<Record<CustodianGroup, string[]>> {
  const { operations, oversight } = town.keys.identityFiles;
  const read = (files: readonly string[]) => Promise.all(files.map(readIdentity));
  return { operations: await read(operations), oversight: await read(oversight) };
}
