import type { Span } from "@overt/core";
import { capacityWh, drainW, floorWh, mostChargeW } from "../battery.ts";
import type { Supply } from "../supply.ts";

/** A supply with a battery and no panel in UTC, second by second: slow, plain, and by other code than `run`. */
export function naiveRun(
  { loadW, dark, battery, beginsAtShare }: Supply,
  { from, to }: Span,
): { offMs: number; chargeWh: number } {
  const b = battery!;
  const [full, floor] = [capacityWh(b), floorWh(b)];
  let charge = full * (beginsAtShare ?? 1);
  let empty = false;
  let offMs = 0;
  for (let at: number = from; at < to; at += 1_000) {
    const watts = loadW[new Date(at).getUTCHours()]!;
    if (!dark.some((cut) => at >= cut.from && at < cut.to)) {
      empty = false;
      const slow = charge >= full * b.slowFromShare ? b.slowShare : 1;
      charge = Math.min(
        full,
        charge + (Math.min(b.chargerW * slow, mostChargeW(b, charge)) * b.chargeEfficiency) / 3_600,
      );
      continue;
    }
    if (charge <= floor) empty = true;
    if (empty) offMs += 1_000;
    else charge = Math.max(floor, charge - drainW(b, watts) / 3_600);
  }
  return { offMs, chargeWh: charge };
}
