import { checkFigure } from "./power-error.ts";

/** Which way a panel faces, degrees clockwise from north, 0 to 360: as a compass has it. */
export type CompassDeg = number;

/**
 * How a file counts directions. `from_south` (PVGIS): 0 south, 90 west, −90 east. `from_north` (compass, most others):
 * 0 north, 90 east, 180 south. Whoever imports says which: 90 is west in one and east in the other.
 */
export type AzimuthConvention = "from_south" | "from_north";

/** @throws OvertError `POWER_FIGURE_INVALID` */
export function compassDeg(azimuthDeg: number, convention: AzimuthConvention): CompassDeg {
  const [least, most] = convention === "from_south" ? [-180, 180] : [0, 360];
  checkFigure(`An azimuth ${convention.replace("_", " ")}`, azimuthDeg, least, most);
  return (azimuthDeg + (convention === "from_south" ? 180 : 360)) % 360;
}

/** The other way round. */
export function azimuthDeg(compass: CompassDeg, convention: AzimuthConvention): number {
  if (convention === "from_north") return compass;
  return compass === 0 ? 180 : compass - 180;
}
