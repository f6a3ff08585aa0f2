import type { Clearness } from "./clearness.ts";
import type { PersonBox } from "./people-boxes.ts";

export interface LeakScore {
  /** People's boxes that were judged. */
  readonly boxes: number;
  /** Percent of all their area that is clear. */
  readonly clearPercent: number;
  readonly boxesOverHalf: number;
  readonly boxesOverTenth: number;
  /** Percent of the picture outside the boxes that is hidden. */
  readonly needlessPercent: number;
  readonly pictures: number;
}

/** Adds up pictures of one clip. */
export class LeakCount {
  #boxes = 0;
  #area = 0;
  #clear = 0;
  #overHalf = 0;
  #overTenth = 0;
  #rest = 0;
  #needless = 0;
  #pictures = 0;

  add({ columns, rows, clear }: Clearness, boxes: readonly PersonBox[]): void {
    this.#pictures++;
    const people = new Uint8Array(columns * rows);
    for (const box of boxes) {
      let area = 0;
      let shown = 0;
      const bottom = Math.min(rows, Math.ceil(box.bottom * rows));
      const right = Math.min(columns, Math.ceil(box.right * columns));
      for (let row = Math.floor(box.top * rows); row < bottom; row++)
        for (let column = Math.floor(box.left * columns); column < right; column++) {
          area++;
          shown += clear[row * columns + column] as number;
          people[row * columns + column] = 1;
        }
      this.#boxes++;
      this.#area += area;
      this.#clear += shown;
      if (shown > area / 2) this.#overHalf++;
      if (shown > area / 10) this.#overTenth++;
    }
    for (let cell = 0; cell < people.length; cell++) {
      if (people[cell]) continue;
      this.#rest++;
      if (!clear[cell]) this.#needless++;
    }
  }

  score(): LeakScore {
    return {
      boxes: this.#boxes,
      clearPercent: (100 * this.#clear) / Math.max(1, this.#area),
      boxesOverHalf: this.#overHalf,
      boxesOverTenth: this.#overTenth,
      needlessPercent: (100 * this.#needless) / Math.max(1, this.#rest),
      pictures: this.#pictures,
    };
  }
}
