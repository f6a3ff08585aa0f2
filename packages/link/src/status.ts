import { cameraId, GAP_CAUSES, ID_PATTERN, type Instant, instant, recorderId, siteId } from "@overt/core";
import { z } from "zod";
import { POWER_UNKNOWN, PowerStatus } from "./power.ts";

export const CameraIdText = z.string().regex(ID_PATTERN, "no camera id").transform(cameraId);
export const InstantMs = z.number().transform((ms): Instant => instant(ms));
const GapCauseText = z.enum(GAP_CAUSES);

/** Per camera, on the register: how the anonymised track is made. */
export const AnonymisedMode = z.enum(["full", "slow", "none"]);
export type AnonymisedMode = z.infer<typeof AnonymisedMode>;

/** `blocks`: people under coarse blocks; `silhouette`: learnt ground with a flat tint. */
export const AnonymisedLook = z.enum(["blocks", "silhouette"]);
export type AnonymisedLook = z.infer<typeof AnonymisedLook>;

export const TrackStatus = z.object({
  /** What the register and the configuration ask of this track. */
  asked: z.boolean(),
  recording: z.boolean(),
  /** Why not, when it is asked and does not record. */
  cause: GapCauseText.nullable(),
  since: InstantMs,
  /** End of the newest acknowledged fragment. */
  recordedTo: InstantMs.nullable(),
});
export type TrackStatus = z.infer<typeof TrackStatus>;

export const CameraStatus = z.object({
  id: CameraIdText,
  /** What an operator types to call it up. */
  number: z.number().int().positive(),
  name: z.string(),
  site: z.string().regex(ID_PATTERN, "no site id").transform(siteId),
  original: TrackStatus,
  anonymised: TrackStatus,
  anonymiser: z.object({
    asked: AnonymisedMode,
    /** What there is room for now. */
    mode: AnonymisedMode,
    look: AnonymisedLook,
    /** Blank until ground is learnt; `failed` is blank too, with the reason in `problem`. */
    state: z.enum(["off", "learning", "showing", "relearning", "failed"]),
    /** Share of the picture whose ground is learnt, 0 to 1. */
    learntShare: z.number(),
    lastPictureAt: InstantMs.nullable(),
    fps: z.number(),
    /** Milliseconds of a core that one second of this camera costs. */
    costMsPerS: z.number(),
  }),
  stream: z
    .object({
      codec: z.enum(["h264", "h265"]),
      width: z.number(),
      height: z.number(),
      fps: z.number(),
      bitrateBps: z.number(),
      secure: z.boolean(),
    })
    .nullable(),
  permit: z.object({
    valid: z.boolean(),
    reason: z.string().nullable(),
    until: InstantMs.nullable(),
  }),
  /** Camera clock minus recorder clock, from RTCP sender reports. */
  clockOffsetMs: z.number().nullable(),
  /** What is wrong now, for people; null when it records as asked. */
  problem: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
  /** Oddities of this camera that were forgiven since the session began, by name. */
  tolerated: z.record(z.string(), z.number()),
});
export type CameraStatus = z.infer<typeof CameraStatus>;

export const PartState = z.enum(["ok", "starting", "degraded", "failed"]);

export const RecorderStatus = z.object({
  recorder: z.string().regex(ID_PATTERN, "no recorder id").transform(recorderId),
  site: z.string().regex(ID_PATTERN, "no site id").transform(siteId),
  at: InstantMs,
  startedAt: InstantMs,
  version: z.string(),
  trustedTime: z.object({ at: InstantMs, doubt: z.string().nullable() }),
  /** Fewer than this many custodians means that no originals are kept. */
  roster: z.object({ version: z.number(), custodians: z.number(), problem: z.string().nullable() }),
  cameras: z.array(CameraStatus),
  anonymiser: z.object({
    /** Milliseconds of core per second that may go to anonymising here. */
    budgetMsPerS: z.number(),
    usedMsPerS: z.number(),
    waiting: z.array(CameraIdText),
  }),
  /** Each process and store of this recorder. */
  parts: z.array(
    z.object({
      name: z.string(),
      state: PartState,
      since: InstantMs,
      restarts: z.number(),
      message: z.string().nullable(),
    }),
  ),
  volumes: z.array(
    z.object({
      name: z.string(),
      state: PartState,
      freeBytes: z.number(),
      usedBytes: z.number(),
      /** Until footage is lost before its retention, as cameras send now; null when none will be. */
      daysUntilLoss: z.number().nullable().default(null),
      /** Worst time from hand-over to durable in the last minute. */
      ackLatencyMs: z.number(),
      message: z.string().nullable(),
    }),
  ),
  power: PowerStatus.default(POWER_UNKNOWN),
  /** True while demo keys lie on this machine: shown as a red banner everywhere. */
  demoKeys: z.boolean(),
});
export type RecorderStatus = z.infer<typeof RecorderStatus>;

export const TimelineSegment = z.object({
  from: InstantMs,
  to: InstantMs,
  startsOnKeyPicture: z.boolean(),
  /** Camera clock minus trusted time, by which `from` and `to` go; at most ±24.8 days, null while unknown. */
  clockOffsetMs: z.number().nullable(),
});
export const TimelineGap = z.object({ from: InstantMs, to: InstantMs.nullable(), cause: GapCauseText });
export const TrackTimeline = z.object({ segments: z.array(TimelineSegment), gaps: z.array(TimelineGap) });
/** What is recorded of one camera in a span. `original` tells only that it exists. */
export const Timeline = z.object({
  original: TrackTimeline,
  anonymised: TrackTimeline,
  /** Volumes that did not answer and may hold more of this camera. */
  away: z.array(z.string()).default([]),
});
export type Timeline = z.infer<typeof Timeline>;
export type TrackTimeline = z.infer<typeof TrackTimeline>;

export const Problem = z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() });
export type Problem = z.infer<typeof Problem>;
