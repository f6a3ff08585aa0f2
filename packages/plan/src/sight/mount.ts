import { OvertError } from "@overt/core";
import type Flatbush from "flatbush";
import { type Obstacles, SHEET, TREE } from "./obstacles.ts";
import { placeIn } from "./within.ts";

/** Where a camera hangs, in the map's metres and metres above ground. */
export interface Mount {
  readonly x: number;
  readonly y: number;
  readonly heightM: number;
}

export interface About {
  /** Bodies whose box the mount's foot lies in. */
  readonly over: readonly number[];
  /** Trees that hold the mount: pruned, as whoever hangs a camera there would. */
  readonly pruned: readonly number[];
}

/** What holds the mount itself. @throws OvertError `MOUNT_IN_WALL` when a building does */
export function aboutMount(obstacles: Obstacles, bodies: Flatbush, { x, y, heightM }: Mount): About {
  const { kind, topM, minM, elements } = obstacles;
  const over: number[] = [];
  const pruned: number[] = [];
  for (const b of bodies.search(x, y, x, y)) {
    if (kind[b] === SHEET) continue;
    const place = heightM < topM[b]! && heightM >= minM[b]! ? placeIn(obstacles, b, x, y) : "outside";
    if (kind[b] === TREE && place !== "outside") pruned.push(b);
    else if (place === "inside")
      throw new OvertError("MOUNT_IN_WALL", `The mount hangs inside ${elements[b]}, which is ${topM[b]} m high.`, {
        hint: "Move it out of the wall, or above the roof.",
      });
    else over.push(b);
  }
  return { over, pruned };
}
