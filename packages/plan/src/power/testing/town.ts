import { minutes } from "@overt/core";
import { battery } from "../battery.ts";
import type { PlannedSupply, PowerPlan } from "../power-plan.ts";
import { always, between } from "./days.ts";

const supply = (id: string, feeders: readonly string[], more: Partial<PlannedSupply> = {}): PlannedSupply => ({
  id, feeders, generator: null, zone: "UTC", loadW: always(50), worstW: 60, battery: null, solar: null, ...more,
}); // biome-ignore format: one line

const camera = (id: string, ...needs: string[]) => ({ id, kind: "camera" as const, needs: [id, ...needs] });

/**
 * Three cameras in two streets. North is cut from 18 to 22 h, south from 20 to 21 h. The recorder and its switch hang on
 * south with a battery; `gate` looks from a mast in the north, but its radio is in the south.
 */
export const TOWN: PowerPlan = {
  feeders: [
    { id: "north", cuts: { kind: "fixed", cuts: [between(18, 22)] }, measured: null },
    { id: "south", cuts: { kind: "fixed", cuts: [between(20, 21)] }, measured: null },
  ],
  generators: [],
  supplies: [
    supply("north-poles", ["north"]),
    supply("south-poles", ["south"]),
    supply("station", ["south"], { battery: battery("lithium_iron_phosphate", { ratedWh: 1_000, chargerW: 200 }) }),
  ],
  equipment: [
    { id: "market-1", supply: "north-poles" },
    { id: "market-2", supply: "south-poles" },
    { id: "gate", supply: "north-poles" },
    { id: "radio", supply: "south-poles" },
    { id: "recorder", supply: "station" },
  ],
  chains: [
    camera("market-1", "recorder"),
    camera("market-2", "recorder"),
    camera("gate", "radio", "recorder"),
    { id: "gate-link", kind: "link", needs: ["radio", "recorder"] },
  ],
  places: [
    { id: "market", name: "Market square", weight: 5, cameras: ["market-1", "market-2"], views: 1 },
    { id: "market-both", name: "Market square, both sides", weight: 3, cameras: ["market-1", "market-2"], views: 2 },
    { id: "gate", name: "Old gate", weight: 2, cameras: ["gate"], views: 1 },
  ],
};

export const NO_START_MS = 0;
export const GENERATOR = {
  id: "yard", ratedW: 500, startDelayMs: minutes(0), litresPerHourIdle: 0.5, litresPerHourFull: 1, tankLitres: 100, refillDays: 0, serviceEveryHours: 100,
}; // biome-ignore format: one line
