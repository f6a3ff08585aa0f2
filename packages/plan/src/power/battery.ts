import { hours } from "@overt/core";
import { BATTERY_DEFAULTS, type BatteryModel, type Chemistry } from "./chemistry.ts";
import { checkFigure } from "./power-error.ts";

export interface Battery extends BatteryModel {
  readonly chemistry: Chemistry;
  /** At the 20-hour rate, new, at 25 °C. */
  readonly ratedWh: number;
  /** What its charger puts into it. */
  readonly chargerW: number;
  readonly celsius: number;
}

/**
 * A battery with the defaults of its chemistry, all of which can be given.
 *
 * @throws OvertError `POWER_FIGURE_INVALID`
 */
export function battery(
  chemistry: Chemistry,
  size: { readonly ratedWh: number; readonly chargerW: number },
  more: Partial<Omit<Battery, "chemistry">> = {},
): Battery {
  const values = Object.entries(BATTERY_DEFAULTS[chemistry]).map(([key, { value }]) => [key, value]);
  const made: Battery = { ...(Object.fromEntries(values) as BatteryModel), celsius: 25, ...size, ...more, chemistry };
  checkBattery(made);
  return made;
}

/** What it holds when full, at its temperature and at the end of its life. */
export const capacityWh = (b: Battery): number => b.ratedWh * b.ageingShare * alongTemperature(b);

/** What it is not emptied below. */
export const floorWh = (b: Battery): number => capacityWh(b) * (1 - b.depthShare);

/** What it takes at most at a charge, measured at its terminals; nothing when it is too cold. */
export function mostChargeW(b: Battery, chargeWh: number): number {
  if (b.celsius < b.chargesFromCelsius) return 0;
  return b.ratedWh * b.mostChargePerHour * (chargeWh >= capacityWh(b) * b.slowFromShare ? b.slowShare : 1);
}

/** By how many Wh an hour its charge falls while it carries a load. */
export const drainW = (b: Battery, loadW: number): number =>
  loadW === 0 ? 0 : loadW / b.converterEfficiency / rateShare(b, loadW / b.converterEfficiency);

/** How long a full one carries a load. */
export const lastsMs = (b: Battery, loadW: number): number =>
  loadW === 0 ? Number.POSITIVE_INFINITY : ((capacityWh(b) - floorWh(b)) / drainW(b, loadW)) * hours(1);

/**
 * What of its capacity it gives at a draw: between the points of its table straight over the logarithm of the draw, as
 * Peukert's law is. Beyond the fastest point the last slope goes on, down to a fifth or to the table's least.
 */
export function rateShare(
  b: Pick<Battery, "rates" | "ratedWh" | "ageingShare" | "temperatures" | "celsius">,
  drawW: number,
): number {
  const perHour = drawW / (b.ratedWh * b.ageingShare * alongTemperature(b));
  const points = b.rates
    .map(({ hours: h, share }) => [Math.log(share / h), share] as const)
    .sort((p, q) => p[0] - q[0]);
  const least = Math.min(0.2, ...b.rates.map(({ share }) => share));
  return Math.max(least, Math.min(points[0]![1], along(points, Math.log(perHour), true)));
}

/** Of `depthShare` of the capacity, how many cycles it has in it. */
export function cyclesAt({ cycles }: Pick<Battery, "cycles">, depthShare: number): number {
  const points = cycles.map((each) => [Math.log(each.depthShare), Math.log(each.cycles)] as const);
  return Math.exp(
    along(
      [...points].sort((p, q) => p[0] - q[0]),
      Math.log(depthShare),
      true,
    ),
  );
}

const alongTemperature = ({ temperatures, celsius }: Pick<Battery, "temperatures" | "celsius">): number =>
  along(
    temperatures.map((each) => [each.celsius, each.share] as const).sort((p, q) => p[0] - q[0]),
    celsius,
    false,
  );

/** On the broken line through the points; beyond its ends, on with the slope or level. */
function along(points: readonly (readonly [number, number])[], x: number, onward: boolean): number {
  if (points.length === 1) return points[0]![1];
  const after = points.findIndex(([each]) => each >= x);
  const i = after <= 0 ? (after === 0 ? 1 : points.length - 1) : after;
  const [[x0, y0], [x1, y1]] = [points[i - 1]!, points[i]!];
  const at = onward ? x : Math.max(points[0]![0], Math.min(points.at(-1)![0], x));
  return y0 + ((y1 - y0) * (at - x0)) / (x1 - x0);
}

function checkBattery(b: Battery): void {
  checkFigure("The battery's Wh", b.ratedWh, 0.001);
  checkFigure("The charger's W", b.chargerW);
  checkFigure("The usable depth", b.depthShare, 0.01, 1);
  checkFigure("The temperature", b.celsius, -60, 80);
  for (const share of [b.ageingShare, b.chargeEfficiency, b.converterEfficiency, b.slowFromShare, b.slowShare])
    checkFigure("A share of the battery", share, 0.01, 1);
  checkFigure("The reconnect share", b.reconnectShare, 0.001, 1);
  checkFigure("What it takes in an hour", b.mostChargePerHour, 0.001);
  for (const [name, table] of Object.entries({ rate: b.rates, temperature: b.temperatures, cycle: b.cycles }))
    checkFigure(`The length of the ${name} table`, table.length, 1);
  for (const { hours: h, share } of b.rates) {
    checkFigure("The hours of a rate", h, 0.01);
    checkFigure("The share at a rate", share, 0.01, 1);
  }
  for (const { share } of b.temperatures) checkFigure("The share at a temperature", share, 0.01, 1.5);
  for (const { depthShare, cycles } of b.cycles) {
    checkFigure("The depth of a cycle", depthShare, 0.01, 1);
    checkFigure("The cycles at a depth", cycles, 1);
  }
}
