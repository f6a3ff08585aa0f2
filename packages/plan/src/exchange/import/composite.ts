import { type Cell, cleanText } from "../record/field.ts";
import type { PlanCamera } from "../record/camera.ts";

type Size = Pick<PlanCamera, "widthPx" | "heightPx">;
type Sensor = Pick<PlanCamera, "sensorWidthMm" | "sensorHeightMm">;

const NAMED: Readonly<Record<string, Size>> = {
  "720p": { widthPx: 1_280, heightPx: 720 },
  hd: { widthPx: 1_280, heightPx: 720 },
  "1080p": { widthPx: 1_920, heightPx: 1_080 },
  "full hd": { widthPx: 1_920, heightPx: 1_080 },
  fhd: { widthPx: 1_920, heightPx: 1_080 },
  "1440p": { widthPx: 2_560, heightPx: 1_440 },
  "4k": { widthPx: 3_840, heightPx: 2_160 },
  uhd: { widthPx: 3_840, heightPx: 2_160 },
  "2160p": { widthPx: 3_840, heightPx: 2_160 },
  vga: { widthPx: 640, heightPx: 480 },
};

/** `1920x1080`, `1920 × 1080 px`, `4K`. Megapixels alone leave the shape open: they are not guessed from. */
export function readResolution(cell: Cell): Size | null {
  const text = cleanText(String(cell ?? ""))?.toLowerCase() ?? "";
  const sides = /^(\d{2,5})\s*[x×*]\s*(\d{2,5})(?:\s*(?:px|pixels?))?$/.exec(text);
  if (sides) return { widthPx: Number(sides[1]), heightPx: Number(sides[2]) };
  return Object.hasOwn(NAMED, text) ? NAMED[text]! : null;
}

/** Sides of the usual sensors in millimetres, 16:9; data sheets differ by a few per cent. */
const SENSORS: Readonly<Record<string, readonly [number, number]>> = {
  "1/4": [3.2, 1.8],
  "1/3": [4.8, 2.7],
  "1/2.9": [5.2, 2.9],
  "1/2.8": [5.57, 3.13],
  "1/2.7": [5.37, 3.02],
  "1/2.5": [5.76, 3.24],
  "1/1.8": [7.18, 4.04],
  "1/1.2": [11.2, 6.3],
};

/** `1/2.8"`, `5.57 x 3.13 mm`. */
export function readSensor(cell: Cell): Sensor | null {
  const text = cleanText(String(cell ?? "")) ?? "";
  const sides = /^(\d{1,2}(?:[.,]\d+)?)\s*[x×]\s*(\d{1,2}(?:[.,]\d+)?)\s*mm$/i.exec(text);
  if (sides) return { sensorWidthMm: number(sides[1]!), sensorHeightMm: number(sides[2]!) };
  const inches = /^(1\/\d(?:[.,]\d)?)\s*(?:"|″|''|in|inch|zoll)?$/i.exec(text)?.[1]?.replace(",", ".");
  const size = inches === undefined || !Object.hasOwn(SENSORS, inches) ? null : SENSORS[inches]!;
  return size ? { sensorWidthMm: size[0], sensorHeightMm: size[1] } : null;
}

const number = (text: string): number => Number(text.replace(",", "."));
