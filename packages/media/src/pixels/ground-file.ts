import type { Ground } from "./ground.ts";
import type { Layout } from "./layout.ts";

const MAGIC = 0x4f564731;
const HEAD_BYTES = 8;
const UNKNOWN = 255;
/** Noise is kept in quarters of a level. */
const NOISE_SCALE = 4;

/**
 * Learnt ground to outlive a restart: the place without people, in cells of 4 x 4 pixels.
 * Nothing is kept of cells that are not known, private spaces among them.
 * `u32 "OVG1", u16 width, u16 height, per cell u8 level, per cell u8 noise (255: unknown)`; integers big-endian.
 */
export function saveGround({ layout, known, level, noise }: Ground): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(HEAD_BYTES + layout.cells * 2);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, layout.width);
  view.setUint16(6, layout.height);
  for (let cell = 0; cell < layout.cells; cell++) {
    out[HEAD_BYTES + cell] = known[cell] ? Math.round(level[cell] as number) : 0;
    const kept = Math.min(UNKNOWN - 1, Math.ceil((noise[cell] as number) * NOISE_SCALE));
    out[HEAD_BYTES + layout.cells + cell] = known[cell] ? kept : UNKNOWN;
  }
  return out;
}

/** @returns false when the bytes are not ground of this layout, or tell nothing; the ground is then unchanged. */
export function restoreGround(ground: Ground, saved: Uint8Array): boolean {
  const { layout } = ground;
  if (!isFor(layout, saved)) return false;
  for (let cell = 0; cell < layout.cells; cell++) {
    const noise = saved[HEAD_BYTES + layout.cells + cell] as number;
    if (noise !== UNKNOWN) ground.know(cell, saved[HEAD_BYTES + cell] as number, noise / NOISE_SCALE);
  }
  ground.noteKnown();
  return ground.knownCount > 0;
}

function isFor({ width, height, cells }: Layout, saved: Uint8Array): boolean {
  if (saved.length !== HEAD_BYTES + cells * 2) return false;
  const view = new DataView(saved.buffer, saved.byteOffset, saved.byteLength);
  return view.getUint32(0) === MAGIC && view.getUint16(4) === width && view.getUint16(6) === height;
}
