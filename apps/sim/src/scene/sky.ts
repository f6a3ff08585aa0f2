import type { Stage } from "./backdrop.ts";
import type { Rgb } from "./colour.ts";
import { blend, lit } from "./colour.ts";
import { smoothNoise } from "./random.ts";

/** @param clouds 0 for none, 1 for a grey cover. */
export function daySky(zenith: Rgb, horizon: Rgb, clouds: number): Stage["sky"] {
  return (across, up) => {
    const base = blend(horizon, zenith, Math.min(1, up * 3.2));
    const x = across * 3;
    const y = up * 9;
    const cloud =
      smoothNoise(x, y, 71) + 0.5 * smoothNoise(x * 2.3, y * 2.3, 72) + 0.25 * smoothNoise(x * 5, y * 5, 73);
    return blend(base, [244, 244, 242], Math.max(0, Math.min(0.9, cloud + clouds - 0.5)));
  };
}

export function nightSky(horizon: Rgb): Stage["sky"] {
  return (across, up) =>
    lit(blend(horizon, [10, 12, 22], Math.min(1, up * 3)), 1 + 0.1 * smoothNoise(across * 4, up * 8, 74));
}
