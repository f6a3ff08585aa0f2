/** Where a camera looks, as a mapper wrote it: degrees clockwise from north. */
export type Heading =
  | { readonly kind: "towards"; readonly deg: number }
  /** From `fromDeg` clockwise to `toDeg`: the field of view itself. */
  | { readonly kind: "between"; readonly fromDeg: number; readonly toDeg: number; readonly widthDeg: number }
  | { readonly kind: "around" };

const POINTS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split(" ");
const WORDS: Record<string, string> = { NORTH: "N", EAST: "E", SOUTH: "S", WEST: "W" };

/** The values of a direction tag, and those that say nothing (osm-01, osm-02, osm-03). */
export function headings(text: string): { readonly read: readonly Heading[]; readonly unread: readonly string[] } {
  const read: Heading[] = [];
  const unread: string[] = [];
  for (const part of text.split(";").map((value) => value.trim())) {
    if (part === "") continue;
    const heading = headingOf(part);
    if (heading) read.push(heading);
    else unread.push(part);
  }
  return { read, unread };
}

function headingOf(text: string): Heading | null {
  const deg = degreesOf(text);
  if (deg !== null) return { kind: "towards", deg: turned(deg) };
  // The dash of a range follows a value; that of -90 does not.
  const [, from = "", to = ""] = /^([^-–]+)[-–](.+)$/.exec(text) ?? [];
  const [start, end] = [degreesOf(from), degreesOf(to)];
  if (start === null || end === null) return null;
  if (Math.abs(end - start) >= 360) return { kind: "around" };
  const widthDeg = turned(end - start);
  if (widthDeg === 0) return { kind: "towards", deg: turned(start) };
  return { kind: "between", fromDeg: turned(start), toDeg: turned(end), widthDeg };
}

function degreesOf(text: string): number | null {
  const plain = text.trim().replace(/\s*(?:°|deg|degrees)$/i, "");
  if (/^[+-]?\d+(?:\.\d+)?$/.test(plain)) return Number(plain);
  const name = plain.toUpperCase();
  const point = POINTS.indexOf(WORDS[name] ?? name);
  return point < 0 ? null : point * 22.5;
}

/** Into [0, 360); -0 is 0. */
const turned = (deg: number): number => (((deg % 360) + 360) % 360) + 0;
