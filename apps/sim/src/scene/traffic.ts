import type { Picture } from "../picture.ts";
import { lit } from "./colour.ts";
import type { ScenePlan } from "./plan.ts";
import { drawSprite, showSprite } from "./sprite.ts";
import type { View } from "./view.ts";
import { column, row, scaleAt } from "./view.ts";
import { carColour } from "./walls.ts";

export interface PassingVehicle {
  readonly z: number;
  show(picture: Picture, depth: Float32Array): void;
}

export type Traffic = (seconds: number) => PassingVehicle[];

const LENGTH = 4.3;
const HEIGHT = 1.5;

/** Cars that drive through, once in each loop. */
export function traffic(view: View, plan: ScenePlan, loopSeconds: number): Traffic {
  const cars = plan.vehicles.map((vehicle) => {
    const scale = scaleAt(view, vehicle.z);
    const width = Math.ceil(LENGTH * scale);
    const height = Math.ceil(HEIGHT * scale);
    const light = plan.light(0, vehicle.z, 0.5);
    const sprite = drawSprite(width, height, (x, y) => {
      const along = x / scale;
      // Drawn with its front to the left.
      const colour = carColour(vehicle.speed > 0 ? LENGTH - along : along, HEIGHT - y / scale, vehicle.colour);
      return colour && lit(colour, light);
    });
    // Half of what is seen of the road at that distance, and the car itself.
    const reach = (view.width / 2 / view.focal) * vehicle.z + LENGTH;
    return { vehicle, sprite, reach };
  });
  return (seconds) =>
    cars.flatMap(({ vehicle, sprite, reach }) => {
      const since = (((seconds - vehicle.start * loopSeconds) % loopSeconds) + loopSeconds) % loopSeconds;
      const travelled = since * Math.abs(vehicle.speed);
      if (travelled > 2 * reach) return [];
      const x = (vehicle.speed > 0 ? -reach + travelled : reach - travelled) - LENGTH / 2;
      const left = column(view, x, vehicle.z);
      const top = row(view, HEIGHT, vehicle.z);
      return [{ z: vehicle.z, show: (picture, depth) => showSprite(picture, depth, sprite, left, top, vehicle.z) }];
    });
}
