import { instant, parseIso, type Span } from "@overt/core";

/** `span("2026-03-02T18:00Z", "2026-03-03T18:00Z")` */
export const span = (from: string, to: string): Span => ({ from: parseIso(from), to: parseIso(to) });

/** Hours of one day, 2 March 2026, a Monday, in UTC; beyond 24 they are of the days after it. */
export const at = (hour: number) => instant(parseIso("2026-03-02T00:00Z") + hour * 3_600_000);
export const between = (fromHour: number, toHour: number): Span => ({ from: at(fromHour), to: at(toHour) });

export const always = (watts: number): number[] => new Array<number>(24).fill(watts);
