/** Levels of detail by pixels per metre, least first: a named, versioned table (DESIGN §2). */
export interface Ladder {
  readonly id: string;
  readonly title: string;
  readonly levels: readonly Level[];
}

export interface Level {
  readonly name: string;
  readonly pxPerM: number;
}

const ladder = (id: string, title: string, levels: Readonly<Record<string, number>>): Ladder => ({
  id,
  title,
  levels: Object.entries(levels).map(([name, pxPerM]) => ({ name, pxPerM })),
});

/** The default: in force since 9 October 2025. */
export const IEC_2025: Ladder = ladder("iec-62676-4:2025", "IEC 62676-4:2025", {
  overview: 20,
  outline: 40,
  discern: 80,
  perceive: 125,
  characterise: 250,
  validate: 500,
  scrutinise: 1_500,
});

/** "DORI", which contracts and data sheets still name. */
export const IEC_2014: Ladder = ladder("iec-62676-4:2014", "IEC 62676-4:2014 (DORI)", {
  monitor: 12.5,
  detect: 25,
  observe: 62.5,
  recognise: 125,
  identify: 250,
  inspect: 1_000,
});

export const LADDERS: readonly Ladder[] = [IEC_2025, IEC_2014];

/** The highest level that a density reaches; null below the lowest. */
export function levelOf({ levels }: Ladder, pxPerM: number): Level | null {
  return levels.findLast((level) => pxPerM >= level.pxPerM) ?? null;
}
