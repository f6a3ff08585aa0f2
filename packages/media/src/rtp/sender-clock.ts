/** A change of the mapping beyond this is a step of the camera's clock, not jitter of its reports. */
const STEP_MS = 500;

/** The camera's clock moved by `stepMs` between two sender reports (case rtp-12). */
export interface ClockStep {
  readonly stepMs: number;
  /** UTC by the camera's clock after the step. */
  readonly ntpMs: number;
  readonly receivedAtMs: number;
}

/** The camera's wall clock over the track's time line, by its latest sender report. */
export class SenderClock {
  readonly #clockRate: number;
  readonly #onStep: (step: ClockStep) => void;
  #ntpMs = Number.NaN;
  #ticks = 0;

  constructor(clockRate: number, onStep: (step: ClockStep) => void) {
    this.#clockRate = clockRate;
    this.#onStep = onStep;
  }

  report(ntpMs: number, ticks: number, receivedAtMs: number): void {
    const expected = this.ntpMs(ticks);
    this.#ntpMs = ntpMs;
    this.#ticks = ticks;
    if (expected !== null && Math.abs(ntpMs - expected) > STEP_MS)
      this.#onStep({ stepMs: ntpMs - expected, ntpMs, receivedAtMs });
  }

  /** UTC milliseconds by the camera at `ticks`; null before its first report. */
  ntpMs(ticks: number): number | null {
    return Number.isNaN(this.#ntpMs) ? null : this.#ntpMs + ((ticks - this.#ticks) / this.#clockRate) * 1000;
  }
}
