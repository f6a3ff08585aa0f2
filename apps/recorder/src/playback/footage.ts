import { type CameraId, type Instant, instant, OvertError } from "@overt/core";
import type { Picture } from "@overt/link";
import { joinAnnexB, readFragment, type ReadInit, readInit } from "@overt/media";
import {
  type OpenedFragment,
  openEnvelope,
  openSegment,
  parseEnvelopeRecord,
  parseRecord,
  type RawRecord,
  segmentKey,
} from "@overt/seal";
import type { KeeperClient } from "../keystore/client.ts";
import type { StoredPiece } from "../store/pieces.ts";
import type { Volumes } from "../store/volumes.ts";

/**
 * Recorded anonymised pictures. Their epoch keys lie under period keys alone, so the recorder can play them until
 * retention ends; nothing here could open an original.
 */
export class Footage {
  readonly #volumes: Pick<Volumes, "read">;
  readonly #keeper: KeeperClient;

  constructor(volumes: Pick<Volumes, "read">, keeper: KeeperClient) {
    this.#volumes = volumes;
    this.#keeper = keeper;
  }

  /** Pictures of `[from, to)` in order, preceded by those back to the key picture at or before `from`. */
  async *read(camera: CameraId, from: Instant, to: Instant): AsyncGenerator<Picture> {
    let before: Picture[] = [];
    for await (const piece of this.#volumes.read(camera, "anonymised", from, to)) {
      for (const picture of await this.#open(camera, piece)) {
        if (picture.at >= to) return;
        if (picture.at > from) {
          yield* before;
          before = [];
          yield picture;
        } else before = picture.key ? [picture] : before.length > 0 ? [...before, picture] : [];
      }
    }
    yield* before;
  }

  /** The last key picture at or before `at`, if one is near. */
  async still(camera: CameraId, at: Instant): Promise<Picture | null> {
    let found: Picture | null = null;
    for await (const picture of this.read(camera, at, instant(at + 1)))
      if (picture.key && picture.at <= at) found = picture;
    return found;
  }

  async #open(camera: CameraId, { header, envelope, fragments, segment }: StoredPiece): Promise<Picture[]> {
    if (!header || !envelope) return [];
    const epochKey = await this.#epochKey(camera, envelope);
    if (!epochKey) return [];
    const key = segmentKey(epochKey, { camera, track: "anonymised", segment });
    epochKey.fill(0);
    const opened = await openSegment([header, ...fragments].flatMap(asRecord), key);
    key.fill(0);
    if ("problem" in opened || opened.init.length === 0) return [];
    const init = readInit(opened.init);
    return opened.fragments.flatMap((fragment) => picturesOf(camera, fragment, init));
  }

  async #epochKey(camera: CameraId, bytes: Uint8Array): Promise<Uint8Array | null> {
    const [record] = asRecord(bytes);
    const parsed = record && parseEnvelopeRecord(record);
    if (!record || !parsed || "problem" in parsed) return null;
    const period = await this.#keeper.get(camera, parsed.head.periodStart);
    // Expired between the plan and the reading: it is gone, as it should be.
    if (period.state !== "live") return null;
    let epochKey: Uint8Array | null = null;
    for (const key of period.keys) {
      const opened = await openEnvelope(record, key);
      key.fill(0);
      if (!("problem" in opened) && opened.track === "anonymised") epochKey = opened.epochKey;
    }
    return epochKey;
  }
}

function asRecord(bytes: Uint8Array): RawRecord[] {
  const record = parseRecord(bytes);
  return "problem" in record ? [] : [record];
}

function picturesOf(camera: CameraId, { head, media }: OpenedFragment, init: ReadInit): Picture[] {
  const { samples } = readFragment(media, init);
  const { sps, pps } = init.parameterSets;
  let ticks = 0;
  return samples.map(({ nals, key, durationTicks }) => {
    const at = instant(head.time + (ticks * 1000) / init.timescale);
    ticks += durationTicks;
    return { camera, stream: 0, at, key, blank: false, accessUnit: joinAnnexB(key ? [...sps, ...pps, ...nals] : nals) };
  });
}

/** @throws OvertError `CAMERA_UNKNOWN` */
export function knownCamera<T>(cameras: ReadonlyMap<CameraId, T>, camera: CameraId): T {
  const found = cameras.get(camera);
  if (found) return found;
  throw new OvertError("CAMERA_UNKNOWN", `This recorder has no camera "${camera}".`, {
    hint: "It may have been removed from the configuration.",
  });
}
