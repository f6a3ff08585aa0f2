import { OvertError } from "@overt/core";
import { bridge } from "./places/bridge.ts";
import { harbour } from "./places/harbour.ts";
import { market } from "./places/market.ts";
import { schoolRoad } from "./places/school-road.ts";
import { squareNight } from "./places/square-night.ts";
import { station } from "./places/station.ts";
import type { ScenePlan } from "./plan.ts";

/** The scenes that can be filmed. */
const SCENES: Readonly<Record<string, () => ScenePlan>> = {
  market,
  station,
  bridge,
  "square-night": squareNight,
  "school-road": schoolRoad,
  harbour,
};

export const SCENE_NAMES: readonly string[] = Object.keys(SCENES);

/** @throws OvertError `SIM_SCENE_UNKNOWN` */
export function scenePlan(name: string): ScenePlan {
  const plan = Object.hasOwn(SCENES, name) ? SCENES[name] : undefined;
  if (!plan)
    throw new OvertError("SIM_SCENE_UNKNOWN", `There is no scene "${name}".`, {
      hint: `Choose one of: ${SCENE_NAMES.join(", ")}.`,
    });
  return plan();
}
