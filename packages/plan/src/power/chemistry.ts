import { type Sourced, sourced } from "./sourced.ts";

export const CHEMISTRIES = ["lead_agm", "lead_flooded", "lithium_iron_phosphate"] as const;
export type Chemistry = (typeof CHEMISTRIES)[number];

/** What of its 20-hour capacity a battery gives when it is emptied in so many hours. */
export interface RatePoint {
  readonly hours: number;
  readonly share: number;
}

/** What of its capacity a battery has at a temperature. */
export interface TemperaturePoint {
  readonly celsius: number;
  readonly share: number;
}

/** How often a battery is discharged so deep until it is worn out. */
export interface CyclePoint {
  readonly depthShare: number;
  readonly cycles: number;
}

/** What goes with a chemistry; every figure is a default. */
export interface BatteryModel {
  /** Of its capacity, what may be used. */
  readonly depthShare: number;
  /** What is left of the capacity when the battery is due to be replaced; it is sized for that day. */
  readonly ageingShare: number;
  readonly rates: readonly RatePoint[];
  readonly temperatures: readonly TemperaturePoint[];
  /** Below it, it takes no charge. */
  readonly chargesFromCelsius: number;
  /** Of what goes in, what comes out again. */
  readonly chargeEfficiency: number;
  /** Converter from battery to load. */
  readonly converterEfficiency: number;
  /** The most it takes, as a share of its rated Wh in an hour. */
  readonly mostChargePerHour: number;
  /** From this charge on it takes less: `slowShare` of it. */
  readonly slowFromShare: number;
  readonly slowShare: number;
  /** An emptied battery carries the load again when so much of its usable part is back, or when the mains are. */
  readonly reconnectShare: number;
  readonly cycles: readonly CyclePoint[];
  readonly calendarYears: number;
}

type Defaults = { readonly [Key in keyof BatteryModel]: Sourced<BatteryModel[Key]> };

const LEAD_RATES = sourced<readonly RatePoint[]>(
  [
    { hours: 20, share: 1 },
    { hours: 10, share: 0.95 },
    { hours: 5, share: 0.85 },
    { hours: 1, share: 0.6 },
  ],
  "W4: 100 % at 20 h, 95 at 10 h, 85 at 5 h, 60 at 1 h (Pulsar)",
);

const COMMON = {
  ageingShare: sourced(0.8, "W4 (Pulsar): a battery is worn out at 80 % of its capacity (IEEE 450 and 1188)"),
  converterEfficiency: sourced(0.9, "assumed: an inverter at half load, or a DC converter"),
  reconnectShare: sourced(0.1, "assumed: low-voltage disconnects are set 0.5 V apart"),
};

const LEAD: Defaults = {
  ...COMMON,
  depthShare: sourced(0.5, "W4: 50 % for lead, the common rule"),
  rates: LEAD_RATES,
  temperatures: sourced(
    [
      { celsius: -20, share: 0.5 },
      { celsius: 0, share: 0.8 },
      { celsius: 25, share: 1 },
      { celsius: 40, share: 1.03 },
    ],
    "assumed: as data sheets of AGM batteries give it",
  ),
  chargesFromCelsius: sourced(-20, "assumed: data sheets of AGM batteries"),
  chargeEfficiency: sourced(0.85, "assumed: energy efficiency of lead, 80–90 %"),
  mostChargePerHour: sourced(0.2, "assumed: 0.2 C, as data sheets of AGM batteries ask for"),
  slowFromShare: sourced(0.8, "assumed: absorption begins at about 80 %"),
  slowShare: sourced(0.4, "assumed: the last fifth takes as long as the two before it"),
  cycles: sourced(
    [
      { depthShare: 0.3, cycles: 1_200 },
      { depthShare: 0.5, cycles: 600 },
      { depthShare: 0.8, cycles: 350 },
      { depthShare: 1, cycles: 250 },
    ],
    "assumed: as data sheets of AGM batteries for cyclic use give it, at 25 °C",
  ),
  calendarYears: sourced(6, "assumed: 10–12 years of design life at 20 °C, halved for each 10 K above"),
};

export const BATTERY_DEFAULTS: Readonly<Record<Chemistry, Defaults>> = {
  lead_agm: LEAD,
  lead_flooded: {
    ...LEAD,
    chargeEfficiency: sourced(0.8, "assumed: energy efficiency of flooded lead, 75–85 %"),
    mostChargePerHour: sourced(0.13, "assumed: 10–15 % of the capacity, as data sheets of flooded batteries ask for"),
  },
  lithium_iron_phosphate: {
    ...COMMON,
    depthShare: sourced(0.8, "W4: 80 % for lithium iron phosphate, the common rule"),
    rates: sourced(
      [
        { hours: 20, share: 1 },
        { hours: 5, share: 1 },
        { hours: 1, share: 0.97 },
      ],
      "assumed: data sheets give 95–100 % at 1 C",
    ),
    temperatures: sourced(
      [
        { celsius: -20, share: 0.6 },
        { celsius: 0, share: 0.85 },
        { celsius: 25, share: 1 },
        { celsius: 45, share: 1 },
      ],
      "assumed: as data sheets of LFP batteries give it",
    ),
    chargesFromCelsius: sourced(0, "data sheets: no charging below freezing, unless it is heated"),
    chargeEfficiency: sourced(0.95, "assumed: energy efficiency of LFP with its electronics, 92–97 %"),
    mostChargePerHour: sourced(0.5, "assumed: 0.5 C, as data sheets of LFP batteries recommend"),
    slowFromShare: sourced(0.95, "assumed: constant voltage for the last twentieth"),
    slowShare: sourced(0.5, "assumed"),
    cycles: sourced(
      [
        { depthShare: 0.5, cycles: 6_000 },
        { depthShare: 0.8, cycles: 3_500 },
        { depthShare: 1, cycles: 2_500 },
      ],
      "assumed: as data sheets of LFP batteries give it, at 25 °C",
    ),
    calendarYears: sourced(12, "assumed: 10–15 years, by data sheets"),
  },
};
