import { createHash, randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type Instant, instant, recorderId } from "@overt/core";
import { KeeperClient } from "@overt/recorder/keystore/client";
import { cameraHash } from "@overt/recorder/keystore/slot";
import { StoreClient } from "@overt/recorder/store/client";
import { SampleTrack } from "@overt/recorder/store/sample";
import { type Mark, markText } from "./marks.ts";

/**
 * A recorder's store and key store under load, with everything that happens to them in years in some seconds: packs end,
 * epochs and periods begin, keys die and rows and packs after them. It runs under `strace`: see `crash.ts`.
 */
const [root = "", seconds = "10"] = process.argv.slice(2);
const CAMERAS = 4;
const FRAGMENT_MS = 250;
const FRAGMENTS_PER_SEGMENT = 6;
const SEGMENTS_PER_EPOCH = 2;
const PERIOD_MS = 2_000;
const RETENTION_MS = 4_000;

const now = (): Instant => instant(Date.now());
const say = (mark: Mark): void => void writeSync(1, markText(mark));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const periodOf = (at: number): Instant => instant(Math.floor(at / PERIOD_MS) * PERIOD_MS);
const expiryOf = (periodStart: number): Instant => instant(periodStart + PERIOD_MS + RETENTION_MS);

const store = new StoreClient({
  name: "a",
  directory: `${root}/footage`,
  recorder: recorderId("town-hall"),
  run: randomUUID(),
  trustedNow: now,
  rememberAt: `${root}/volume.json`,
  limits: { commitMs: 100, reserveBytes: 0, packBytes: 120_000 },
});
const names = new Map<string, string>();
const keeper = new KeeperClient({
  places: [`${root}/keys-a`, `${root}/keys-b`],
  onDestroyed: (periods) => {
    for (const { camera, periodStart } of periods)
      say({ said: "destroyed", camera: names.get(camera) ?? "", periodStart });
    store.expire(periods).catch(fail);
  },
});
await Promise.all([store.ready(), keeper.ready()]);
const timer = setInterval(() => keeper.time(now()).catch(fail), 300);

const cameras = Array.from({ length: CAMERAS }, (_, i) => new SampleTrack(`camera-${i}`, "original", now()));
for (const { camera } of cameras) names.set(cameraHash(camera), camera);
const ended = Date.now() + Number(seconds) * 1_000;
await Promise.all(cameras.map((camera) => record(camera)));
clearInterval(timer);
await store.close();
keeper.close();
process.exit(0);

async function record(camera: SampleTrack): Promise<void> {
  const handed: Promise<void>[] = [];
  let periodStart = instant(0);
  for (let n = 0; Date.now() < ended; n++) {
    const records: Uint8Array[] = [];
    if (n % (FRAGMENTS_PER_SEGMENT * SEGMENTS_PER_EPOCH) === 0) {
      periodStart = periodOf(camera.at);
      const key = await keeper.ensure(camera.camera, periodStart, expiryOf(periodStart));
      say({ said: "key", camera: camera.camera, periodStart, sha256: sha256(key) });
      records.push(camera.envelope(900, PERIOD_MS));
    }
    if (n % FRAGMENTS_PER_SEGMENT === 0) records.push(...camera.header());
    const from = camera.at;
    const { counter } = camera;
    const fragment = camera.fragment(n % FRAGMENTS_PER_SEGMENT === 0 ? "key" : "media", FRAGMENT_MS, 4_000);
    const { segment, camera: name } = camera;
    const until = camera.at;
    records.push(fragment);
    if (n % FRAGMENTS_PER_SEGMENT === FRAGMENTS_PER_SEGMENT - 1) records.push(camera.end());
    const ack: Mark = {
      ...{ said: "acknowledged", camera: name, segment, counter, from, until },
      ...{ sha256: sha256(fragment), periodStart, expiry: expiryOf(periodStart) },
    };
    say({ said: "handed", camera: name, until });
    handed.push(
      store.append(records).then((appended) => {
        if (!appended.stored) fail(new Error(`refused: ${appended.cause}`));
        say(ack);
      }),
    );
    await wait(Math.max(0, camera.at - Date.now()));
  }
  await Promise.all(handed);
}

function fail(thrown: unknown): never {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : thrown}\n`);
  process.exit(1);
}
