import type { DurationMs } from "@overt/core";
import { type Battery, battery, lastsMs } from "./battery.ts";
import { checkFigure } from "./power-error.ts";
import { sourced } from "./sourced.ts";

/** A UPS as its data sheet has it. */
export interface Ups {
  readonly va: number;
  readonly watts: number;
  /** How long it carries a load, new. */
  readonly runtimes: readonly { readonly loadW: number; readonly minutes: number }[];
  /** From empty to nine tenths. */
  readonly rechargeHours: number;
  /** What it carries for a moment, as a share of its watts. */
  readonly overloadShare: number;
}

export interface UpsLoad {
  readonly typicalW: number;
  readonly worstW: number;
  /** Of what hangs on it; supplies without correction have 0.6. */
  readonly powerFactor: number;
  /** When all start at once. */
  readonly inrushW: number;
}

export const UPS_DEFAULTS = {
  marginShare: sourced(0.2, "W10: 20 %"),
  powerFactor: sourced(0.9, "assumed: switched supplies with correction, above 75 W (IEC 61000-3-2)"),
  overloadShare: sourced(1.1, "assumed: 110 % for a minute, by data sheets"),
  ageingShare: sourced(0.8, "W4 (Pulsar)"),
};

export interface UpsVerdict {
  /** The first that does not do; null: it carries the load, with the margin. */
  readonly limit: "va" | "watts" | "inrush" | null;
  readonly neededVa: number;
  readonly neededW: number;
  /** At the typical load, with an old battery. */
  readonly typicalMs: DurationMs;
  readonly worstMs: DurationMs;
}

/** @throws OvertError `POWER_FIGURE_INVALID` */
export function checkUps(ups: Ups, load: UpsLoad, marginShare = UPS_DEFAULTS.marginShare.value): UpsVerdict {
  checkFigure("The power factor", load.powerFactor, 0.1, 1);
  const neededW = load.worstW * (1 + marginShare);
  const neededVa = neededW / load.powerFactor;
  const tooMuch = [
    ["va", neededVa > ups.va],
    ["watts", neededW > ups.watts],
    ["inrush", load.inrushW > ups.watts * ups.overloadShare],
  ] as const;
  const old = batteryOfUps(ups);
  return {
    limit: tooMuch.find(([, yes]) => yes)?.[0] ?? null,
    neededVa,
    neededW,
    typicalMs: lastsMs(old, load.typicalW),
    worstMs: lastsMs(old, load.worstW),
  };
}

/** Runtime over load, as a curve to draw. */
export const runtimeCurve = (ups: Ups, loadsW: readonly number[], ageingShare = UPS_DEFAULTS.ageingShare.value) =>
  loadsW.map((loadW) => ({ loadW, runtimeMs: lastsMs(batteryOfUps(ups, ageingShare), loadW) }));

/** Its battery, so that a UPS is reckoned as any other: the curve of runtimes is its table of rates, converter included. */
export function batteryOfUps(ups: Ups, ageingShare = UPS_DEFAULTS.ageingShare.value): Battery {
  checkFigure("The number of runtimes", ups.runtimes.length, 1);
  for (const { loadW, minutes: long } of ups.runtimes) {
    checkFigure("The load of a runtime", loadW, 0.1);
    checkFigure("The minutes of a runtime", long, 0.1);
  }
  const points = ups.runtimes.map(({ loadW, minutes: long }) => ({ hours: long / 60, wh: (loadW * long) / 60 }));
  const ratedWh = Math.max(...points.map(({ wh }) => wh));
  const rates = points.map(({ hours, wh }) => ({ hours, share: wh / ratedWh }));
  const chargeEfficiency = 0.85;
  const chargerW = (0.9 * ratedWh) / chargeEfficiency / ups.rechargeHours;
  const whole = { depthShare: 1, converterEfficiency: 1, slowShare: 1, mostChargePerHour: 10, chargeEfficiency };
  return battery("lead_agm", { ratedWh, chargerW }, { ...whole, ageingShare, rates });
}
