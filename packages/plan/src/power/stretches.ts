import { hours, type Span } from "@overt/core";
import { localHours } from "./civil.ts";
import { powerError } from "./power-error.ts";
import type { Stretch, Supply } from "./supply.ts";

/**
 * A span, cut wherever mains, load or sun change: at hours of the site's clocks, hours of UTC and ends of cuts.
 *
 * @throws OvertError `WEATHER_TOO_SHORT` `POWER_ZONE_UNKNOWN`
 */
export function* stretches({ zone, loadW, dark, solar }: Supply, span: Span): Generator<Stretch> {
  const [first, last] = [Math.floor(span.from / hours(1)), Math.ceil(span.to / hours(1))];
  if (solar && (first < solar.fromHour || last > solar.fromHour + solar.watts.length))
    throw powerError("WEATHER_TOO_SHORT", "The panel's series does not reach over all of the time asked for.");
  let next = 0;
  for (const { from, to, hour } of localHours(zone, span)) {
    for (let at: number = from; at < to; ) {
      while (next < dark.length && dark[next]!.to <= at) next++;
      const cut = dark[next];
      const mains = cut === undefined || cut.from > at;
      const changes = cut === undefined ? to : mains ? cut.from : cut.to;
      const utcHour = Math.floor(at / hours(1));
      const end = Math.min(to, changes, solar ? (utcHour + 1) * hours(1) : to);
      yield {
        fromMs: at,
        toMs: end,
        mains,
        loadW: loadW[hour]!,
        solarW: solar ? solar.watts[utcHour - solar.fromHour]! : 0,
      };
      at = end;
    }
  }
}
