/** Something that is fed one mutated input after the other. */
export interface FuzzTarget {
  /** How much came through to the other side: without it a fuzzer may be knocking at a closed door. */
  readonly through: number;
  /**
   * Feeds the next mutated input, and the sound ones before it. Whatever it throws is a crash.
   *
   * @returns what it did against its own promises, if anything.
   */
  next(): string | null;
}

export const TARGETS = ["packets", "sdp", "rtsp"] as const;
export type TargetName = (typeof TARGETS)[number];
