const LONGEST_INTERVAL_MS = 120_000;
const SHORTEST_LIMIT_MS = 5_000;
const BEFORE_FIRST_MS = 10_000;
const BEFORE_SECOND_MS = 20_000;

/** Judges by RTP timestamps alone how long a stream may be silent: cameras with a picture every 10 s exist. */
export class PictureInterval {
  readonly #clockRateHz: number;
  #lastTimestamp = -1;
  #intervalMs = 0;
  #pictures = 0;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  /** Every RTP packet; packets of one picture share a timestamp (RFC 6184 §5.1). */
  packet(rtp: Uint8Array): void {
    const timestamp = (((rtp[4] ?? 0) << 24) | ((rtp[5] ?? 0) << 16) | ((rtp[6] ?? 0) << 8) | (rtp[7] ?? 0)) >>> 0;
    if (timestamp === this.#lastTimestamp) return;
    // Reordered pictures step back, which unsigned looks like hours: too long to be an interval.
    const stepMs = (((timestamp - this.#lastTimestamp) >>> 0) * 1_000) / this.#clockRateHz;
    this.#lastTimestamp = timestamp;
    if (this.#pictures++ === 0 || stepMs > LONGEST_INTERVAL_MS) return;
    this.#intervalMs = this.#intervalMs === 0 ? stepMs : this.#intervalMs * 0.9 + stepMs * 0.1;
  }

  /** 5 s or three pictures, whichever is longer; more before there is anything to judge by. */
  get silenceLimitMs(): number {
    if (this.#pictures === 0) return BEFORE_FIRST_MS;
    if (this.#intervalMs === 0) return BEFORE_SECOND_MS;
    return Math.max(SHORTEST_LIMIT_MS, this.#intervalMs * 3);
  }
}
