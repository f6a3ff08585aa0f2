import { type Sourced, sourced } from "../power/sourced.ts";
import { checkFigure } from "./network-error.ts";

/** What a camera is set to send. */
export interface Stream {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly codec: "h264" | "h265" | "mjpeg";
  /** From one key picture to the next. */
  readonly groupSeconds: number;
  /** Constant: it sends so much whatever it sees; capped: never more. */
  readonly rate: { readonly kind: "constant" | "capped"; readonly kbps: number } | { readonly kind: "variable" };
}

export const SCENES = ["quiet", "busy", "night"] as const;
export type Scene = (typeof SCENES)[number];

/** Hours of a day; together 24. */
export type SceneHours = Readonly<Record<Scene, number>>;

export const SCENE_HOURS: Sourced<SceneHours> = sourced(
  { quiet: 6, busy: 8, night: 10 },
  "our default: a street in a town",
);

/** Bits for a pixel. Measurements of running cameras replace what follows from them (P41). */
export const BITS = {
  key: sourced(0.6, "assumed: H.264 key pictures at the quality of 4 Mbit/s, 1080p, 15 a second"),
  between: sourced<Readonly<Record<Scene, number>>>(
    { quiet: 0.02, busy: 0.1, night: 0.15 },
    "assumed: busy gives 3.6 Mbit/s at 1080p, 15 a second, of the usual 4; at night it is noise that is coded",
  ),
  mjpeg: sourced(1.2, "assumed: JPEG of middling quality"),
  h265: sourced(0.6, "assumed: 40 % less than H.264 at equal quality; MPEG's own tests say up to 50"),
  /** Pictures nearer to each other differ less: bits of each fall with this power of the pictures a second, from 15. */
  fpsPower: sourced(-0.35, "assumed: twice the pictures cost about 1.6 times the bits"),
};

/**
 * Kilobits a second in a scene.
 *
 * @throws OvertError `NETWORK_FIGURE_INVALID`
 */
export function kbpsIn(scene: Scene, { widthPx, heightPx, fps, codec, groupSeconds, rate }: Stream): number {
  checkFigure("The width in pixels", widthPx, 1, 100_000);
  checkFigure("The height in pixels", heightPx, 1, 100_000);
  checkFigure("Pictures a second", fps, 0.001, 240);
  checkFigure("The group in seconds", groupSeconds, 1 / fps);
  if (rate.kind !== "variable") checkFigure("The rate in kbit/s", rate.kbps, 1);
  if (rate.kind === "constant") return rate.kbps;
  const pixels = widthPx * heightPx;
  const keys = codec === "mjpeg" ? fps : 1 / groupSeconds;
  const keyBits = codec === "mjpeg" ? BITS.mjpeg.value : BITS.key.value;
  const between = BITS.between.value[scene] * (fps / 15) ** BITS.fpsPower.value;
  const saved = codec === "h265" ? BITS.h265.value : 1;
  const kbps = (pixels * (keys * keyBits + (fps - keys) * between) * saved) / 1_000;
  return rate.kind === "capped" ? Math.min(rate.kbps, kbps) : kbps;
}

/** Over a day. */
export function meanKbps(stream: Stream, hours: SceneHours = SCENE_HOURS.value): number {
  const day = SCENES.reduce((sum, scene) => sum + hours[scene], 0);
  checkFigure("The hours of a day", Math.round(day * 1e6) / 1e6, 24, 24);
  return SCENES.reduce((sum, scene) => sum + (hours[scene] / 24) * kbpsIn(scene, stream), 0);
}

/** In the scene that asks for most: what a link must carry. */
export const peakKbps = (stream: Stream): number => Math.max(...SCENES.map((scene) => kbpsIn(scene, stream)));
