/** A set of small numbers: put, take, and any of them at random, each in one step. */
export class Bag {
  items = new Uint16Array(0);
  size = 0;
  #place = new Int32Array(0);

  empty(limit: number): void {
    if (this.items.length < limit) {
      this.items = new Uint16Array(2 * limit);
      this.#place = new Int32Array(2 * limit);
    }
    this.size = 0;
    this.#place.fill(-1, 0, limit);
  }

  put(item: number): void {
    if (this.#place[item]! >= 0) return;
    this.#place[item] = this.size;
    this.items[this.size++] = item;
  }

  take(item: number): void {
    const place = this.#place[item]!;
    if (place < 0) return;
    const last = this.items[--this.size]!;
    this.items[place] = last;
    this.#place[last] = place;
    this.#place[item] = -1;
  }
}
