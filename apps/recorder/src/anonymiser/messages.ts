import type { Polygon } from "@overt/media/pixels";
import type { AnonymisedLook } from "@overt/link";

/** What a worker is told about one camera. */
export interface LaneOptions {
  readonly codec: "h264" | "h265";
  readonly look: AnonymisedLook;
  /** `slow`: one still every `slowEveryMs`, from key pictures. */
  readonly mode: "full" | "slow";
  readonly maxFps: number;
  readonly slowEveryMs: number;
  readonly privateSpaces: readonly Polygon[];
}

export type LaneState = "learning" | "showing" | "relearning" | "failed";

export interface LaneProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/**
 * Heads of the frames to a worker. A lane is one opening of one camera: what comes late of the one before is not taken
 * for the one after. There is none that turns a part of the anonymiser off.
 */
export type ToWorker =
  /** Body: parameter sets in Annex B, `parameterBytes` long, then the learnt ground, if any. */
  | ({ readonly kind: "open"; readonly lane: number; readonly parameterBytes: number } & LaneOptions)
  | { readonly kind: "pace"; readonly lane: number; readonly mode: "full" | "slow"; readonly maxFps: number }
  /** Body: one access unit in Annex B. `at` is UTC ms. */
  | { readonly kind: "picture"; readonly lane: number; readonly at: number; readonly key: boolean }
  | { readonly kind: "close"; readonly lane: number }
  | { readonly kind: "ping"; readonly n: number };

/** Heads of the frames from a worker. */
export type FromWorker =
  | { readonly kind: "detector"; readonly problem: LaneProblem | null }
  /** Body: one H.264 access unit in Annex B. */
  | ({ readonly kind: "picture"; readonly lane: number } & PictureNote)
  | {
      readonly kind: "state";
      readonly lane: number;
      readonly state: LaneState;
      readonly learntShare: number;
      readonly problem: LaneProblem | null;
    }
  /** Body: learnt ground, to be given back at the next `open`. */
  | { readonly kind: "ground"; readonly lane: number }
  | { readonly kind: "closed"; readonly lane: number }
  | { readonly kind: "pong"; readonly n: number };

export interface PictureNote {
  readonly at: number;
  readonly key: boolean;
  readonly blank: boolean;
  readonly learntShare: number;
  /** Core time since this camera's last picture, dropped ones included. */
  readonly costMs: number;
}
