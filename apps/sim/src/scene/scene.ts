import type { Picture, PictureSource } from "../picture.ts";
import { blankPicture } from "../picture.ts";
import type { Backdrop } from "./backdrop.ts";
import { drawBackdrop } from "./backdrop.ts";
import { Brush } from "./brush.ts";
import type { Presence } from "./crowd.ts";
import { crowd } from "./crowd.ts";
import { drawFigure } from "./figure.ts";
import { sensorNoise } from "./noise.ts";
import type { ScenePlan } from "./plan.ts";
import { scenePlan } from "./scenes.ts";
import type { Tree } from "./tree.ts";
import { growTree } from "./tree.ts";
import type { Traffic } from "./traffic.ts";
import { traffic } from "./traffic.ts";
import type { View } from "./view.ts";
import { column, row, scaleAt, viewOf } from "./view.ts";

export interface SceneOptions {
  readonly width: number;
  readonly height: number;
  /** After this time everything is back where it was. */
  readonly loopSeconds: number;
  /** Other people on other ways at the same place. */
  readonly seed?: number;
  /** People who stand without any motion from the first picture on. */
  readonly frozenFigures?: number;
}

/** A figure in a picture: its box in pixels, and how much of it things in front leave to be seen is not reckoned. */
export interface FigureBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A drawn place with its people, the same for the same name, size and seed. */
export interface Scene extends PictureSource {
  /** The picture of an instant of the loop, valid until the next is drawn. */
  draw(seconds: number, number: number): Picture;
  /** Where the figures are that are whole in the picture at that instant. */
  figures(seconds: number): FigureBox[];
}

/** @throws OvertError `SIM_SCENE_UNKNOWN` */
export function openScene(name: string, options: SceneOptions): Scene {
  return new DrawnScene(name, options);
}

/** Drawing what stands still takes longer than a hundred pictures do, and several streams show the same. */
const backdrops = new Map<string, Backdrop>();
const MAX_BACKDROPS = 6;

function backdropOf(name: string, view: View, plan: ScenePlan): Backdrop {
  const key = `${name} ${view.width}x${view.height}`;
  const backdrop = backdrops.get(key) ?? drawBackdrop(view, plan);
  backdrops.delete(key);
  backdrops.set(key, backdrop);
  for (const oldest of backdrops.keys()) if (backdrops.size > MAX_BACKDROPS) backdrops.delete(oldest);
  return backdrop;
}

class DrawnScene implements Scene {
  readonly width: number;
  readonly height: number;
  readonly #plan: ScenePlan;
  readonly #options: SceneOptions;
  readonly #view: View;
  readonly #backdrop: Backdrop;
  readonly #picture: Picture;
  readonly #brush: Brush;
  readonly #people: (seconds: number) => Presence[];
  readonly #trees: readonly Tree[];
  readonly #traffic: Traffic;
  readonly #noise: (picture: Picture, number: number) => void;

  constructor(name: string, options: SceneOptions) {
    const plan = scenePlan(name);
    const { width, height, loopSeconds, seed = 0, frozenFigures = 0 } = options;
    this.width = width;
    this.height = height;
    this.#plan = plan;
    this.#options = options;
    this.#view = viewOf(plan.lens, width, height);
    this.#backdrop = backdropOf(name, this.#view, plan);
    this.#picture = blankPicture(width, height);
    this.#brush = new Brush(this.#picture, this.#backdrop.depth);
    this.#people = crowd(plan.crowd, plan.seed + seed * 1009, loopSeconds, plan.frozenPlaces.slice(0, frozenFigures));
    this.#trees = plan.trees.map((place) => growTree(this.#view, place, plan.light(place.x, place.z, 4)));
    this.#traffic = traffic(this.#view, plan, loopSeconds);
    this.#noise = sensorNoise(plan.noise, plan.seed);
  }

  async *pictures(fps: number, count: number): AsyncGenerator<Picture> {
    for (let i = 0; i < count; i++) yield this.draw(i / fps, i);
  }

  draw(seconds: number, number: number): Picture {
    const picture = this.#picture;
    const { picture: still, depth } = this.#backdrop;
    picture.y.set(still.y);
    picture.u.set(still.u);
    picture.v.set(still.v);
    const people = this.#people(seconds);
    for (const { pose, look } of people) this.#shadow(pose.x, pose.z, look.height);
    const turn = (seconds / this.#options.loopSeconds) % 1;
    const things = [
      ...this.#trees.map((tree) => ({ z: tree.z, show: () => tree.show(picture, depth, turn) })),
      ...this.#traffic(seconds).map((vehicle) => ({ z: vehicle.z, show: () => vehicle.show(picture, depth) })),
      ...people.map((presence) => ({ z: presence.pose.z, show: () => this.#figure(presence) })),
    ].sort((a, b) => b.z - a.z);
    for (const thing of things) thing.show();
    this.#noise(picture, number);
    return picture;
  }

  figures(seconds: number): FigureBox[] {
    const view = this.#view;
    return this.#people(seconds)
      .map(({ look, pose }) => {
        const top = row(view, look.height, pose.z);
        const height = row(view, 0, pose.z) - top;
        const width = height * 0.4;
        return { left: column(view, pose.x, pose.z) - width / 2, top, width, height };
      })
      .filter((box) => box.left > 0 && box.left + box.width < view.width && box.top + box.height < view.height);
  }

  #figure({ look, pose }: Presence): void {
    const colour = this.#plan.light(pose.x, pose.z, 0);
    drawFigure(this.#brush, this.#view, look, pose, { colour, side: this.#plan.side });
  }

  #shadow(x: number, z: number, height: number): void {
    const view = this.#view;
    const [dx, dz] = this.#plan.shadow;
    const strength = this.#plan.shadowStrength;
    const brush = this.#brush;
    brush.distance = z;
    const near = scaleAt(view, z);
    const foot = [column(view, x, z), row(view, 0, z)] as const;
    brush.shadow([...foot, near * 0.32], [...foot, near * 0.32], 0.35, 0.3);
    const farZ = z + dz * height;
    const far = scaleAt(view, farZ);
    const head = [column(view, x + dx * height, farZ), row(view, 0, farZ), far * 0.2] as const;
    brush.shadow([...foot, near * 0.24], head, 0.4, strength);
  }
}
