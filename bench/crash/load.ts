import { createHash, randomBytes, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { cameraId, type GapCause, type Instant, instant, recorderId } from "@overt/core";
import { type VideoFormat, videoFormat } from "@overt/media/codec";
import { KeeperClient } from "@overt/recorder/keystore/client";
import { cameraHash } from "@overt/recorder/keystore/slot";
import { type Appended, StoreClient, type StoreClientOptions } from "@overt/recorder/store/client";
import { nativeCrc32c } from "@overt/recorder/store/entry";
import { GapKeeper } from "@overt/recorder/tracks/gap-keeper";
import { RecordPool } from "@overt/recorder/tracks/record-pool";
import { SealedTrack } from "@overt/recorder/tracks/sealed-track";
import { parseFragmentHead } from "@overt/seal";
import { Epochs } from "./epochs.ts";
import { type Acknowledged, say, type Volume } from "./marks.ts";

/**
 * A recorder's tracks, store and key store under load, with everything that happens to them in years in some seconds:
 * packs end, epochs and periods begin, cameras fall silent, keys die and rows and packs after them, and on a second
 * volume the oldest always makes room. How long anything waits on its way to the disk is as in production. It runs under
 * `strace`: see `power-cut.ts`.
 */
const [root = "", seconds = "10"] = process.argv.slice(2);
const CAMERAS: readonly (readonly [Volume, number])[] = [
  ["roomy", 4],
  ["full", 2],
];
const PICTURE_MS = 100;
const PICTURE_BYTES = 500;
const PICTURES_PER_KEY = 20;
/** Each camera in its turn, and so often that its gaps are closed ones and lasting ones. */
const SILENT_EVERY_MS = 4_500;
const SILENT_MS = 1_200;
const LIMITS = { packBytes: 40_000, walPages: 60, reserveBytes: 0 };
const BALLAST_BYTES = 16 * 2 ** 20;
const SPS = Buffer.from("6742c01eda0280bfe5c04400000303000400000300c83c58ba80", "hex");
const PPS = Buffer.from("68ce3c80", "hex");
const format = videoFormat("h264", { vps: [], sps: [SPS], pps: [PPS] }) as VideoFormat;

const now = (): Instant => instant(Date.now());
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const names = new Map<string, string>();
const pool = new RecordPool();
const stores = { roomy: new StoreClient(optionsOf("roomy")), full: await fullVolume() };
const volumeOf = new Map<string, Volume>();
const keeper = new KeeperClient({
  places: [`${root}/keys-a`, `${root}/keys-b`],
  onDestroyed: (periods) => {
    for (const { camera: hash, periodStart } of periods) {
      const camera = names.get(hash) ?? "";
      const volume = volumeOf.get(camera) as Volume;
      say({ said: "destroyed", camera, periodStart });
      stores[volume]
        .expire([{ camera: hash, periodStart }])
        .then(() => say({ said: "expired", camera, periodStart, volume }), fail);
    }
  },
});
await Promise.all([stores.roomy.ready(), stores.full.ready(), keeper.ready()]);
await keeper.time(now());
const timer = setInterval(() => keeper.time(now()).catch(fail), 300);
const ends = Date.now() + Number(seconds) * 1_000;
await Promise.all(CAMERAS.flatMap(([volume, count]) => Array.from({ length: count }, (_, i) => record(volume, i))));
clearInterval(timer);
await stores.roomy.close();
await stores.full.close();
keeper.close();
process.exit(0);

async function record(volume: Volume, turn: number): Promise<void> {
  const camera = cameraId(`${volume}-${turn}`);
  names.set(cameraHash(camera), camera);
  volumeOf.set(camera, volume);
  const store = stores[volume];
  const epochs = new Epochs(camera, keeper);
  await epochs.prepare(now());
  const gaps = new GapKeeper(
    {
      open: (at, cause) => void store.gapOpen(camera, "original", at, cause).then(() => opened(at, cause), fail),
      close: (at) => void store.gapClose(camera, "original", at).then(() => closed(at), fail),
    },
    now(),
  );
  const opened = (at: Instant, cause: GapCause) => {
    if (volume === "roomy") say({ said: "gap-opened", camera, at, cause });
  };
  const closed = (at: Instant) => {
    if (volume === "roomy") say({ said: "gap-closed", camera, at });
  };
  const append = async (records: readonly Uint8Array[]): Promise<Appended> => {
    const fragments = acknowledgements(records, volume, epochs);
    const appended = await store.append(records);
    if (appended.stored) fragments.forEach(say);
    else if (volume === "roomy") fail(new Error(`refused: ${appended.cause}`));
    return appended;
  };
  const track = new SealedTrack({
    camera,
    track: "original",
    nextSegment: () => epochs.grant(now()),
    renewEpoch: () => epochs.renew(),
    append,
    refusing: () => store.refusing(camera),
    pool,
    release: () => {},
    gaps,
    now,
    sign: async () => new Uint8Array(randomBytes(64)),
    crc32c: nativeCrc32c,
    onError: fail,
  });
  track.setFormat(format);
  let silentAt = Date.now() + SILENT_EVERY_MS / 2 + turn * 700;
  for (let n = 0; Date.now() < ends; n++) {
    epochs.prepare(now()).catch(fail);
    const at = now();
    const decodeTicks = at * 90;
    const key = n % PICTURES_PER_KEY === 0;
    say({ said: "taken", camera, volume, at });
    track.push({ nals: [randomBytes(PICTURE_BYTES)], key, decodeTicks, compositionOffsetTicks: 0, at }, null);
    track.tick(at);
    await wait(PICTURE_MS);
    if (volume === "full" || Date.now() < silentAt) continue;
    silentAt = Date.now() + SILENT_EVERY_MS;
    await silence(track, turn % 2 === 0);
    await epochs.prepare(now());
  }
  await track.stop();
}

/** Nothing comes. Either pictures end the gap, or nobody asks for any more, and then silence is none. */
async function silence(track: SealedTrack, untilPictures: boolean): Promise<void> {
  track.interrupt(untilPictures ? "camera_silent" : "no_permit");
  await wait(SILENT_MS / 2);
  if (!untilPictures) await track.stop();
  await wait(SILENT_MS / 2);
  track.ask();
}

function acknowledgements(records: readonly Uint8Array[], volume: Volume, epochs: Epochs): Acknowledged[] {
  return records.flatMap((record): Acknowledged[] => {
    const head = parseFragmentHead(record);
    if ("problem" in head || head.kind === "init" || head.kind === "end") return [];
    const { camera, segment, counter, time: from, durationMs } = head;
    const until = from + durationMs;
    const said = { said: "acknowledged", camera, volume, segment, counter, from, until } as const;
    return [{ ...said, sha256: sha256(record), ...epochs.periodOf(head.epoch) }];
  });
}

/** A volume that is fuller than it may be, however much is let go of. */
async function fullVolume(): Promise<StoreClient> {
  const first = new StoreClient(optionsOf("full"));
  await first.ready();
  await first.close();
  // Instead of writing 16 MiB of random bytes through strace.
  const ballast = openSync(`${root}/full/ballast`, "w");
  ftruncateSync(ballast, BALLAST_BYTES);
  fsyncSync(ballast);
  closeSync(ballast);
  const { bavail, bsize } = await statfs(root);
  const options = optionsOf("full");
  return new StoreClient({ ...options, limits: { ...LIMITS, reserveBytes: bavail * bsize * 4 } });
}

function optionsOf(volume: Volume): StoreClientOptions {
  return {
    name: volume,
    directory: `${root}/${volume}`,
    recorder: recorderId("town-hall"),
    run: randomUUID(),
    trustedNow: now,
    rememberAt: `${root}/${volume}.json`,
    limits: LIMITS,
  };
}

function fail(thrown: unknown): never {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : thrown}\n`);
  process.exit(1);
}
