import type { CameraId, Track } from "@overt/core";
import { GapKeeper } from "../tracks/gap-keeper.ts";
import { gapRows } from "../tracks/gap-rows.ts";
import { SealedTrack } from "../tracks/sealed-track.ts";
import type { Surroundings } from "./surroundings.ts";

/** One of a camera's tracks, and whether anybody asks for it. */
export interface TrackRoom {
  readonly gaps: GapKeeper;
  readonly sealed: SealedTrack;
  asked: boolean;
}

/** A track that goes to its camera's own volume. */
export function trackRoom(camera: CameraId, track: Track, around: Surroundings): TrackRoom {
  const { volumes, records, chunks, clock, keyring, sign, crc32c, fileUnder, awayCause, onError } = around;
  const store = volumes.homeOf(camera);
  const gaps = new GapKeeper(gapRows(store, camera, track, onError), clock.now(), fileUnder);
  const sealed = new SealedTrack({
    camera,
    track,
    nextSegment: () => keyring.nextSegment(camera, track),
    renewEpoch: () => keyring.renew(camera, track),
    append: (records) => store.append(records),
    refusing: () => store.refusing(camera),
    pool: records,
    release: (nals) => chunks.release(nals),
    gaps,
    now: clock.now,
    sign,
    crc32c,
    onError,
  });
  // Until a picture comes nobody knows more than why the recorder was not running.
  gaps.missing(awayCause, clock.now());
  return { gaps, sealed, asked: true };
}
