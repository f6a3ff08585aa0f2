import { metresBetween, boxHoldsPlace, type GeoBox, knownSystem, type LonLat } from "../system/systems.ts";
import { ABOUT_TOWN_DEG, middleOf, type Pair, placing, type Reading } from "../system/guess.ts";
import type { RowCode } from "./finding.ts";
import type { MappedPosition } from "./mapping.ts";

/** A row's place, and what is wrong with it. */
export interface JudgedPlace {
  readonly at: LonLat | null;
  readonly code: Extract<RowCode, `POSITION_${string}`> | null;
}

/** Without a town, this far from the middle of all others. */
const ALONE_M = 100_000;
const FOOT_M = 0.3048;

/**
 * Reads a row's two numbers as the mapping has it, and notices 0,0, swapped columns, the other unit and places far away
 * (P4): what it puts `at` is then where the row would lie if that were mended.
 *
 * @param others  Some of the file's pairs: where no town is known, they tell what is far.
 * @throws OvertError `SYSTEM_UNKNOWN`
 */
export function placeJudge(
  { system: code, swapped, scale }: Omit<MappedPosition, "where">,
  others: readonly Pair[],
  town: GeoBox | null,
): (pair: Pair) => JudgedPlace {
  const system = knownSystem(code);
  const as = (other: Partial<Reading>) => placing({ system, swapped, scale, ...other });
  const straight = as({});
  const twisted = [
    { code: "POSITION_SWAPPED", read: as({ swapped: !swapped }) },
    ...(system.unit === "deg"
      ? []
      : [FOOT_M, 1 / FOOT_M].map(
          (by) => ({ code: "POSITION_IN_OTHER_UNIT", read: as({ scale: scale * by }) }) as const,
        )),
  ] as const;
  const near = nearness(
    others.map(([a, b]) => straight(a, b)).filter((at) => at !== null),
    town,
  );
  return ([a, b]) => {
    if (Math.abs(a) < 1e-9 && Math.abs(b) < 1e-9) return { at: null, code: "POSITION_ZERO" };
    const at = straight(a, b);
    if (at && near(at)) return { at, code: null };
    for (const { code: twist, read } of twisted) {
      const mended = read(a, b);
      if (mended && near(mended)) return { at: mended, code: twist };
    }
    return { at, code: at ? "POSITION_FAR" : "POSITION_UNREADABLE" };
  };
}

function nearness(others: readonly LonLat[], town: GeoBox | null): (at: LonLat) => boolean {
  if (town) return (at) => boxHoldsPlace(town, at, ABOUT_TOWN_DEG);
  if (others.length === 0) return () => true;
  const middle = middleOf(others);
  return (at) => metresBetween(at, middle) <= ALONE_M;
}
