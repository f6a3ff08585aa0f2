/** Units that columns and values come in: what they measure, and how much of its metre (degree, pixel …) each is. */
export const UNITS = {
  m: { of: "length", is: 1 },
  ft: { of: "length", is: 0.3048 },
  "us-ft": { of: "length", is: 1200 / 3937 },
  in: { of: "length", is: 0.0254 },
  cm: { of: "length", is: 0.01 },
  mm: { of: "length", is: 0.001 },
  deg: { of: "angle", is: 1 },
  rad: { of: "angle", is: 180 / Math.PI },
  px: { of: "pixels", is: 1 },
  "px/m": { of: "density", is: 1 },
  "px/ft": { of: "density", is: 1 / 0.3048 },
  "m²": { of: "area", is: 1 },
  h: { of: "time", is: 1 },
  d: { of: "time", is: 24 },
  year: { of: "years", is: 1 },
} as const;

export type Unit = keyof typeof UNITS;

const SPELT: Readonly<Record<string, Unit>> = {
  m: "m",
  metre: "m",
  metres: "m",
  meter: "m",
  meters: "m",
  mètres: "m",
  metros: "m",
  ft: "ft",
  feet: "ft",
  foot: "ft",
  fuß: "ft",
  "'": "ft",
  "′": "ft",
  ftus: "us-ft",
  in: "in",
  inch: "in",
  inches: "in",
  '"': "in",
  "″": "in",
  cm: "cm",
  mm: "mm",
  deg: "deg",
  degree: "deg",
  degrees: "deg",
  grad: "deg",
  "°": "deg",
  rad: "rad",
  px: "px",
  pixel: "px",
  pixels: "px",
  "px/m": "px/m",
  ppm: "px/m",
  "px/ft": "px/ft",
  ppf: "px/ft",
  h: "h",
  hours: "h",
  stunden: "h",
  d: "d",
  days: "d",
  tage: "d",
  jours: "d",
};

export const unitOf = (word: string): Unit | null =>
  Object.hasOwn(SPELT, word.toLowerCase()) ? SPELT[word.toLowerCase()]! : null;

const PLAIN = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;
const WITH_UNIT = /^([+-]?[\d.,'’\u00a0\u202f ]*\d(?:e[+-]?\d+)?)\s*([^\d\s.,;:+-]\S{0,9})?$/i;

/** A number as people write it, with its unit if it names one. Null: not understood, and not guessed. */
export function numberOf(text: string, decimal: "." | ","): { value: number; unit: Unit | null } | null {
  const plain = text.trim();
  if (PLAIN.test(plain) && decimal === ".") return { value: Number(plain), unit: null };
  const [, digits = "", word] = WITH_UNIT.exec(plain) ?? [];
  const unit = word === undefined ? null : unitOf(word);
  if (word !== undefined && unit === null) return null;
  const value = digitsOf(digits, decimal);
  return value === null ? null : { value, unit };
}

/** Thousands may be parted by blanks, apostrophes or the mark that is not the decimal one, in groups of three only. */
function digitsOf(text: string, decimal: "." | ","): number | null {
  const close = text.replace(/(?<=\d)[\u00a0\u202f ’'](?=\d{3}(?:\D|$))/g, "").trim();
  const grouped = decimal === "." ? /^[+-]?\d{1,3}(?:,\d{3})+(?!\d|,)/ : /^[+-]?\d{1,3}(?:\.\d{3})+(?!\d|\.)/;
  const whole = grouped.test(close) ? close.replace(decimal === "." ? /,/g : /\./g, "") : close;
  const pointed = decimal === "," ? pointFor(whole) : whole;
  return pointed !== null && PLAIN.test(pointed) ? Number(pointed) : null;
}

/** In a column of decimal commas a lone point is still a point: programs mix both. */
const pointFor = (text: string): string | null =>
  text.includes(",") && text.includes(".") ? null : text.replace(",", ".");

const COMMA = /^[^.]*\d,\d+\D*$/;
const POINT = /^[^,]*\d\.\d+\D*$/;
const GROUP = /^\D*\d{1,3}[.,]\d{3}\D*$/;

/**
 * Whether a column writes 8,4 or 8.4. Groups of three could be thousands: they decide only where nothing else does, by
 * `otherwise` (files parted by semicolons come from where commas are decimal).
 */
export function decimalOf(values: readonly unknown[], otherwise: "." | ","): "." | "," {
  let [commas, points] = [0, 0];
  for (const value of values) {
    if (typeof value !== "string") continue;
    const text = value.trim();
    if (/\d\.\d{3},\d/.test(text)) commas += 2;
    else if (/\d,\d{3}\.\d/.test(text)) points += 2;
    else if (GROUP.test(text)) continue;
    else if (COMMA.test(text)) commas++;
    else if (POINT.test(text)) points++;
  }
  return commas === points ? otherwise : commas > points ? "," : ".";
}
