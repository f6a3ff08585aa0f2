import { type DurationMs, minutes, type Span } from "@overt/core";
import { localHours } from "./civil.ts";
import type { PowerPlan } from "./power-plan.ts";
import { intersection, lengthMs } from "./spans.ts";
import type { Survival } from "./survival.ts";

/** One hour of a night with cuts, as a map plays it. */
export interface NightHour extends Span {
  readonly hour: number;
  /** Cameras that recorded all of it, part of it, and none of it. */
  readonly lit: readonly string[];
  readonly dimmed: readonly string[];
  readonly dark: readonly string[];
  readonly linksDown: readonly string[];
  /** By name: places that lost sight in this hour, and those that have it again; with minutes unseen. */
  readonly lost: readonly BlindPlace[];
  readonly regained: readonly string[];
  /** All that were unseen for some of it. */
  readonly blind: readonly BlindPlace[];
}

export interface BlindPlace {
  readonly id: string;
  readonly name: string;
  readonly minutes: number;
}

/** Less than this is a moment that nobody would draw. */
const LEAST_MS: DurationMs = minutes(0.5);

/** Hour by hour, as clocks of `zone` show it, what is seen over a night. */
export function cutNight(plan: PowerPlan, survival: Survival, night: Span, zone: string): readonly NightHour[] {
  let before: ReadonlySet<string> = new Set();
  return [...localHours(zone, night)].map(({ from, to, hour }) => {
    const darkMs = (spans: readonly Span[]): number => lengthMs(intersection(spans, [{ from, to }]));
    const cameras = [...survival.cameras].map(([id, spans]) => ({ id, ms: darkMs(spans) }));
    const blind = plan.places
      .map(({ id, name }) => ({ id, name, ms: darkMs(survival.places.get(id) ?? []) }))
      .filter(({ ms }) => ms >= LEAST_MS)
      .map(({ id, name, ms }) => ({ id, name, minutes: Math.round(ms / minutes(1)) }));
    const now = new Set(blind.map(({ id }) => id));
    const lost = blind.filter(({ id }) => !before.has(id));
    const regained = plan.places.filter(({ id }) => before.has(id) && !now.has(id)).map(({ name }) => name);
    before = now;
    const named = (of: (ms: number) => boolean) => cameras.filter(({ ms }) => of(ms)).map(({ id }) => id);
    return {
      from,
      to,
      hour,
      lit: named((ms) => ms < LEAST_MS),
      dimmed: named((ms) => ms >= LEAST_MS && ms < to - from),
      dark: named((ms) => ms >= LEAST_MS && ms >= to - from),
      linksDown: [...survival.links].filter(([, spans]) => darkMs(spans) >= LEAST_MS).map(([id]) => id),
      lost,
      regained,
      blind,
    };
  });
}
