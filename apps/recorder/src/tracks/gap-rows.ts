import type { CameraId, OvertError, Track } from "@overt/core";
import type { StoreClient } from "../store/client.ts";
import type { GapRows } from "./gap-keeper.ts";

/** A track's gaps in the store. What the store cannot take now it keeps and is given again after its restart. */
export function gapRows(
  store: StoreClient,
  camera: CameraId,
  track: Track,
  onError: (error: OvertError) => void,
): GapRows {
  return {
    open: (at, cause) => void store.gapOpen(camera, track, at, cause).catch(onError),
    close: (at) => void store.gapClose(camera, track, at).catch(onError),
  };
}
