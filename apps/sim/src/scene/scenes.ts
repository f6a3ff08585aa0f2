import { OvertError } from "@overt/core";
import { market } from "./places/market.ts";
import type { ScenePlan } from "./plan.ts";

/** The scenes that can be filmed, by name. */
export const SCENES: Readonly<Record<string, () => ScenePlan>> = { market };

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
