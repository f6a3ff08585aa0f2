import { readFileSync } from "node:fs";

/**
 * The bound on the cost of a cover from its multipliers alone: sum of u, plus what each column costs less than its
 * rows' u. Reads the file itself and adds whole numbers of 2^-40, so that nothing is shared with the solver and
 * nothing is rounded up.
 */
export function recheckedBound(file: string, multipliers: readonly number[]): bigint {
  const words = readFileSync(file, "utf8").trim().split(/\s+/).map(Number);
  let at = 0;
  const next = (): number => words[at++]!;
  const rows = next();
  const columns = next();
  const fine = (x: number): bigint => BigInt(Math.floor(x * 2 ** 20)) << 20n;
  const reduced = Array.from({ length: columns }, () => fine(next()));
  let sum = 0n;
  for (let i = 0; i < rows; i++) {
    const u = fine(Math.max(0, multipliers[i]!));
    sum += u;
    for (let count = next(); count > 0; count--) reduced[next() - 1]! -= u;
  }
  for (const r of reduced) if (r < 0n) sum += r;
  // Costs are whole numbers here, so the bound is rounded up to the next one.
  return -(-sum >> 40n);
}
