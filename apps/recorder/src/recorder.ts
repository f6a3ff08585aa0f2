import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { asOvertError, type CameraId, instant, type OvertError } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import { ChunkPool } from "@overt/media/rtp";
import { fromBase64Url } from "@overt/rules";
import { signer, verifier } from "@overt/seal";
import type { Logger } from "pino";
import { GroundFiles } from "./anonymiser/ground-file.ts";
import { AnonymiserPool } from "./anonymiser/index.ts";
import { type CentreServer, serveCentre } from "./api/server.ts";
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
import { Retention } from "./retention.ts";
import { loadRoster } from "./roster-file.ts";
import { signedTimeIn } from "./signed-time-file.ts";
import { nativeCrc32c } from "./store/entry.ts";
import { Volumes } from "./store/volumes.ts";
import { RecordPool } from "./tracks/record-pool.ts";

export interface Recorder {
  status(): RecorderStatus;
  /** Makes everything that was taken in durable, and ends. */
  close(): Promise<void>;
}

const TICK_MS = 250;
const ANNOUNCE_MS = 1_000;
const TRUST_EVERY_MS = 10_000;
const SIGNED_TIME_EVERY_MS = 60_000;
const SETTLE_EVERY_MS = 3_600_000;
/** Time in which what was taken in is to be durable when the recorder ends. */
const CAMERAS_END_MS = 3_000;

/**
 * Starts a recorder: it records on its own, whether a centre asks for anything or not.
 *
 * @throws OvertError what keeps it from starting: its folder, its store, its key store, its socket, the overseer's key
 */
export async function startRecorder(config: RecorderConfig, log: Logger): Promise<Recorder> {
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

  const cameras = new Map<CameraId, CameraRecorder>();
  const volumes = new Volumes({
    volumes: config.volumes,
    cameras: config.cameras,
    recorder: id,
    run: randomUUID(),
    trustedNow: clock.now,
    rememberIn: stateDir,
    onEvicted: (periods) => retention.evicted(keeper, periods, clock.now()),
    onLastAt: clock.notBefore,
    onFinding: (volume, finding) => log.warn({ volume, ...finding }, "store"),
    onError,
  });
  const retention = new Retention(volumes, onError);
  const keeper = new KeeperClient({ places: config.keyStores, onDestroyed: (periods) => retention.destroyed(periods) });
  await Promise.all([volumes.ready(), keeper.ready()]);
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
    limiter: new ConnectLimiter(),
    overseer,
    sign: await signer(seed),
    crc32c: nativeCrc32c,
    hasCustodians: roster !== null,
    onError,
  };
  for (const camera of config.cameras) cameras.set(camera.id, new CameraRecorder(camera, around));

  const health = new Health({ config, clock, roster, rosterProblem, volumes, keeper, keyring, pool, cameras });
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
  log.info({ recorder: id, cameras: cameras.size, custodians: roster !== null }, "recording");

  return {
    status: () => health.status(),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      // A hung disk must not keep the others' from being ended in order.
      const closed = Promise.all([...cameras.values()].map((camera) => camera.close()));
      await Promise.race([closed, delay(CAMERAS_END_MS, undefined, { ref: false })]);
      await pool.stop();
      await centre.close();
      keyring.close();
      await volumes.close();
      keeper.close();
      health.close();
      clock.close();
    },
  };
}
