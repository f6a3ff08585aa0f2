/** xorshift32 (Marsaglia 2003): what chance there is in a plan comes from its seed alone. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread by a multiplicative hash (Knuth), so that neighbouring seeds do not begin alike; never 0.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let k = 0; k < 8; k++) this.below(2);
  }

  /** A whole number from 0 to `n` - 1; n up to 2^31. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  /** From 0 to just under 1. */
  unit(): number {
    let s = this.#state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s;
    return (s >>> 0) / 0x1_0000_0000;
  }
}
