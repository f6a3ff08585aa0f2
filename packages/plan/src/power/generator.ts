import { type DurationMs, hours, instant, type Span } from "@overt/core";
import { localDays, localHours } from "./civil.ts";
import type { ByHour } from "./load.ts";
import { checkFigure } from "./power-error.ts";
import { gapsIn, intersection, union } from "./spans.ts";

/** A generator, which several supplies may share. */
export interface Generator {
  readonly id: string;
  readonly ratedW: number;
  /** From the cut until it carries: a battery must bridge it. */
  readonly startDelayMs: DurationMs;
  readonly litresPerHourIdle: number;
  readonly litresPerHourFull: number;
  readonly tankLitres: number;
  /** It is filled up every so many days; 0: never. */
  readonly refillDays: number;
  readonly serviceEveryHours: number;
}

/** What hangs on it. */
export interface Served {
  readonly zone: string;
  /** Typical, and at worst; the charger's included, which is what counts after a cut. */
  readonly loadW: ByHour;
  readonly worstW: number;
  readonly dark: readonly Span[];
}

export interface GeneratorRun {
  /** When it carries. */
  readonly running: readonly Span[];
  readonly litres: number;
  readonly runHours: number;
  readonly mostHoursADay: number;
  readonly services: number;
  /** From when to when its tank was empty while it was needed. */
  readonly dry: readonly Span[];
  readonly tankHours: number;
  /** By how much the worst load is above what it carries; 0: it is enough. */
  readonly overloadedByW: number;
}

/**
 * When a generator carries what hangs on it, and on how much fuel. It starts at each cut of any of them.
 *
 * @throws OvertError `POWER_FIGURE_INVALID`
 */
export function generatorRun(generator: Generator, served: readonly Served[], within: Span): GeneratorRun {
  checkGenerator(generator);
  const needed = union(served.flatMap(({ dark }) => dark))
    .map(({ from, to }) => ({ from: instant(from + generator.startDelayMs), to }))
    .filter(({ from, to }) => to > from);
  const zone = served[0]?.zone ?? "UTC";
  const refills = refillsOf(generator, within);
  const running: Span[] = [];
  let [litres, left, refill] = [0, generator.tankLitres, 0];
  for (const cut of intersection(needed, [within])) {
    for (const { from, to } of localHours(zone, cut)) {
      while (refill < refills.length && refills[refill]! <= from) [left, refill] = [generator.tankLitres, refill + 1];
      const perHour = litresPerHour(generator, loadAt(served, from));
      const until = perHour === 0 ? to : Math.min(to, from + (left / perHour) * hours(1));
      if (until <= from) continue;
      const used = ((until - from) / hours(1)) * perHour;
      [litres, left] = [litres + used, Math.max(0, left - used)];
      running.push({ from, to: instant(until) });
    }
  }
  const merged = union(running);
  const runHours = merged.reduce((sum, { from, to }) => sum + (to - from) / hours(1), 0);
  const worstW = served.reduce((sum, each) => sum + each.worstW, 0);
  return {
    running: merged,
    litres,
    runHours,
    mostHoursADay: Math.max(0, ...localDays(zone, within).map((day) => hoursIn(merged, day))),
    services: Math.floor(runHours / generator.serviceEveryHours),
    dry: intersection(needed, [within]).flatMap((cut) => gapsIn(intersection(merged, [cut]), cut)),
    tankHours:
      generator.tankLitres /
      litresPerHour(
        generator,
        served.reduce((sum, each) => sum + mean(each.loadW), 0),
      ),
    overloadedByW: Math.max(0, worstW - generator.ratedW),
  };
}

/** Straight between idling and full load, as data sheets' figures nearly are. */
export function litresPerHour({ ratedW, litresPerHourIdle, litresPerHourFull }: Generator, loadW: number): number {
  return litresPerHourIdle + (litresPerHourFull - litresPerHourIdle) * Math.min(1, loadW / ratedW);
}

const mean = (watts: ByHour): number => watts.reduce((sum, each) => sum + each, 0) / watts.length;

function loadAt(served: readonly Served[], at: number): number {
  return served.reduce((sum, { zone, loadW }) => {
    const [first] = localHours(zone, { from: instant(at), to: instant(at + 1) });
    return sum + loadW[first!.hour]!;
  }, 0);
}

function refillsOf({ refillDays }: Generator, { from, to }: Span): number[] {
  if (refillDays === 0) return [];
  const every = refillDays * hours(24);
  return Array.from({ length: Math.ceil((to - from) / every) }, (_, i) => from + (i + 1) * every);
}

const hoursIn = (spans: readonly Span[], day: Span): number =>
  intersection(spans, [day]).reduce((sum, { from, to }) => sum + (to - from) / hours(1), 0);

function checkGenerator(g: Generator): void {
  checkFigure("The generator's W", g.ratedW, 1);
  checkFigure("The litres of an hour", g.litresPerHourIdle);
  checkFigure("The litres of an hour at full load", g.litresPerHourFull, g.litresPerHourIdle);
  checkFigure("The tank's litres", g.tankLitres);
  checkFigure("The days between refills", g.refillDays);
  checkFigure("The hours between services", g.serviceEveryHours, 1);
  checkFigure("The start delay", g.startDelayMs);
}
