/** How long the known source must be silent before another is followed (case rtp-18). */
const SILENT_MS = 2_000;
/** Packets with consecutive numbers that make a source steady. */
const STEADY_PACKETS = 5;

/** Tells the packets of the track's own source from those of others, by SSRC. */
export class SourceLock {
  #ssrc = -1;
  #own = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #rival = -1;
  #rivalSequence = 0;
  #rivalRun = 0;

  /** The source that is followed; -1 before the first packet. */
  get ssrc(): number {
    return this.#ssrc;
  }

  /** @returns `new` when from this packet on another source is followed. */
  admit(ssrc: number, sequence: number, atMs: number): "own" | "foreign" | "new" {
    if (ssrc === this.#ssrc || this.#ssrc < 0) {
      this.#ssrc = ssrc;
      this.#lastAtMs = atMs;
      this.#own++;
      return "own";
    }
    const follows = ssrc === this.#rival && sequence === ((this.#rivalSequence + 1) & 0xffff);
    this.#rivalRun = follows ? this.#rivalRun + 1 : 1;
    this.#rival = ssrc;
    this.#rivalSequence = sequence;
    if (this.#rivalRun < STEADY_PACKETS || !this.#mayLeave(atMs)) return "foreign";
    this.#ssrc = ssrc;
    this.#lastAtMs = atMs;
    this.#own = 1;
    this.#rivalRun = 0;
    return "new";
  }

  /** The source said goodbye (RTCP BYE): no need to wait for its silence. */
  goodbye(ssrc: number): void {
    if (ssrc === this.#ssrc) this.#lastAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The very first packet may have been a stray one: until the source has proven itself it is left at once. */
  #mayLeave(atMs: number): boolean {
    return this.#own < STEADY_PACKETS || atMs - this.#lastAtMs >= SILENT_MS;
  }
}
