import type { Battery } from "./battery.ts";
import { type ByHour, whPerDay } from "./load.ts";
import { checkFigure } from "./power-error.ts";
import { sourced } from "./sourced.ts";

export const DAYS_OF_AUTONOMY = sourced(3, "our default; off-grid practice takes 2 to 5");

export interface QuickRule {
  readonly loadWhPerDay: number;
  /** Wh/day × days of autonomy ÷ depth ÷ efficiency. */
  readonly batteryWh: number;
  /** What the panel must have, for the sun of the worst month. */
  readonly panelW: number;
}

/**
 * What one reckons on paper: a check beside the hour-by-hour result, not in its place.
 *
 * @param sunWhPerDayPerW what a panel of 1 W gives on a day of the worst month, losses taken off
 * @throws OvertError `POWER_FIGURE_INVALID`
 */
export function quickRule(
  loadW: ByHour,
  { depthShare, converterEfficiency, chargeEfficiency }: Battery,
  sunWhPerDayPerW: number,
  days = DAYS_OF_AUTONOMY.value,
): QuickRule {
  checkFigure("The days of autonomy", days);
  checkFigure("The sun of the worst month", sunWhPerDayPerW, 0.001);
  const loadWhPerDay = whPerDay(loadW);
  return {
    loadWhPerDay,
    batteryWh: (loadWhPerDay * days) / depthShare / converterEfficiency,
    panelW: loadWhPerDay / converterEfficiency / chargeEfficiency / sunWhPerDayPerW,
  };
}

/** By how much the simulated plan and the rule may differ before a person is asked to look again. */
const DOUBTFUL = 2;

/** Whether a plan is so far from the rule that one of them was given a wrong figure. */
export function ruleDoubts(
  rule: QuickRule,
  plan: { readonly batteryWh: number; readonly panelW: number },
): readonly ("battery" | "panel")[] {
  const far = (a: number, b: number): boolean => a > b * DOUBTFUL || b > a * DOUBTFUL;
  return [
    ...(far(rule.batteryWh, plan.batteryWh) ? ["battery" as const] : []),
    ...(far(rule.panelW, plan.panelW) ? ["panel" as const] : []),
  ];
}
