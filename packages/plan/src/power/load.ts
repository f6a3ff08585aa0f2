import { checkFigure } from "./power-error.ts";
import { type Sourced, sourced } from "./sourced.ts";

/** 24 figures, one for each hour of the day as clocks there show it. */
export type ByHour = readonly number[];

export const PART_KINDS = [
  "camera",
  "infrared",
  "heater",
  "ptz",
  "switch",
  "radio",
  "recorder",
  "disk",
  "anonymiser",
  "other",
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** What one part draws while it is in use. */
export interface Draw {
  readonly typicalW: number;
  readonly worstW: number;
}

/** Figures that stand in until a data sheet is entered. An anonymiser is reckoned by the core that it uses. */
export const DRAWS: Readonly<Record<Exclude<PartKind, "other">, Sourced<Draw>>> = {
  camera: sourced(
    { typicalW: 6, worstW: 10 },
    "IP camera without light: of 8–15 W PoE cameras (calcpanel, pioneersecurity)",
  ),
  infrared: sourced({ typicalW: 4, worstW: 6 }, "what is left of 8–15 W PoE cameras (calcpanel, pioneersecurity)"),
  heater: sourced({ typicalW: 10, worstW: 20 }, "assumed: between a PoE camera and a 30–60 W PTZ with heater"),
  ptz: sourced({ typicalW: 15, worstW: 45 }, "30–60 W PTZ with infrared (pioneersecurity), camera and light taken off"),
  switch: sourced({ typicalW: 15, worstW: 25 }, "8-port switch, own use 15–25 W (pioneersecurity)"),
  radio: sourced({ typicalW: 7, worstW: 12 }, "assumed: outdoor 5 GHz bridge, as data sheets give it"),
  recorder: sourced({ typicalW: 25, worstW: 60 }, "25–60 W (calcpanel)"),
  disk: sourced(
    { typicalW: 7, worstW: 11 },
    "assumed: 3.5-inch disk, idle to seeking; 25 W for some seconds as it starts",
  ),
  anonymiser: sourced(
    { typicalW: 8, worstW: 15 },
    "assumed: one busy core of a server, its share of the rest included",
  ),
};

/** When a part draws, by hour: the share of it, 0 to 1. */
export const ALWAYS: ByHour = new Array<number>(24).fill(1);
/** 18:00 to 6:00: half of the day, as at the equator; a site's own nights are entered by hour. */
export const AT_NIGHT: ByHour = Array.from({ length: 24 }, (_, hour) => (hour < 6 || hour >= 18 ? 1 : 0));

export interface LoadPart {
  readonly name: string;
  readonly kind: PartKind;
  readonly count: number;
  readonly draw: Draw;
  readonly share: ByHour;
  /** In which share of those hours the worst case has it on; a heater need not run in a typical hour. */
  readonly worstShare: ByHour;
  /** Of what the site gives, the share that arrives: cables, injectors and the switch's own supply take the rest. */
  readonly efficiency: number;
}

/** Watts of a site by hour of day. */
export interface SiteLoad {
  readonly typicalW: ByHour;
  readonly worstW: ByHour;
}

/** @throws OvertError `POWER_FIGURE_INVALID` */
export function siteLoad(parts: readonly LoadPart[]): SiteLoad {
  parts.forEach(checkPart);
  const sum = (watts: (part: LoadPart, hour: number) => number): ByHour =>
    ALWAYS.map((_, hour) =>
      parts.reduce((total, part) => total + (part.count * watts(part, hour)) / part.efficiency, 0),
    );
  return {
    typicalW: sum(({ draw, share }, hour) => draw.typicalW * share[hour]!),
    worstW: sum(({ draw, worstShare }, hour) => draw.worstW * worstShare[hour]!),
  };
}

/** A part with the defaults of its kind, all of which can be given. */
export function part(kind: Exclude<PartKind, "other">, more: Partial<Omit<LoadPart, "kind">> = {}): LoadPart {
  const usual = kind === "infrared" ? AT_NIGHT : ALWAYS;
  return {
    name: kind,
    kind,
    count: 1,
    draw: DRAWS[kind].value,
    share: usual,
    worstShare: more.share ?? usual,
    efficiency: POWERED_BY_CABLE.has(kind) ? POE_EFFICIENCY.value : 1,
    ...more,
  };
}

/** What a camera gets of what its switch takes for it. */
export const POE_EFFICIENCY = sourced(
  0.85,
  "IEEE 802.3at: 25.5 of 30 W arrive over 100 m; a switch's supply is not counted",
);
const POWERED_BY_CABLE: ReadonlySet<PartKind> = new Set<PartKind>(["camera", "infrared", "heater", "ptz", "radio"]);

export const whPerDay = (watts: ByHour): number => watts.reduce((sum, each) => sum + each, 0);

function checkPart({ name, count, draw, share, worstShare, efficiency }: LoadPart): void {
  checkFigure(`The count of "${name}"`, count);
  checkFigure(`The typical draw of "${name}"`, draw.typicalW);
  checkFigure(`The worst draw of "${name}"`, draw.worstW, draw.typicalW);
  checkFigure(`The efficiency of "${name}"`, efficiency, 0.01, 1);
  for (const hours of [share, worstShare]) {
    checkFigure(`The hours of "${name}"`, hours.length, 24, 24);
    for (const each of hours) checkFigure(`The share of an hour of "${name}"`, each, 0, 1);
  }
}
