import type { BenchRow } from "../row.ts";

/** What grows with the number of cameras, in the words of `ingest`'s rows. */
const PANELS = [
  { measure: "CPU per camera", unit: "% of a core" },
  { measure: "memory per camera", unit: "MB" },
  { measure: "syncs of the writer", unit: "a second" },
  { measure: "bytes per write to a pack", unit: "kB" },
] as const;

const WIDTH = 750;
const HEIGHT = 460;
const PANEL = { width: 300, height: 150, left: 50, top: 40, stepX: 360, stepY: 225 };
const INK = "#1a1a1a";
const OURS = "#0b6bcb";
const THEIRS = "#b3541e";

interface Point {
  readonly cameras: number;
  readonly value: number;
}

/** A picture of how recording grows with the number of cameras: ours a line with dots, the baseline dashed with squares. */
export function growthSvg(rows: readonly BenchRow[]): string {
  const panels = PANELS.map(({ measure, unit }, i) => {
    const ours = pointsOf(rows, measure, ({ ours }) => ours);
    const theirs = pointsOf(rows, measure, ({ baseline }) => baseline?.value);
    if (ours.length === 0) return "";
    const x = PANEL.left + (i % 2) * PANEL.stepX;
    const y = PANEL.top + Math.floor(i / 2) * PANEL.stepY;
    return `<g transform="translate(${x} ${y})">${panel(`${measure}, ${unit}`, ours, theirs)}</g>`;
  });
  const legend = `<text x="${PANEL.left}" y="${HEIGHT - 8}"><tspan fill="${OURS}">● Overt</tspan>  <tspan fill="${THEIRS}">■ ffmpeg -c copy, one process each</tspan></text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="What recording costs with 10 to 250 cameras" font-family="sans-serif" font-size="13" fill="${INK}"><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>${panels.join("")}${legend}</svg>\n`;
}

function panel(title: string, ours: readonly Point[], theirs: readonly Point[]): string {
  const all = [...ours, ...theirs];
  const mostX = Math.max(...all.map(({ cameras }) => cameras));
  const mostY = Math.max(...all.map(({ value }) => value)) * 1.1;
  const at = ({ cameras, value }: Point): readonly [string, string] => [
    ((cameras / mostX) * PANEL.width).toFixed(1),
    (PANEL.height - (value / mostY) * PANEL.height).toFixed(1),
  ];
  const line = (points: readonly Point[], style: string): string =>
    points.length === 0
      ? ""
      : `<polyline fill="none" stroke-width="2" ${style} points="${points.map((point) => at(point).join(",")).join(" ")}"/>`;
  const dots = ours.map((point) => `<circle cx="${at(point)[0]}" cy="${at(point)[1]}" r="4" fill="${OURS}"/>`);
  const squares = theirs.map((point) => {
    const [x, y] = at(point).map(Number) as [number, number];
    return `<rect x="${(x - 3.5).toFixed(1)}" y="${(y - 3.5).toFixed(1)}" width="7" height="7" fill="${THEIRS}"/>`;
  });
  const labels = ours.map((point) => {
    const [x, y] = at(point);
    return `<text x="${x}" y="${PANEL.height + 16}" text-anchor="middle" font-size="11">${point.cameras}</text><text x="${x}" y="${(Number(y) - 9).toFixed(1)}" text-anchor="middle" font-size="11" fill="${OURS}">${point.value}</text>`;
  });
  return `<text y="-16" font-weight="bold">${title}</text><path d="M0 0V${PANEL.height}H${PANEL.width}" fill="none" stroke="${INK}"/>${line(theirs, `stroke="${THEIRS}" stroke-dasharray="5 4"`)}${squares.join("")}${line(ours, `stroke="${OURS}"`)}${dots.join("")}${labels.join("")}`;
}

function pointsOf(rows: readonly BenchRow[], measure: string, value: (row: BenchRow) => number | undefined): Point[] {
  return rows.flatMap((row) => {
    const cameras = /(\d+) cameras/.exec(row.measure)?.[1];
    const found = row.measure.startsWith(`${measure},`) ? value(row) : undefined;
    return cameras && found !== undefined ? [{ cameras: Number(cameras), value: found }] : [];
  });
}
