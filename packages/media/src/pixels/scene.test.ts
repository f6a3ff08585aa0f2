import { describe, expect, test } from "vitest";
import type { Box } from "./boxes.ts";
import type { PicturePlanes } from "./picture.ts";
import { Scene, type SceneOptions } from "./scene.ts";

const WIDTH = 320;
const HEIGHT = 240;
const INTERVAL_MS = 100;

/** Rough ground with a little noise, so that a hidden block can be told from a shown one. */
class Street {
  readonly scene: Scene;
  readonly picture: PicturePlanes = planes(WIDTH, HEIGHT);
  /** What the camera saw, before anything was hidden. */
  readonly seen = new Uint8Array(WIDTH * HEIGHT);
  at = 5_000;
  ground = 1;
  #random = 1;

  constructor(options: Partial<SceneOptions> = {}) {
    this.scene = new Scene(WIDTH, HEIGHT, { look: "blocks", ...options });
  }

  /** One picture with people at the given places; the detector sees those in `found`. */
  step(people: readonly Box[] = [], found: readonly Box[] = []) {
    this.at += INTERVAL_MS;
    paintGround(this.picture, this.ground, () => this.#noise());
    for (const person of people) paintPerson(this.picture, person);
    this.seen.set(this.picture.y);
    const scales = this.scene.look(this.picture, this.at);
    return this.scene.hide(
      this.picture,
      this.at,
      scales.map(() => found),
    );
  }

  run(seconds: number, people: readonly Box[] = [], found: readonly Box[] = []) {
    let last = this.step(people, found);
    for (let i = 1; i < seconds * 10; i++) last = this.step(people, found);
    return last;
  }

  /** Share of a box's 2 x 2 pixel squares that left as they came. */
  clearShare({ left, top, right, bottom }: Box): number {
    let same = 0;
    const isSame = (x: number, y: number) => this.picture.y[y * WIDTH + x] === this.seen[y * WIDTH + x];
    for (let y = top; y < bottom; y += 2)
      for (let x = left; x < right; x += 2)
        if (isSame(x, y) && isSame(x + 1, y) && isSame(x, y + 1) && isSame(x + 1, y + 1)) same++;
    return same / (((right - left) * (bottom - top)) / 4);
  }

  #noise(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
    return (this.#random >>> 30) - 1;
  }
}

const person = (left: number, top: number): Box => ({ left, top, right: left + 20, bottom: top + 56, score: 0.9 });
const STANDING = person(150, 100);
const EVERYWHERE: Box = { left: 0, top: 0, right: WIDTH, bottom: HEIGHT, score: 1 };

describe("before the ground is learnt", () => {
  test("every picture is blank for ten seconds", () => {
    const street = new Street();
    for (let i = 0; i < 100; i++) expect(street.step().blank).toBe(true);
    expect(new Set(street.picture.y).size).toBe(1);
    expect(street.run(2)).toEqual({ blank: false, state: "showing" });
    expect(street.clearShare(EVERYWHERE)).toBeGreaterThan(0.95);
  });

  test("somebody who stands there from the first picture, and whom the detector sees, stays hidden", () => {
    const street = new Street();
    street.run(60, [STANDING], [STANDING]);
    expect(street.clearShare(STANDING)).toBeLessThan(0.05);
    expect(street.clearShare(EVERYWHERE)).toBeGreaterThan(0.7);
  });

  test("without the detector such a person is taken for ground: that half of the method is needed", () => {
    const street = new Street({ without: "detector" });
    street.run(20, [STANDING]);
    expect(street.clearShare(STANDING)).toBeGreaterThan(0.9);
  });
});

test("who walks across while the ground becomes known is hidden in the first picture that is shown, too", () => {
  const street = new Street();
  let shown = 0;
  for (let i = 0; i < 300; i++) {
    const walker = person(20 + ((i * 5) % 260), 90);
    if (street.step([walker]).blank) continue;
    shown++;
    expect(street.clearShare(walker), `picture ${shown} after the blank ones`).toBeLessThan(0.05);
  }
  expect(shown).toBeGreaterThan(150);
});

describe("once the ground is learnt", () => {
  test("who walks is hidden at once, without the detector", () => {
    const street = new Street();
    street.run(15);
    for (let x = 0; x < 280; x += 8) {
      const walker = person(x, 90);
      street.step([walker]);
      expect(street.clearShare(walker)).toBeLessThan(0.02);
    }
  });

  test("without the background model a walker whom the detector misses is clear: that half is needed too", () => {
    const street = new Street({ without: "background" });
    street.run(15);
    street.run(1, [STANDING]);
    expect(street.clearShare(STANDING)).toBe(1);
  });

  test("who walks in and stands for a minute is never taken for ground", () => {
    const street = new Street();
    street.run(15);
    street.run(60, [STANDING]);
    expect(street.clearShare(STANDING)).toBeLessThan(0.02);
  });

  test("the place is clear again half a second after somebody left", () => {
    const street = new Street();
    street.run(15);
    street.run(1, [STANDING]);
    street.run(0.6);
    expect(street.clearShare(STANDING)).toBe(1);
  });

  test("a change of exposure hides nothing and nobody gets clear", () => {
    const street = new Street();
    street.run(15);
    street.ground = 0.7;
    street.run(1, [STANDING]);
    expect(street.clearShare(EVERYWHERE)).toBeGreaterThan(0.8);
    expect(street.clearShare(STANDING)).toBeLessThan(0.02);
  });
});

describe("when in doubt it shows nothing", () => {
  test("a camera that turns away is blank at once, learns anew, and says so", () => {
    const street = new Street();
    street.run(15);
    const turned = () => {
      street.at += INTERVAL_MS;
      for (let i = 0; i < street.picture.y.length; i++) street.picture.y[i] = (i >> 3) % 2 ? 20 : 235;
      const scales = street.scene.look(street.picture, street.at);
      return street.scene.hide(
        street.picture,
        street.at,
        scales.map(() => []),
      );
    };
    expect(turned().blank).toBe(true);
    for (let i = 0; i < 25; i++) turned();
    expect(turned()).toEqual({ blank: true, state: "relearning" });
    let shown = 0;
    for (let i = 0; i < 130 && !shown; i++) if (!turned().blank) shown = i;
    expect(shown).toBeGreaterThan(70);
  });

  test("a picture that lacks a part of a plane is refused", () => {
    const street = new Street();
    const short = { ...street.picture, v: street.picture.v.subarray(1) };
    expect(() => street.scene.look(short, 1)).toThrow(expect.objectContaining({ code: "PICTURE_SHORT" }));
  });

  test("a picture of another size is refused", () => {
    const street = new Street();
    expect(() => street.scene.look(planes(160, 120), 1)).toThrow(expect.objectContaining({ code: "PICTURE_SIZE" }));
  });

  test("a picture from before the last one is refused", () => {
    const street = new Street();
    street.step();
    expect(() => street.scene.look(street.picture, street.at)).toThrow(
      expect.objectContaining({ code: "PICTURE_ORDER" }),
    );
  });

  test("a picture that lacks the detector's answer is refused", () => {
    const street = new Street();
    expect(street.scene.look(street.picture, 1)).toEqual(["whole"]);
    expect(() => street.scene.hide(street.picture, 1, [])).toThrow(
      expect.objectContaining({ code: "DETECTION_MISSING" }),
    );
  });
});

describe("after a restart", () => {
  const saved = () => {
    const street = new Street();
    street.run(20);
    return street.scene.saveGround() ?? expect.fail("no ground after 20 s");
  };

  test("saved ground is shown after a second, and who stands there since before is hidden", () => {
    const street = new Street({ ground: saved() });
    street.run(0.9, [STANDING]);
    expect(street.step([STANDING]).blank).toBe(true);
    expect(street.run(0.5, [STANDING])).toEqual({ blank: false, state: "showing" });
    expect(street.clearShare(STANDING)).toBeLessThan(0.02);
    expect(street.clearShare(EVERYWHERE)).toBeGreaterThan(0.8);
  });

  test("ground of another place is given up, and the blank time begins again", () => {
    const other = saved();
    other.subarray(8, 8 + (WIDTH / 4) * (HEIGHT / 4)).reverse();
    const street = new Street({ ground: other });
    expect(street.run(1.5)).toEqual({ blank: true, state: "relearning" });
    expect(street.run(8).blank).toBe(true);
    expect(street.run(5).blank).toBe(false);
  });

  test("ground of another size or kind is not used", () => {
    const street = new Street({ ground: saved().subarray(1) });
    expect(street.scene.learntShare).toBe(0);
  });
});

describe("private spaces", () => {
  const half = [
    [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ],
  ] as const;
  const CELLS = { across: WIDTH / 4, down: HEIGHT / 4 };

  /** What the saved bytes say of cells that lie in the left half; the last column may share a block with the other. */
  function keptOfLeftHalf(saved: Uint8Array | null): number[] {
    if (!saved) return expect.fail("no ground was saved");
    const all = Array.from({ length: CELLS.across * CELLS.down }, (_, cell) => cell);
    return all
      .filter((cell) => cell % CELLS.across < CELLS.across / 2)
      .flatMap((cell) => [saved[8 + cell] as number, saved[8 + CELLS.across * CELLS.down + cell] as number]);
  }

  test("are not in the ground that is kept, not even as grey", () => {
    const street = new Street({ privateSpaces: half });
    street.run(20);
    expect(street.scene.learntShare).toBe(1);
    expect(new Set(keptOfLeftHalf(street.scene.saveGround()))).toEqual(new Set([0, 255]));
  });

  test("go from ground that was kept before they were private", () => {
    const before = new Street();
    before.run(20);
    const ground = before.scene.saveGround() as Uint8Array;
    const street = new Street({ privateSpaces: half, ground });
    expect(street.run(3).state).toBe("showing");
    expect(new Set(keptOfLeftHalf(street.scene.saveGround()))).toEqual(new Set([0, 255]));
  });

  const space = [
    [0.5, 0],
    [0.75, 0],
    [0.75, 0.4],
    [0.5, 0.4],
  ] as const;

  test("are one flat grey, whatever happens in them", () => {
    const street = new Street({ privateSpaces: [space] });
    street.run(15, [person(180, 20)]);
    const levels = new Set<number>();
    for (let y = 0; y < 96; y++) for (let x = 160; x < 240; x++) levels.add(street.picture.y[y * WIDTH + x] as number);
    expect(levels.size).toBe(1);
  });
});

describe("the look silhouette", () => {
  test("shows nothing of who is hidden: two different people give the same picture", () => {
    const pictures = [0, 1].map((who) => {
      const street = new Street({ look: "silhouette" });
      street.run(15);
      const { left, top, right, bottom } = STANDING;
      street.step([STANDING]);
      street.at += INTERVAL_MS;
      paintGround(street.picture, 1, () => 0);
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) street.picture.y[y * WIDTH + x] = who ? 20 + ((x * y) % 40) : 250;
      const scales = street.scene.look(street.picture, street.at);
      street.scene.hide(
        street.picture,
        street.at,
        scales.map(() => []),
      );
      return street.picture;
    });
    const [a, b] = pictures as [PicturePlanes, PicturePlanes];
    const { left, top, right, bottom } = STANDING;
    for (let y = top; y < bottom; y++)
      expect(a.y.subarray(y * WIDTH + left, y * WIDTH + right)).toEqual(
        b.y.subarray(y * WIDTH + left, y * WIDTH + right),
      );
  });
});

function planes(width: number, height: number): PicturePlanes {
  const chroma = (width / 2) * (height / 2);
  return {
    width,
    height,
    y: new Uint8Array(width * height),
    u: new Uint8Array(chroma).fill(128),
    v: new Uint8Array(chroma).fill(128),
    strideY: width,
    strideUv: width / 2,
  };
}

function paintGround(picture: PicturePlanes, light: number, noise: () => number): void {
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const level = 110 + 40 * Math.sin(x / 9) + 30 * Math.cos(y / 7) + ((x * 5 + y * 3) % 8);
      picture.y[y * picture.strideY + x] = Math.round((level - 12) * light + 12) + noise();
    }
}

function paintPerson({ y, strideY }: PicturePlanes, { left, top, right, bottom }: Box): void {
  for (let row = top; row < bottom; row++)
    for (let x = left; x < right; x++) y[row * strideY + x] = (row - top < 10 ? 205 : 30) + ((x * row) % 5);
}
