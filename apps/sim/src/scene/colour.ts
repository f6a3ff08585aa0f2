import { mix } from "./random.ts";

/** 0 to 255 each, not rounded. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Limited-range BT.601. */
export type Yuv = readonly [y: number, u: number, v: number];

/** `#rrggbb`, or three digits of it. */
export function rgb(hex: string): Rgb {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function toYuv([r, g, b]: Rgb): Yuv {
  return [
    16 + 0.257 * r + 0.504 * g + 0.098 * b,
    128 - 0.148 * r - 0.291 * g + 0.439 * b,
    128 + 0.439 * r - 0.368 * g - 0.071 * b,
  ];
}

export function lit([r, g, b]: Rgb, light: Rgb | number): Rgb {
  return typeof light === "number" ? [r * light, g * light, b * light] : [r * light[0], g * light[1], b * light[2]];
}

export function blend(a: Rgb, b: Rgb, share: number): Rgb {
  return [mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)];
}
