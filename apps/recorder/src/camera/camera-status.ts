import type { GapCause, Instant, OvertError, Track } from "@overt/core";
import type { CameraStatus, TrackStatus } from "@overt/link";
import type { Permit, PermitDenial } from "@overt/rules";
import type { AnonymiserState } from "../anonymiser/index.ts";
import type { GapKeeper } from "../tracks/gap-keeper.ts";
import type { SealedTrack } from "../tracks/sealed-track.ts";

/** Without a gap row yet, a track that has stored nothing for this long is not said to record. */
const QUIET_MS = 10_000;

export interface TrackFacts {
  readonly asked: boolean;
  readonly gaps: GapKeeper;
  readonly sealed: Pick<SealedTrack, "missing" | "waits">;
}

/** While something waits for its disk the gap that is told of is an old one. */
const causeOf = ({ gaps, sealed }: Pick<TrackFacts, "gaps" | "sealed">): GapCause | null =>
  (sealed.waits ? sealed.missing : null) ?? gaps.cause;

/** Whether a track records as asked, not only whether its camera answers. */
export function trackStatus({ asked, gaps, sealed }: TrackFacts, now: Instant): TrackStatus {
  const recordedTo = gaps.recordedTo;
  const cause = causeOf({ gaps, sealed });
  const recording = asked && cause === null && now - recordedTo < QUIET_MS;
  return {
    asked,
    recording,
    cause: recording || !asked ? null : (cause ?? (sealed.waits ? "disk_slow" : null)),
    since: gaps.since ?? recordedTo,
    recordedTo,
  };
}

/** Of a camera that no worker looks at. */
export function anonymiserOff(permit: Permit | null): CameraStatus["anonymiser"] {
  return {
    asked: permit?.anonymisedMode ?? "none",
    mode: "none",
    look: permit?.look ?? "blocks",
    state: "off",
    learntShare: 0,
    lastPictureAt: null,
    fps: 0,
    costMsPerS: 0,
  };
}

export interface CameraFacts {
  readonly denial: PermitDenial | null;
  readonly tracks: Readonly<Record<Track, TrackFacts>>;
  /** The one that its footage lies on. */
  readonly volume: string;
  readonly errors: Readonly<Record<Track, OvertError | null>>;
  readonly anonymiser: AnonymiserState;
  /** Why no keys can be made. */
  readonly failing: OvertError | null;
}

/** The first thing that keeps the camera from recording as asked, for people; null when nothing does. */
export function cameraProblem({
  denial,
  tracks,
  errors,
  anonymiser,
  failing,
  volume,
}: CameraFacts): CameraStatus["problem"] {
  if (denial) return { code: denial.code.toUpperCase(), message: denial.reason, hint: denial.hint };
  const missing = (["original", "anonymised"] as const).filter(
    (track) => tracks[track].asked && causeOf(tracks[track]),
  );
  const disk = missing.map((track) => causeOf(tracks[track])).find((cause) => cause?.startsWith("disk_"));
  const error =
    missing.map((track) => errors[track]).find((each) => each !== null) ?? (missing.length > 0 ? failing : null);
  if (error) return { code: error.code, message: error.message, hint: error.hint ?? null };
  if (disk)
    return {
      code: disk.toUpperCase(),
      message: `Its volume "${volume}" takes nothing more.`,
      hint: "See the volume's line under Health. Other volumes go on.",
    };
  if (anonymiser.problem) return anonymiser.problem;
  if (tracks.original.asked && tracks.original.gaps.cause === "masked_no_original")
    return {
      code: "MASKED_NO_ORIGINAL",
      message: "No original is kept: a private space cannot be masked in it.",
      hint: "The anonymised track is masked. Masks in the camera come with a later version.",
    };
  return null;
}
