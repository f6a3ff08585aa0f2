import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { asOvertError, type CameraId, type DurationMs, type GapCause, instant, type OvertError } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import { ChunkPool } from "@overt/media/rtp";
import { fromBase64Url, latestOutage, silenceCause, type StopReason, wasPowerAway } from "@overt/rules";
import { signer, verifier } from "@overt/seal";
import type { Logger } from "pino";
import { GroundFiles } from "./anonymiser/ground-file.ts";
import { AnonymiserPool } from "./anonymiser/index.ts";
import { type CentreServer, serveCentre } from "./api/server.ts";
import { bootId } from "./boot.ts";
import { CameraRecorder } from "./camera/camera-recorder.ts";
import { ConnectLimiter } from "./camera/connect-limiter.ts";
import { TrustedClock } from "./clock.ts";
import type { RecorderConfig } from "./config.ts";
import { Health } from "./health.ts";
import { recorderSeed } from "./identity.ts";
import { keyChild } from "./keys/key-child.ts";
import { Keyring } from "./keys/keyring.ts";
import { KeeperClient } from "./keystore/client.ts";
import { LiveHub } from "./live/hub.ts";
import { Footage, knownCamera } from "./playback/footage.ts";
import { powerDirectory } from "./power/held.ts";
import { PowerJournal, readHistory } from "./power/journal.ts";
import { countLost } from "./power/lost.ts";
import { shed } from "./power/shedding.ts";
import { PowerWatch } from "./power/watch.ts";
import { Retention, retentionClass } from "./retention.ts";
import { loadRoster } from "./roster-file.ts";
import { signedTimeIn } from "./signed-time-file.ts";
import { nativeCrc32c } from "./store/entry.ts";
import { Volumes } from "./store/volumes.ts";
import type { FileUnder } from "./tracks/gap-keeper.ts";
import { RecordPool } from "./tracks/record-pool.ts";

export interface Recorder {
  status(): RecorderStatus;
  /** Makes everything that was taken in durable, and ends. */
  close(): Promise<void>;
}

export interface RecorderEvents {
  /** Its power ends: it has closed what it had open, and its process must end. Called once. */
  readonly onPowerOut: () => void;
}

const TICK_MS = 250;
const ANNOUNCE_MS = 1_000;
const TRUST_EVERY_MS = 10_000;
const SIGNED_TIME_EVERY_MS = 60_000;
const SETTLE_EVERY_MS = 3_600_000;
/** Time in which what was taken in is to be handed over when the recorder ends. */
const CAMERAS_END_MS = 3_000;
/**
 * A primary cuts the power 5 s after it says so, which is heard 2 s later at worst: then cameras have this long to hand
 * over, and volumes until all of it has passed.
 */
const POWER_STOP_MS = { cameras: 1_200, all: 2_200 };
const NOTE_LIMIT_MS = 400;

/**
 * Starts a recorder: it records on its own, whether a centre asks for anything or not.
 *
 * @throws OvertError what keeps it from starting: its folder, its store, its key store, its socket, the overseer's key
 */
export async function startRecorder(
  config: RecorderConfig,
  log: Logger,
  { onPowerOut }: RecorderEvents,
): Promise<Recorder> {
  const { stateDir, id, site } = config;
  const seed = await recorderSeed(stateDir);
  const overseer = await verifier(fromBase64Url(config.overseer));
  const { roster, problem: rosterProblem } = await loadRoster(config.roster, stateDir, overseer);
  const clock = new TrustedClock(join(stateDir, "trusted-time.json"), roster?.from ?? instant(0));
  const onError = (error: OvertError): void => log.warn({ code: error.code, hint: error.hint }, error.message);

  const hearSigned = (): void => {
    if (config.signedTime === null) return;
    signedTimeIn(config.signedTime, overseer).then(
      (at) => at !== null && clock.heardSigned(at),
      (thrown) => onError(asOvertError(thrown)),
    );
  };
  hearSigned();

  const boot = bootId();
  const powerOff = wasPowerAway(await readHistory(powerDirectory(stateDir), site), boot);
  const awayCause: GapCause = powerOff ? "site_power" : "recorder_down";
  const cameras = new Map<CameraId, CameraRecorder>();
  let ending: Promise<void> | null = null;
  const volumes = new Volumes({
    volumes: config.volumes,
    cameras: config.cameras,
    recorder: id,
    run: randomUUID(),
    awayCause,
    trustedNow: clock.now,
    rememberIn: stateDir,
    retentionClassOf: (camera) => retentionClass(cameras.get(camera)?.keepRule?.retentionMs ?? 0),
    keepRules: () => [...cameras.values()].flatMap(({ keepRule }) => keepRule ?? []),
    onEvicted: (periods) => retention.evicted(keeper, periods, clock.now()),
    onListed: (store) => retention.settleOne(store, keeper),
    onFinding: (volume, finding) => log.warn({ volume, ...finding }, "store"),
    onLastAt: clock.notBefore,
    onError,
  });
  const retention = new Retention(volumes, onError);
  const keeper = new KeeperClient({ places: config.keyStores, onDestroyed: (periods) => retention.destroyed(periods) });
  await Promise.all([volumes.ready(), keeper.ready()]);
  const journal = await PowerJournal.open({ directory: powerDirectory(stateDir), site, onError });
  const { lastAlive } = volumes;
  if (lastAlive !== null) clock.ranAt(lastAlive);
  await journal.note({ kind: "began", at: clock.now(), boot, lastAlive, watched: config.power !== undefined });
  retention.settle(keeper);

  const keyring = new Keyring({
    prepare: keyChild(seed),
    periodKeys: keeper,
    roster,
    now: clock.now,
    epochMs: config.epochMs,
  });
  const cacheDir = join(stateDir, "cache");
  mkdirSync(cacheDir, { recursive: true });
  const { workers, budgetMsPerS } = config.anonymiser;
  const pool = new AnonymiserPool({
    ...(workers === undefined ? {} : { workers }),
    ...(budgetMsPerS === undefined ? {} : { budgetMsPerS }),
    cacheDir,
    onPicture: (camera, picture) => cameras.get(camera)?.takePicture(picture),
    onState: (camera, state) => cameras.get(camera)?.anonymiserChanged(state),
    onGround: (camera, ground) => cameras.get(camera)?.takeGround(ground),
  });
  const hub = new LiveHub();
  const around = {
    site,
    clock,
    volumes,
    records: new RecordPool(),
    chunks: new ChunkPool(),
    keyring,
    pool,
    grounds: new GroundFiles(join(stateDir, "ground"), keeper),
    hub,
    awayCause,
    fileUnder: ((cause, from, before) =>
      silenceCause(cause, from, before, latestOutage(journal.history))) satisfies FileUnder,
    limiter: new ConnectLimiter(),
    overseer,
    sign: await signer(seed),
    crc32c: nativeCrc32c,
    hasCustodians: roster !== null,
    onError,
  };
  const power = new PowerWatch({
    config: config.power ?? null,
    clock,
    journal,
    log: (event, message) => log.info(event, message),
    onError,
    effects: {
      shed: (rungs) => shed(rungs, { pool, hub, cameras: cameras.values() }),
      wentOnBattery: () => {
        for (const camera of cameras.values()) camera.reconsiderGaps();
      },
      stop: (because) => {
        ending ??= stopForPower(because);
      },
      countLost: (outage) => countLost(volumes, cameras.keys(), outage, clock.now()),
    },
  });
  for (const camera of config.cameras) cameras.set(camera.id, new CameraRecorder(camera, around));

  const health = new Health({ config, clock, roster, rosterProblem, volumes, keeper, keyring, pool, cameras, power });
  const footage = new Footage(volumes, keeper);
  const known = (camera: CameraId): CameraId => knownCamera(cameras, camera).config.id;
  const centre: CentreServer = await serveCentre(
    config.socket,
    {
      hub,
      status: () => health.status(),
      timeline: (camera, from, to) => volumes.timeline(known(camera), from, to),
      read: (camera, from, to) => footage.read(known(camera), from, to),
      still: (camera, at) => footage.still(known(camera), at),
    },
    onError,
  );

  const timers = [
    setInterval(() => {
      for (const camera of cameras.values()) {
        try {
          camera.tick();
        } catch (thrown) {
          // One camera's trouble must not stop the others' clocks.
          onError(asOvertError(thrown));
        }
      }
    }, TICK_MS),
    setInterval(() => centre.announce(health.status()), ANNOUNCE_MS),
    setInterval(hearSigned, SIGNED_TIME_EVERY_MS),
    setInterval(() => retention.settle(keeper), SETTLE_EVERY_MS),
    // While the time is in doubt no key dies of age.
    setInterval(() => {
      keeper.time(clock.doubts.length > 0 ? null : clock.now()).catch((thrown) => onError(asOvertError(thrown)));
    }, TRUST_EVERY_MS),
  ];
  power.start();
  log.info({ recorder: id, cameras: cameras.size, custodians: roster !== null }, "recording");

  /** Within 5 s: nothing else is waited for, and a volume that hangs is left to itself. */
  async function stopForPower(because: StopReason): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    const noted = journal.note({ kind: "stopping", at: clock.now(), because });
    centre.announce(health.status());
    const handed = Promise.all([...cameras.values()].map((camera) => camera.closeNow()));
    const began = performance.now();
    const inTime = await within(POWER_STOP_MS.cameras, handed, onError);
    const clean = (await volumes.close(POWER_STOP_MS.all - (performance.now() - began))) && inTime;
    keyring.close();
    const stopped = noted.then(() => journal.note({ kind: "stopped", at: clock.now(), clean }));
    await within(NOTE_LIMIT_MS, Promise.all([stopped, power.close()]), onError);
    log.info({ because, clean }, "stopped for want of power");
    onPowerOut();
  }

  async function close(): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    // A hung disk must not keep the others' from being ended in order.
    await within(CAMERAS_END_MS, Promise.all([...cameras.values()].map((camera) => camera.close())), onError);
    await pool.stop();
    await centre.close();
    keyring.close();
    await volumes.close();
    keeper.close();
    await power.close();
    await journal.note({ kind: "ended", at: clock.now() });
    health.close();
    clock.close();
  }

  return {
    status: () => health.status(),
    close: () => {
      ending ??= close();
      return ending;
    },
  };
}

/** Whether `work` was done in time; what fails is told and counts as not done. */
async function within(ms: DurationMs, work: Promise<unknown>, onError: (error: OvertError) => void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(
    () => true,
    (thrown: unknown) => {
      onError(asOvertError(thrown));
      return false;
    },
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
