import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { instant, recorderId } from "@overt/core";
import { SampleTrack } from "@overt/recorder/store/sample";
import { STORE_LIMITS } from "@overt/recorder/store/limits";
import { Store } from "@overt/recorder/store/store";
import type { Volume } from "./marks.ts";

/** Findings of a start that no lawful power cut leaves behind. */
const SERIOUS = ["PACKS_MISSING", "PACK_SHORT", "PACK_UNKNOWN", "PACK_FOREIGN", "INDEX_DAMAGED"];

export interface OpenVolume {
  readonly store: Store;
  /** Rejects when the store gives up: its process would end then, and what waits is never answered. */
  readonly failed: Promise<never>;
}

/**
 * Starts on a volume, as a recorder would after a power cut; whatever is amiss goes into `faults`.
 *
 * @param onScanned told of each pack that had no row and no footer
 */
export async function openVolume(
  directory: string,
  volume: Volume,
  faults: string[],
  onScanned: (path: string) => void = () => {},
): Promise<OpenVolume> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // It may give up when nobody waits for it.
  failed.catch((thrown: unknown) => faults.push(`${volume}: the store gave up: ${thrown}`));
  const store = await Store.open(
    {
      directory: join(directory, volume),
      recorder: recorderId("town-hall"),
      run: randomUUID(),
      now: instant(Date.now()),
      rememberAt: join(directory, `${volume}.json`),
      // One page: what a start writes goes all the way, so that a cut of the start finds every step of it.
      limits: { ...STORE_LIMITS, commitMs: 0, reserveBytes: 0, walPages: 1 },
    },
    {
      failed: reject,
      evicted: () => faults.push(`${volume}: the store let footage go`),
      listed: () => {},
      found: ({ code, detail }) => {
        if (code === "PACK_SCANNED") onScanned(detail.split(" ")[0] ?? "");
        if (SERIOUS.includes(code)) faults.push(`${volume}: ${code} ${detail}`);
      },
    },
  );
  return { store, failed };
}

/**
 * A camera goes on: an epoch, a segment and a gap, each durable when this returns.
 *
 * @returns its records, in order
 */
export async function goOn({ store, failed }: OpenVolume): Promise<{ track: SampleTrack; records: Uint8Array[] }> {
  const track = new SampleTrack(`after-${randomUUID().slice(0, 8)}`, "original", instant(Date.now()));
  const records = [track.envelope(), ...track.whole(2)];
  await Promise.race([failed, store.append(Buffer.concat(records), 0)]);
  const gapAt = track.at;
  await Promise.race([failed, store.openGap(track.camera, track.track, gapAt, "camera_silent")]);
  await Promise.race([failed, store.closeGap(track.camera, track.track, instant(gapAt + 1_000))]);
  return { track, records };
}
