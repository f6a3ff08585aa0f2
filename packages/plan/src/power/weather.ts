import type { CompassDeg } from "./azimuth.ts";

export interface Plane {
  /** From the horizontal. */
  readonly slopeDeg: number;
  readonly facesDeg: CompassDeg;
}

/** Years of weather, hour by hour of UTC, from an imported file. */
export interface Weather {
  /** As the file names it: `PVGIS-SARAH2`. */
  readonly source: string | null;
  readonly latDeg: number;
  readonly lonDeg: number;
  /** Hours since 1970 of the first row. A typical year, of months of many years, is dated 2001. */
  readonly fromHour: number;
  readonly typicalYear: boolean;
  /** When in the hour the sunlight was measured. */
  readonly minutesPast: number;
  readonly sunlight: Sunlight;
  readonly celsius: Float64Array;
}

/** W/m²: on the plane that the file was made for, or flat, from which any plane can be reckoned. */
export type Sunlight =
  | {
      readonly kind: "plane";
      readonly plane: Plane;
      readonly onPlane: Float64Array;
      /** Reckoned by PVGIS for a panel of 1 kW, losses taken off; null: not in the file. */
      readonly panel: { readonly wattsPerKw: Float64Array; readonly lossShare: number } | null;
    }
  | {
      readonly kind: "flat";
      readonly global: Float64Array;
      readonly directNormal: Float64Array;
      readonly diffuse: Float64Array;
    };
