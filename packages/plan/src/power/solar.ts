import { hours, type Span } from "@overt/core";
import { checkFigure, powerError } from "./power-error.ts";
import { type Sourced, sourced } from "./sourced.ts";
import { cosIncidence, sunAt } from "./sun.ts";
import type { SolarSeries } from "./supply.ts";
import type { Plane, Sunlight, Weather } from "./weather.ts";

export interface Panel extends Plane {
  readonly peakW: number;
  /** Cables, dirt, controller: what never arrives. */
  readonly lossShare: number;
}

export const PANEL_DEFAULTS: Readonly<Record<"lossShare" | "perKelvin" | "cellCelsius" | "albedo", Sourced<number>>> = {
  lossShare: sourced(0.14, "PVGIS's default"),
  perKelvin: sourced(-0.004, "crystalline silicon, by data sheets −0.35 to −0.45 % per K"),
  cellCelsius: sourced(45, "nominal operating cell temperature, by data sheets"),
  albedo: sourced(0.2, "PVGIS's default: grass and asphalt"),
};

/** A file of one plane serves panels that face the same way to within this. */
const SAME_DEG = 1;

/**
 * What a panel gives, hour by hour of the weather's own time.
 *
 * @throws OvertError `WEATHER_PLANE_DIFFERS` `POWER_FIGURE_INVALID`
 */
export function panelSeries(weather: Weather, panel: Panel): SolarSeries {
  checkFigure("The panel's W", panel.peakW);
  checkFigure("The panel's slope", panel.slopeDeg, 0, 90);
  checkFigure("The panel's loss", panel.lossShare, 0, 0.99);
  return { fromHour: weather.fromHour, watts: wattsOf(weather, panel) };
}

/**
 * The same for any other time: each hour as that of the same day and month of the weather's years, one after the other; the
 * 29th of February, where they have none, as the 28th.
 *
 * @throws OvertError `WEATHER_TOO_SHORT`: the weather is not of whole years
 */
export function seriesOver({ fromHour, watts }: SolarSeries, span: Span): SolarSeries {
  const first = Math.floor(span.from / hours(1));
  const count = Math.ceil(span.to / hours(1)) - first;
  const firstYear = new Date(fromHour * hours(1)).getUTCFullYear();
  const years = Math.floor(watts.length / 8_760);
  if (years === 0 || Date.UTC(firstYear, 0, 1) / hours(1) !== fromHour)
    throw powerError("WEATHER_TOO_SHORT", "The weather is not of whole years, from their first hour on.");
  const begins = new Date(span.from).getUTCFullYear();
  const over = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const date = new Date((first + i) * hours(1));
    const year = firstYear + ((date.getUTCFullYear() - begins) % years);
    const [month, day, hour] = [date.getUTCMonth(), date.getUTCDate(), date.getUTCHours()];
    const leap = month === 1 && day === 29 && new Date(Date.UTC(year, 1, 29)).getUTCMonth() !== 1;
    over[i] = watts[Date.UTC(year, month, leap ? 28 : day, hour) / hours(1) - fromHour]!;
  }
  return { fromHour: first, watts: over };
}

function wattsOf(weather: Weather, panel: Panel): Float64Array {
  const { sunlight, celsius } = weather;
  if (sunlight.kind === "plane") {
    checkSamePlane(sunlight, panel);
    if (sunlight.panel) {
      const factor = ((panel.peakW / 1_000) * (1 - panel.lossShare)) / (1 - sunlight.panel.lossShare);
      return sunlight.panel.wattsPerKw.map((watts) => watts * factor);
    }
  }
  const onPlane = sunlight.kind === "plane" ? sunlight.onPlane : turned(weather, sunlight, panel);
  return onPlane.map((light, hour) => {
    const cell = celsius[hour]! + (light * (PANEL_DEFAULTS.cellCelsius.value - 20)) / 800;
    const warm = 1 + PANEL_DEFAULTS.perKelvin.value * (cell - 25);
    return Math.max(0, panel.peakW * (light / 1_000) * warm * (1 - panel.lossShare));
  });
}

/** Sunlight on a slope, with a sky that is equally bright all over (Liu and Jordan 1960). */
function turned(
  { latDeg, lonDeg, fromHour, minutesPast }: Weather,
  flat: Sunlight & { kind: "flat" },
  plane: Plane,
): Float64Array {
  const up = (1 + Math.cos((plane.slopeDeg * Math.PI) / 180)) / 2;
  return flat.global.map((global, i) => {
    const sun = sunAt((fromHour + i) * hours(1) + minutesPast * 60_000, latDeg, lonDeg);
    const direct = flat.directNormal[i]! * cosIncidence(sun, plane.slopeDeg, plane.facesDeg);
    return Math.max(0, direct + flat.diffuse[i]! * up + global * PANEL_DEFAULTS.albedo.value * (1 - up));
  });
}

function checkSamePlane({ plane }: Sunlight & { kind: "plane" }, panel: Panel): void {
  const apart = Math.abs(((plane.facesDeg - panel.facesDeg + 540) % 360) - 180);
  const flat = plane.slopeDeg < SAME_DEG && panel.slopeDeg < SAME_DEG;
  if (Math.abs(plane.slopeDeg - panel.slopeDeg) <= SAME_DEG && (flat || apart <= SAME_DEG)) return;
  throw powerError(
    "WEATHER_PLANE_DIFFERS",
    `The weather is of a plane of ${plane.slopeDeg}° that faces ${plane.facesDeg}° from north; the panel has ${panel.slopeDeg}° and ${panel.facesDeg}°.`,
    "Import the file for the panel's plane, or a typical year, which serves all.",
  );
}
