import { instant, type Span } from "@overt/core";
import { union } from "./spans.ts";
import type { Energy, Piece } from "./supply.ts";

/** A run, summed up. */
export interface RunTotals {
  readonly energy: Energy;
  readonly chargeRoseWh: number;
  /** In which share of the time the load was powered. */
  readonly poweredShare: number;
  readonly unpowered: readonly Span[];
}

export function totalsOf(pieces: Iterable<Piece>): RunTotals {
  const energy = { mainsWh: 0, solarWh: 0, unusedWh: 0, loadWh: 0, missedWh: 0, lostWh: 0 };
  const off: Span[] = [];
  let [allMs, offMs, chargeRoseWh] = [0, 0, 0];
  for (const piece of pieces) {
    for (const key of Object.keys(energy) as (keyof Energy)[]) energy[key] += piece.energy[key];
    chargeRoseWh += piece.chargeToWh - piece.chargeFromWh;
    allMs += piece.toMs - piece.fromMs;
    if (piece.on) continue;
    offMs += piece.toMs - piece.fromMs;
    off.push({ from: instant(piece.fromMs), to: instant(piece.toMs) });
  }
  return { energy, chargeRoseWh, poweredShare: allMs === 0 ? 1 : 1 - offMs / allMs, unpowered: union(off) };
}

/** When a load is off. */
export const unpoweredIn = (pieces: Iterable<Piece>): readonly Span[] => totalsOf(pieces).unpowered;
