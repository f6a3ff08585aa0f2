import type { Stage, Wall } from "./backdrop.ts";
import type { Rgb } from "./colour.ts";
import type { Bystander, CrowdPlan } from "./crowd.ts";
import type { FigureLight } from "./figure.ts";
import type { TreePlace } from "./tree.ts";
import type { Lens } from "./view.ts";

/** Something that drives through along the x axis. */
export interface Vehicle {
  readonly z: number;
  /** Metres per second; negative to the left. */
  readonly speed: number;
  readonly colour: Rgb;
  /** Seconds into the loop, as a share of it, at which it enters. */
  readonly start: number;
}

/** All that there is to film at one place. */
export interface ScenePlan {
  readonly title: string;
  readonly seed: number;
  readonly lens: Lens;
  readonly walls: readonly Wall[];
  readonly ground: Stage["ground"];
  readonly sky: Stage["sky"];
  readonly light: Stage["light"];
  readonly trees: readonly TreePlace[];
  readonly crowd: CrowdPlan;
  /** Where people who never move may be put, best first. */
  readonly frozenPlaces: readonly Bystander[];
  readonly vehicles: readonly Vehicle[];
  /** Where the light that models figures comes from. */
  readonly side: FigureLight["side"];
  /** Ground shadow of a figure, per metre of height. */
  readonly shadow: readonly [x: number, z: number];
  readonly shadowStrength: number;
  /** Standard deviation of the sensor's noise, in levels. */
  readonly noise: number;
}
