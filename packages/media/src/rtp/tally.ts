/** What a stream did against the rules and was forgiven for. */
export type Tolerance =
  | "rtp-malformed"
  | "rtcp-malformed"
  | "payload-type-foreign"
  | "ssrc-foreign"
  | "ssrc-changed"
  | "packet-late"
  | "packet-empty"
  | "sequence-restarted"
  | "payload-truncated"
  | "aggregate-broken"
  | "interleaved-mode"
  | "paci"
  | "nal-type-unknown"
  | "nal-forbidden-bit"
  | "fragment-is-whole"
  | "fragment-without-start"
  | "fragment-without-end"
  | "start-code-inside"
  | "marker-on-parameter-set"
  | "marker-inside-picture"
  | "marker-absent"
  | "first-slice-missing"
  | "head-without-picture"
  | "unit-too-large"
  | "parameter-set-unreadable"
  | "parameter-set-unparsed-rest"
  | "parameter-sets-missing"
  | "leading-picture-skipped"
  | "timestamp-outlier"
  | "timeline-joined"
  | "sender-report-far";

/** Counts tolerances of one stream, for the camera's row on the health page. */
export class Tally {
  readonly counts: Partial<Record<Tolerance, number>> = {};

  note(what: Tolerance): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}
