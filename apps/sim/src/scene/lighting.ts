import type { Stage, Wall } from "./backdrop.ts";
import type { Rgb } from "./colour.ts";

/** Direct sun: shadows fall along `shadow` metres per metre of height. */
export interface Sun {
  readonly shadow: readonly [x: number, z: number];
  /** Share of light that is left in the shadow. */
  readonly shade: number;
  readonly colour: Rgb;
}

/** The ground on which shadows are reckoned, once per cell: 120 m across and 64 m away. */
const CELL_M = 0.08;
const ACROSS = 1_500;
const AWAY = 800;

export interface LampLight {
  readonly x: number;
  readonly z: number;
  /** Metres at which half of it is left. */
  readonly reach: number;
  readonly colour: Rgb;
}

/** Daylight with the walls' shadows on the ground. */
export function sunlight(sun: Sun, walls: readonly Wall[]): Stage["light"] {
  const casting = walls.filter((wall) => !wall.thin);
  // 0 where nobody has looked yet, 1 in the sun, 2 in the shade.
  const cells = new Uint8Array(ACROSS * AWAY);
  const shadeAt = (x: number, z: number): number => {
    const column = Math.round(x / CELL_M) + ACROSS / 2;
    const row = Math.round(z / CELL_M);
    if (column < 0 || column >= ACROSS || row >= AWAY) return 1;
    const at = row * ACROSS + column;
    if (cells[at] === 0) {
      const shaded = casting.some((wall) => shades(wall, sun, (column - ACROSS / 2) * CELL_M, row * CELL_M));
      cells[at] = shaded ? 2 : 1;
    }
    return cells[at] === 2 ? sun.shade : 1;
  };
  return (x, z, up) => {
    const share = up > 0 ? 1 : shadeAt(x, z);
    // Shadows are lit by the sky, which is bluer than the sun.
    const cool = share < 1 ? 1.06 : 1;
    return [sun.colour[0] * share, sun.colour[1] * share, sun.colour[2] * share * cool];
  };
}

/** Whether the wall stands between the sun and a point of the ground. */
function shades(wall: Wall, { shadow }: Sun, x: number, z: number): boolean {
  const [x0, z0] = wall.from;
  const dx = wall.to[0] - x0;
  const dz = wall.to[1] - z0;
  // From the point towards the sun: (x, z) - height * shadow.
  const det = -shadow[0] * dz + shadow[1] * dx;
  if (Math.abs(det) < 1e-6) return false;
  const height = ((x0 - x) * dz - (z0 - z) * dx) / det;
  if (height <= 0.02 || height < wall.bottom || height > wall.top) return false;
  const along = Math.abs(dx) > Math.abs(dz) ? (x - shadow[0] * height - x0) / dx : (z - shadow[1] * height - z0) / dz;
  return along >= 0 && along <= 1;
}

/** Night: a little of the sky and pools of lamplight. */
export function lamplight(ambient: Rgb, lamps: readonly LampLight[]): Stage["light"] {
  return (x, z, up) => {
    let [r, g, b] = ambient;
    for (const lamp of lamps) {
      const d2 = (x - lamp.x) ** 2 + (z - lamp.z) ** 2 + 0.2 * up * up;
      const share = 1 / (1 + d2 / (lamp.reach * lamp.reach));
      r += lamp.colour[0] * share;
      g += lamp.colour[1] * share;
      b += lamp.colour[2] * share;
    }
    return [r, g, b];
  };
}
