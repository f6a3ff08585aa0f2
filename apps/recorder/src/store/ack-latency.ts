const SPAN_S = 60;

/** The worst of the last minute, kept by the second. */
export class AckLatency {
  readonly #worst: { second: number; ms: number }[] = [];

  add(ms: number): void {
    const second = Math.floor(performance.now() / 1_000);
    const last = this.#worst.at(-1);
    if (last?.second === second) last.ms = Math.max(last.ms, ms);
    else this.#worst.push({ second, ms });
    this.#forget(second);
  }

  worstMs(): number {
    this.#forget(Math.floor(performance.now() / 1_000));
    return this.#worst.reduce((worst, { ms }) => Math.max(worst, ms), 0);
  }

  #forget(second: number): void {
    while ((this.#worst[0]?.second ?? second) < second - SPAN_S) this.#worst.shift();
  }
}
