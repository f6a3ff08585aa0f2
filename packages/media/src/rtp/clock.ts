/** How fast a mapping may be corrected: far above any crystal's error, far below what an eye or a player notices. */
const SLEW = 500e-6;
/** The least delayed picture of each such span tells the true offset; queueing only ever delays. */
const SPAN_MS = 10_000;

/**
 * An error beyond this is no drift: RTP time itself went wrong, as with cameras that count pictures at a rate which
 * they do not keep. Then the line is moved at once, yet never so that a picture comes before an earlier one.
 */
const STEP_MS = 2_000;

/** The camera's wall clock against ours (rtp-12). */
export interface CameraOffset {
  /** UTC by the camera - our monotonic time, milliseconds, as its latest report has it: steps when it steps. */
  readonly rawMs: number;
  /** The same, moved by at most 500 ppm, so that footage dated with it never goes back or overlaps. */
  readonly slewedMs: number;
}

/**
 * When each picture was taken, on the recorder's monotonic clock.
 *
 * Distances of pictures come from RTP time alone; the line as a whole follows the arrival of the least delayed
 * pictures by at most 500 ppm. Neither a late packet nor a step of the camera's clock or of ours (which is monotonic)
 * moves footage (rtp-12, sto-10). RTP time that is off by more than 2 s is corrected at once and counted in `steps`.
 * One clock for each session; times of the next one start afresh.
 */
export class CaptureClock {
  readonly #clockRate: number;
  #latestMs = Number.NEGATIVE_INFINITY;
  #offsetMs = 0;
  #spanStartMs = 0;
  #spanLeastMs = 0;
  #lastSpanLeastMs = Number.POSITIVE_INFINITY;
  #lastMonoMs = Number.NEGATIVE_INFINITY;
  #camera: CameraOffset | null = null;
  #steps = 0;

  /** @param clockRate ticks of RTP time per second. */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** null before the first sender report. */
  get cameraOffset(): CameraOffset | null {
    return this.#camera;
  }

  /** How often RTP time was so wrong that the line had to be moved at once. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Takes the pictures of an access unit's `rtpTime`, `receivedAtMs` and `ntpMs`, in order of arrival.
   *
   * @returns milliseconds on the clock of `receivedAtMonoMs`. Grows with `rtpTime`.
   */
  at(rtpTime: number, receivedAtMonoMs: number, ntpMs: number | null = null): number {
    const mediaMs = (rtpTime / this.#clockRate) * 1000;
    const latest = mediaMs > this.#latestMs;
    const elapsedMs = this.#observe(mediaMs, receivedAtMonoMs);
    const monoMs = latest
      ? Math.max(mediaMs + this.#offsetMs, this.#lastMonoMs + elapsedMs / 100)
      : mediaMs + this.#offsetMs;
    if (latest) this.#lastMonoMs = monoMs;
    if (ntpMs !== null) this.#follow(ntpMs - monoMs, elapsedMs);
    return monoMs;
  }

  /** @returns media time gone by since the latest picture; 0 for one that is shown before it. */
  #observe(mediaMs: number, receivedAtMs: number): number {
    const delayMs = receivedAtMs - mediaMs;
    if (this.#latestMs === Number.NEGATIVE_INFINITY) {
      this.#latestMs = mediaMs;
      this.#spanStartMs = receivedAtMs;
      this.#spanLeastMs = delayMs;
      this.#offsetMs = delayMs;
      return 0;
    }
    const elapsedMs = Math.max(0, mediaMs - this.#latestMs);
    this.#latestMs += elapsedMs;
    if (receivedAtMs - this.#spanStartMs >= SPAN_MS) {
      this.#lastSpanLeastMs = this.#spanLeastMs;
      this.#spanLeastMs = delayMs;
      this.#spanStartMs = receivedAtMs;
    } else this.#spanLeastMs = Math.min(this.#spanLeastMs, delayMs);
    const targetMs = Math.min(this.#spanLeastMs, this.#lastSpanLeastMs);
    const errorMs = targetMs - this.#offsetMs;
    if (Math.abs(errorMs) > STEP_MS) this.#steps++;
    this.#offsetMs += Math.abs(errorMs) > STEP_MS ? errorMs : slewed(errorMs, elapsedMs);
    return elapsedMs;
  }

  #follow(rawMs: number, elapsedMs: number): void {
    const before = this.#camera;
    const slewedMs = before ? before.slewedMs + slewed(rawMs - before.slewedMs, elapsedMs) : rawMs;
    this.#camera = { rawMs, slewedMs };
  }
}

const slewed = (errorMs: number, elapsedMs: number): number =>
  Math.max(-SLEW * elapsedMs, Math.min(SLEW * elapsedMs, errorMs));
