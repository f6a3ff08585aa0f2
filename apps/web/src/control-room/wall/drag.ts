import { type CameraId, cameraId } from "@overt/core";

export type Dragged =
  | { readonly kind: "camera"; readonly camera: CameraId }
  | { readonly kind: "tile"; readonly tile: number };

const CAMERA = "application/x-overt-camera";
const TILE = "application/x-overt-tile";

export function startDrag(transfer: DataTransfer, what: Dragged): void {
  transfer.effectAllowed = "move";
  if (what.kind === "camera") transfer.setData(CAMERA, what.camera);
  else transfer.setData(TILE, String(what.tile));
}

/** What was dropped, or null when it is none of ours. */
export function dragged(transfer: DataTransfer): Dragged | null {
  const tile = transfer.getData(TILE);
  if (tile !== "") return { kind: "tile", tile: Number(tile) };
  const camera = transfer.getData(CAMERA);
  return camera === "" ? null : { kind: "camera", camera: cameraId(camera) };
}
