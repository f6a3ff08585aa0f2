/**
 * A length as OpenStreetMap's mappers write it, in metres: a number, with a unit or without. Null for anything else
 * (`~8`, `3 storeys`, `10;12`): what is not understood is never guessed (osm-05).
 */
export function lengthM(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  const imperial = IMPERIAL.exec(trimmed);
  if (imperial) return Number(imperial[1]) * FOOT_M + Number(imperial[2] ?? 0) * INCH_M;
  const plain = PLAIN.exec(trimmed);
  if (!plain) return null;
  // A comma with one or two digits can only be a decimal one; with three it may part thousands.
  const value = Number(plain[1]!.replace(/,(?=\d{1,2}$)/, "."));
  const unit = UNITS[plain[2] ?? ""];
  return Number.isFinite(value) && unit !== undefined ? value * unit : null;
}

const FOOT_M = 0.3048;
const INCH_M = 0.0254;

/** 12' · 12'6" · 6 ft 3 in */
const IMPERIAL =
  /^(\d+(?:\.\d+)?)\s*(?:'|’|′|ft\.?|feet|foot)\s*(?:(\d+(?:\.\d+)?)\s*(?:"|”|″|''|in\.?|inch|inches))?$/;
const PLAIN = /^([+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*([a-z.]*)$/;
const UNITS: Record<string, number> = {
  "": 1,
  m: 1,
  "m.": 1,
  metre: 1,
  metres: 1,
  meter: 1,
  meters: 1,
  mtr: 1,
  km: 1_000,
  cm: 0.01,
};
