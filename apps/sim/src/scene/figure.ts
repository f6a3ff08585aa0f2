import type { Brush, OutlineRow, Shading } from "./brush.ts";
import type { Rgb } from "./colour.ts";
import { lit, toYuv } from "./colour.ts";
import type { View } from "./view.ts";
import { column, row, scaleAt } from "./view.ts";

/** How a figure is built and dressed. */
export interface Look {
  /** Metres. */
  readonly height: number;
  /** 1 is average. */
  readonly build: number;
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly longHair: boolean;
  readonly hat: Rgb | undefined;
  readonly top: Rgb;
  /** Reaches to the thigh. */
  readonly coat: boolean;
  readonly shortSleeves: boolean;
  readonly legs: Rgb;
  readonly skirt: boolean;
  readonly shoes: Rgb;
  readonly bag: Rgb | undefined;
}

export type Posture = "walking" | "standing" | "phone" | "folded" | "sitting";

/** Where a figure is and what it does at one moment. */
export interface Pose {
  readonly x: number;
  readonly z: number;
  /** Direction of the body in the ground plane, length 1. */
  readonly heading: readonly [x: number, z: number];
  readonly posture: Posture;
  /** Of the gait, in radians; two steps are 2 pi. */
  readonly phase: number;
  /** Metres to the side, of a body that never stands quite still. */
  readonly sway: number;
}

/** What light falls where the figure stands. */
export interface FigureLight {
  readonly colour: Rgb;
  /** -1 when the light comes from the left, 1 from the right. */
  readonly side: number;
}

/** A point of the body: metres forward, to its right, and up. */
type Point = readonly [forward: number, right: number, up: number];

/** Draws a figure with the distance set on the brush by itself. */
export function drawFigure(brush: Brush, view: View, look: Look, pose: Pose, light: FigureLight): void {
  new FigureDrawing(brush, view, look, pose, light).draw();
}

class FigureDrawing {
  readonly #brush: Brush;
  readonly #look: Look;
  readonly #pose: Pose;
  readonly #light: FigureLight;
  readonly #scale: number;
  readonly #x: number;
  readonly #ground: number;
  /** Metres of this body per metre of one 1.75 m tall. */
  readonly #size: number;
  /** How far the body is seen from its side, 0 to 1. */
  readonly #profile: number;

  constructor(brush: Brush, view: View, look: Look, pose: Pose, light: FigureLight) {
    this.#brush = brush;
    this.#look = look;
    this.#pose = pose;
    this.#light = light;
    this.#scale = scaleAt(view, pose.z);
    this.#x = column(view, pose.x, pose.z);
    this.#ground = row(view, 0, pose.z);
    this.#size = look.height / 1.75;
    this.#profile = Math.abs(pose.heading[0]);
    brush.distance = pose.z - 0.1;
  }

  draw(): void {
    const { phase, posture, heading } = this.#pose;
    const walking = posture === "walking";
    // The limb on the far side comes first. Its right side is far when the body heads to the left.
    const order = heading[0] > 0 ? [-1, 1] : [1, -1];
    const far = order[0]!;
    const near = order[1]!;
    const swing = (side: number) => (walking ? Math.sin(phase) * side : 0);
    this.#arm(far, swing(-far));
    this.#leg(far, swing(far));
    this.#leg(near, swing(near));
    if (heading[1] > 0.3) this.#head();
    this.#trunk();
    if (heading[1] <= 0.3) this.#head();
    this.#bag();
    this.#arm(near, swing(-near));
  }

  #bob(): number {
    const { posture, phase } = this.#pose;
    return posture === "walking" ? 0.025 * Math.abs(Math.cos(phase)) - 0.02 : posture === "sitting" ? -0.42 : 0;
  }

  #leg(side: number, swing: number): void {
    const { posture, phase } = this.#pose;
    const { legs, shoes, skirt, skin } = this.#look;
    const drop = this.#bob();
    const apart = posture === "walking" ? 0.085 : 0.11;
    const hip: Point = [0, side * 0.09, 0.9 + drop];
    const thigh = posture === "sitting" ? 1.45 : swing * 0.46;
    // The leg that swings forward bends its knee so that the foot clears the ground.
    const bend =
      posture === "walking" ? 0.12 + 0.85 * Math.max(0, Math.cos(phase) * side) : posture === "sitting" ? 1.4 : 0.03;
    const knee: Point = [0.43 * Math.sin(thigh), side * apart, hip[2] - 0.43 * Math.cos(thigh)];
    const shin = thigh - bend;
    const ankle: Point = [
      knee[0] + 0.41 * Math.sin(shin),
      side * apart,
      Math.max(0.07, knee[2] - 0.41 * Math.cos(shin)),
    ];
    const bare = skirt ? skin : legs;
    this.#limb(knee, ankle, 0.058, 0.045, bare, 0.9);
    this.#limb(hip, knee, 0.09, 0.064, legs, 0.95);
    this.#limb(
      [ankle[0] - 0.04, ankle[1], ankle[2] - 0.025],
      [ankle[0] + 0.15, ankle[1] * 1.1, Math.max(0.035, ankle[2] - 0.04)],
      0.045,
      0.035,
      shoes,
      1,
    );
  }

  #arm(side: number, swing: number): void {
    const { posture } = this.#pose;
    const { top, shortSleeves, skin } = this.#look;
    const drop = this.#bob();
    const shoulder: Point = [0, side * 0.19, 1.41 + drop];
    let upper = swing * 0.5;
    let bend = 0.25 + Math.max(0, swing) * 0.4;
    let inward = 0;
    if (posture === "phone" && side > 0) [upper, bend, inward] = [0.55, 1.75, 0.1];
    if (posture === "folded") [upper, bend, inward] = [0.45, 1.3, 0.24];
    if (posture === "sitting") [upper, bend, inward] = [0.5, 0.9, 0.05];
    const elbow: Point = [0.29 * Math.sin(upper), side * 0.235, shoulder[2] - 0.29 * Math.cos(upper)];
    const fore = upper + bend;
    const wrist: Point = [elbow[0] + 0.26 * Math.sin(fore), side * (0.235 - inward), elbow[2] - 0.26 * Math.cos(fore)];
    const sleeve = shortSleeves ? skin : top;
    this.#limb(elbow, wrist, 0.048, 0.036, sleeve, 0.88);
    this.#limb(shoulder, elbow, 0.066, 0.05, top, 0.9);
    const hand: Point = [wrist[0] + 0.05 * Math.sin(fore), wrist[1], wrist[2] - 0.05 * Math.cos(fore)];
    this.#limb(wrist, hand, 0.036, 0.032, skin, 1);
  }

  #trunk(): void {
    const { top, coat, skirt, legs, build } = this.#look;
    const wide = (front: number, side: number) => (front + (side - front) * this.#profile) * build;
    const drop = this.#bob();
    const lean = this.#pose.posture === "walking" ? 0.03 : 0;
    if (skirt)
      this.#rows(
        [
          [0.98 + drop, 0, wide(0.15, 0.12)],
          [0.5 + drop, 0, wide(0.22, 0.2)],
        ],
        legs,
      );
    const hem = coat ? 0.66 : 0.88;
    this.#rows(
      [
        [1.52 + drop, lean, wide(0.065, 0.065)],
        [1.46 + drop, lean, wide(0.15, 0.1)],
        [1.41 + drop, lean, wide(0.212, 0.125)],
        [1.25 + drop, lean * 0.8, wide(0.205, 0.135)],
        [1.05 + drop, lean * 0.4, wide(0.168, 0.118)],
        [0.92 + drop, 0, wide(0.178, 0.13)],
        [hem + drop, 0, wide(coat ? 0.2 : 0.178, coat ? 0.17 : 0.132)],
      ],
      top,
      true,
    );
  }

  #head(): void {
    const { skin, hair, hat, longHair } = this.#look;
    const [hx, hz] = this.#pose.heading;
    const drop = this.#bob();
    const lean = this.#pose.posture === "walking" ? 0.05 : this.#pose.posture === "phone" ? 0.07 : 0.02;
    this.#limb([lean * 0.4, 0, 1.45 + drop], [lean, 0, 1.54 + drop], 0.055, 0.05, skin, 0.8);
    if (longHair) this.#ball([lean - 0.05, 0, 1.56 + drop], 0.1, 0.16, hair, hz > 0 ? 1 : 0.85);
    this.#ball([lean, 0, 1.63 + drop], 0.082, 0.118, skin, 1);
    if (hz > 0.35) this.#ball([lean - 0.01, 0, 1.65 + drop], 0.088, 0.112, hair, 1);
    else {
      this.#ball([lean - 0.045 * Math.abs(hx), 0, 1.7 + drop], 0.085, 0.06, hair, 1);
      if (Math.abs(hx) > 0.5) this.#ball([lean - 0.06, 0, 1.655 + drop], 0.05, 0.085, hair, 0.92);
    }
    if (hz <= 0.35 && this.#scale > 55) this.#face(lean, drop);
    if (hat) this.#ball([lean - 0.005, 0, 1.715 + drop], 0.095, 0.055, hat, 1);
  }

  #face(lean: number, drop: number): void {
    const dark: Rgb = lit(this.#look.skin, 0.55);
    const turned = 0.045 * (1 - this.#profile);
    const front = lean + 0.05;
    for (const side of [-1, 1]) this.#ball([front, side * turned, 1.645 + drop], 0.016, 0.011, dark, 0.8);
    this.#ball([front + 0.005, 0, 1.575 + drop], 0.022 - 0.01 * this.#profile, 0.009, dark, 0.95);
  }

  #bag(): void {
    const { bag } = this.#look;
    if (!bag) return;
    const drop = this.#bob();
    const [, hz] = this.#pose.heading;
    // A rucksack: before the trunk when the back is turned to us, peeping out at the side otherwise.
    if (hz > 0.2)
      this.#rows(
        [
          [1.42 + drop, -0.12, 0.13],
          [1.05 + drop, -0.14, 0.15],
        ],
        bag,
        true,
      );
    else if (this.#profile > 0.5)
      this.#rows(
        [
          [1.4 + drop, -0.19, 0.07],
          [1.08 + drop, -0.2, 0.09],
        ],
        bag,
        true,
      );
  }

  #limb(a: Point, b: Point, ra: number, rb: number, colour: Rgb, light: number): void {
    const thick = this.#look.build * this.#size * this.#scale;
    const [ax, ay] = this.#at(a);
    const [bx, by] = this.#at(b);
    this.#brush.limb([ax, ay, ra * thick], [bx, by, rb * thick], this.#yuv(colour), this.#shading(light));
  }

  #ball(centre: Point, halfWidth: number, halfHeight: number, colour: Rgb, light: number): void {
    const [x, y] = this.#at(centre);
    const unit = this.#size * this.#scale;
    const rows: OutlineRow[] = [];
    for (let i = 0; i <= 8; i++) {
      const t = -1 + i / 4;
      rows.push({ y: y + t * halfHeight * unit, x, halfWidth: Math.sqrt(1 - t * t) * halfWidth * unit });
    }
    this.#brush.outline(rows, this.#yuv(colour), this.#shading(light));
  }

  #rows(
    rows: readonly (readonly [up: number, forward: number, halfWidth: number])[],
    colour: Rgb,
    cloth = false,
  ): void {
    const unit = this.#size * this.#scale;
    const outline = rows.map(([up, forward, halfWidth]) => {
      const [x, y] = this.#at([forward, 0, up]);
      return { y, x, halfWidth: halfWidth * unit };
    });
    const seam = cloth && this.#pose.heading[1] < -0.3;
    this.#brush.outline(outline, this.#yuv(colour), { ...this.#shading(1), fall: 0.14, seam });
  }

  #at([forward, right, up]: Point): readonly [number, number] {
    const [hx, hz] = this.#pose.heading;
    const sway = this.#pose.sway * Math.min(1, up);
    const x = this.#x + (forward * hx + right * hz + sway) * this.#size * this.#scale;
    // Nearer parts stand lower in the picture, by the tilt at which we look down.
    const nearer = -(forward * hz - right * hx) * 0.3;
    return [x, this.#ground - (up - nearer * 0.5) * this.#size * this.#scale];
  }

  #yuv(colour: Rgb) {
    return toYuv([
      colour[0] * this.#light.colour[0],
      colour[1] * this.#light.colour[1],
      colour[2] * this.#light.colour[2],
    ]);
  }

  #shading(light: number): Shading {
    return { light, side: this.#light.side, fall: 0, seam: false };
  }
}
