import type { Wall } from "./backdrop.ts";
import type { Rgb } from "./colour.ts";
import { blend, lit } from "./colour.ts";
import { cellNoise, smoothNoise } from "./random.ts";

type Ground = readonly [x: number, z: number];

export interface HouseLook {
  readonly wall: Rgb;
  readonly storeys: number;
  /** Metres from one window's middle to the next. */
  readonly bay: number;
  readonly shop: Rgb | undefined;
  /** Share of windows with light in them. */
  readonly litWindows: number;
  readonly brick?: boolean;
  readonly seed: number;
  /** Of daylight on this front, 1 in full. */
  readonly light: number;
}

const STOREY = 3.3;

/** A house front with windows, a plinth, a cornice and perhaps a shop. */
export function houseFront(from: Ground, to: Ground, look: HouseLook): Wall {
  const base = look.shop ? 3.8 : 0.9;
  const top = base + look.storeys * STOREY + 0.6;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const bays = Math.max(1, Math.round(length / look.bay));
  const bay = length / bays;
  return {
    from,
    to,
    bottom: 0,
    top,
    paint(along, up) {
      const colour = frontColour(look, along / bay, up, base, top, bay);
      return lit(colour, look.light);
    },
  };
}

function frontColour(look: HouseLook, bays: number, up: number, base: number, top: number, bay: number): Rgb {
  const { wall, shop, seed } = look;
  const along = bays * bay;
  if (up > top - 0.5) return lit(wall, up > top - 0.12 ? 0.55 : 1.12);
  if (up < base) return shop ? shopColour(look, bays, up, bay, shop) : lit(wall, up < 0.5 ? 0.6 : 0.82);
  const storey = (up - base) / STOREY;
  const inBay = (bays % 1) * bay - bay / 2;
  const inStorey = (storey % 1) * STOREY;
  const half = Math.min(0.62, bay * 0.28);
  if (Math.abs(inBay) < half + 0.12 && inStorey > 0.75 && inStorey < 2.75) {
    if (Math.abs(inBay) > half || inStorey < 0.85 || inStorey > 2.65) return lit(wall, 1.22);
    return pane(look, Math.floor(bays), Math.floor(storey), inBay / half, (inStorey - 0.85) / 1.8);
  }
  const stain = 1 + 0.06 * smoothNoise(along * 0.7, up * 0.35, seed) + 0.03 * smoothNoise(along * 5, up * 5, seed);
  return lit(wall, stain * (look.brick ? brick(along, up) : 1) * (inStorey < 0.12 ? 0.9 : 1));
}

function brick(along: number, up: number): number {
  const course = Math.floor(up / 0.16);
  const joint = up % 0.16 < 0.03 || (along + (course % 2) * 0.2) % 0.4 < 0.03;
  return joint ? 1.12 : 0.9 + 0.18 * cellNoise(along / 0.4 + (course % 2) * 0.5, course, 5);
}

function pane(look: HouseLook, bay: number, storey: number, across: number, up: number): Rgb {
  if (Math.abs(across) < 0.07 || Math.abs(up - 0.62) < 0.03) return [232, 230, 222];
  const chance = cellNoise(bay, storey, look.seed);
  if (chance < look.litWindows)
    return blend([255, 214, 140], [255, 238, 190], up * cellNoise(bay, storey, look.seed + 1));
  const curtain = chance > 0.55 && Math.abs(across) > 0.55 ? 60 : 0;
  return blend(
    [38 + curtain, 46 + curtain, 56 + curtain],
    [128, 148, 168],
    0.15 + 0.5 * up * cellNoise(bay, storey, 9),
  );
}

function shopColour(look: HouseLook, bays: number, up: number, bay: number, sign: Rgb): Rgb {
  const inBay = (bays % 1) * bay;
  if (up > 3.05 && up < 3.65) {
    const letter =
      up > 3.2 && up < 3.5 && cellNoise(bays * bay * 6, look.seed, 3) > 0.42 && inBay > 0.5 && inBay < bay - 0.5;
    return letter ? [246, 240, 225] : sign;
  }
  if (up > 2.9) return lit(sign, 0.6);
  if (inBay < 0.22 || inBay > bay - 0.22 || up < 0.4) return lit(look.wall, 0.72);
  const door = Math.floor(bays) % 3 === 1 && inBay > bay * 0.3 && inBay < bay * 0.65;
  if (door) return up > 2.4 ? [40, 44, 50] : lit(sign, 0.5);
  const goods = up < 1.3 ? cellNoise(bays * bay * 3, up * 4, look.seed) : 0;
  const glass: Rgb = look.litWindows > 0.4 ? [252, 222, 165] : [70, 82, 92];
  return goods > 0.45 ? blend(glass, [200 * goods, 150, 110], 0.6) : blend(glass, [150, 168, 180], 0.12 * up);
}

/** A market stall seen from the front: striped awning, counter with goods. */
export function stall(x: number, z: number, width: number, a: Rgb, b: Rgb, seed: number): Wall {
  return {
    from: [x, z],
    to: [x + width, z],
    bottom: 0,
    top: 2.7,
    paint(along, up) {
      const stripe = Math.floor(along / 0.45) % 2 ? a : b;
      if (up > 2.05) return lit(stripe, 0.86 + 0.16 * (up - 2.05));
      if (up > 1.9) return (along % 0.45) / 0.45 - 0.5 > (up - 1.9) * 6 - 0.7 ? lit(stripe, 0.72) : undefined;
      if (along < 0.07 || along > width - 0.07) return [118, 112, 104];
      if (up > 1.12) return undefined;
      if (up > 0.8) return goods(along, up, seed);
      return lit(
        [150, 118, 82],
        0.8 + 0.25 * (Math.floor(up / 0.2) % 2) * 0.5 + 0.06 * smoothNoise(along * 9, up * 2, seed),
      );
    },
  };
}

function goods(along: number, up: number, seed: number): Rgb | undefined {
  const crate = Math.floor(along / 0.5);
  const palette: Rgb[] = [
    [205, 62, 40],
    [240, 166, 44],
    [96, 148, 52],
    [228, 208, 96],
    [124, 58, 92],
    [222, 120, 60],
  ];
  const colour = palette[Math.floor(cellNoise(crate, seed) * palette.length)]!;
  const heap = 0.12 * (1 - ((along % 0.5) / 0.25 - 1) ** 2);
  if (up > 0.95 + heap) return undefined;
  return lit(colour, 0.75 + 0.5 * cellNoise(along * 16, up * 16, seed));
}

/** A parked car from its side. */
export function car(x: number, z: number, colour: Rgb, facing: 1 | -1 = 1): Wall {
  const length = 4.3;
  return {
    from: [x, z],
    to: [x + length, z],
    bottom: 0,
    top: 1.5,
    paint: (along, up) => carColour(facing === 1 ? along : length - along, up, colour),
  };
}

/** Colour of a car's side at metres from its front and above the ground. */
export function carColour(along: number, up: number, colour: Rgb): Rgb | undefined {
  for (const wheel of [0.85, 3.4]) {
    const d = Math.hypot(along - wheel, up - 0.32);
    if (d < 0.17) return [150, 152, 156];
    if (d < 0.33) return [24, 24, 26];
    if (d < 0.38 && up > 0.3) return [16, 16, 18];
  }
  if (up < 0.22) return undefined;
  const roof = 0.78 + 0.7 * Math.min(1, Math.max(0, (along - 0.95) / 0.85), Math.max(0, (4.25 - along) / 0.75));
  const bonnet = along < 1.1 ? 0.72 + 0.16 * along : 0.92;
  if (up > Math.max(roof, Math.min(bonnet, 0.94))) return undefined;
  if (up > 0.93 && up < roof - 0.08 && along > 1.25 && along < 3.95) {
    if (Math.abs(along - 2.5) < 0.04) return lit(colour, 0.7);
    return blend([34, 42, 50], [150, 170, 186], (up - 0.9) * 0.7);
  }
  if (up > 0.93) return lit(colour, 0.95);
  if (up < 0.34) return [36, 36, 38];
  if (along < 0.14 && up > 0.55 && up < 0.72) return [236, 232, 214];
  if (along > 4.18 && up > 0.6 && up < 0.8) return [176, 34, 30];
  if (Math.abs(along - 2.5) < 0.012 || Math.abs(along - 1.3) < 0.012) return lit(colour, 0.6);
  return lit(colour, 0.82 + 0.3 * Math.max(0, 0.5 - Math.abs(up - 0.8)));
}

/** An upright of any stuff: lamp post, bollard, trunk of a pole. */
export function post(x: number, z: number, height: number, halfWidth: number, colour: Rgb): Wall {
  return {
    from: [x - halfWidth, z],
    to: [x + halfWidth, z],
    bottom: 0,
    top: height,
    thin: true,
    paint: (along) => lit(colour, 1.15 - 0.5 * Math.abs(along / halfWidth - 0.75)),
  };
}

/** A street lamp with its head. */
export function lamp(x: number, z: number, height: number, glowing: boolean): Wall[] {
  const head: Wall = {
    from: [x - 0.28, z],
    to: [x + 0.28, z],
    bottom: height,
    top: height + 0.5,
    thin: true,
    paint(along, up) {
      const inside = Math.abs(along - 0.28) < 0.28 - 0.3 * (up - height);
      if (!inside) return undefined;
      // Brighter than white: the glow must survive the night's dimming.
      return up > height + 0.38 ? [40, 42, 46] : glowing ? [1400, 1200, 800] : [206, 208, 200];
    },
  };
  return [post(x, z, height, 0.06, [62, 66, 70]), head];
}

/** Railings: posts with bars between them. */
export function railing(from: Ground, to: Ground, height: number, colour: Rgb): Wall {
  return {
    from,
    to,
    bottom: 0,
    top: height,
    thin: true,
    paint(along, up) {
      const bar = along % 0.14 < 0.03 || along % 2 < 0.09;
      const rail = up > height - 0.08 || Math.abs(up - 0.15) < 0.03;
      return bar || rail ? colour : undefined;
    },
  };
}

/** A bench from its front. */
export function bench(x: number, z: number): Wall {
  return {
    from: [x, z],
    to: [x + 1.8, z],
    bottom: 0,
    top: 0.85,
    thin: true,
    paint(along, up) {
      const leg = (Math.abs(along - 0.2) < 0.05 || Math.abs(along - 1.6) < 0.05) && up < 0.8;
      const slat = (up > 0.4 && up < 0.47) || (up > 0.56 && up < 0.66) || up > 0.73;
      if (!slat && !leg) return undefined;
      return slat ? lit([134, 92, 54], 0.85 + 0.3 * cellNoise(along * 3, up * 12)) : [48, 50, 52];
    },
  };
}

/** A plain surface: parapets, kiosks, hedges, hulls. */
export function slab(
  from: Ground,
  to: Ground,
  bottom: number,
  top: number,
  paint: (along: number, up: number) => Rgb | undefined,
): Wall {
  return { from, to, bottom, top, paint };
}
