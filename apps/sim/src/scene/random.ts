/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number in [0, 1) that belongs to a cell of the plane. */
export function cellNoise(x: number, y: number, seed = 0): number {
  let mixed = Math.imul(Math.floor(x), 374761393) ^ Math.imul(Math.floor(y), 668265263) ^ Math.imul(seed, 982451653);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 1274126177);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise in [-1, 1] with features one unit wide. */
export function smoothNoise(x: number, y: number, seed = 0): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = ease(x - left);
  const fy = ease(y - top);
  const above = mix(cellNoise(left, top, seed), cellNoise(left + 1, top, seed), fx);
  const below = mix(cellNoise(left, top + 1, seed), cellNoise(left + 1, top + 1, seed), fx);
  return mix(above, below, fy) * 2 - 1;
}

export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
