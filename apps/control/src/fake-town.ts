import {
  type CameraId,
  type GapCause,
  hours,
  type Instant,
  instant,
  minutes,
  recorderId,
  type Span,
  seconds,
  siteId,
} from "@overt/core";
import { type CameraStatus, POWER_UNKNOWN, type RecorderStatus, type Timeline, type TrackTimeline } from "@overt/link";

/** What the fake recorder pretends to stand in. */
export interface FakeTown {
  readonly startedAt: Instant;
  readonly width: number;
  readonly height: number;
  readonly cameras: readonly CameraId[];
}

const NAMES = ["Market Square north", "Market Square south", "Bridge", "Station forecourt", "Town Hall", "River Walk"];
const RETENTION_MS = minutes(60);
/** Each camera has a gap of 20 s in every 10 minutes, at its own place and with its own cause. */
const GAP_EVERY_MS = minutes(10);
const GAP_MS = seconds(20);
const CAUSES: GapCause[] = ["camera_unreachable", "site_power", "recorder_down", "disk_slow", "camera_silent"];
const LEARNING_MS = seconds(5);

/** The fifth camera has no permit and never recorded; live it is blank. */
const hasPermit = (town: FakeTown, camera: CameraId): boolean => town.cameras.indexOf(camera) !== 4;

export function isGap(town: FakeTown, camera: CameraId, atMs: number): boolean {
  if (!hasPermit(town, camera)) return true;
  const start = gapStart(town, camera, atMs);
  return atMs >= start && atMs < start + GAP_MS;
}

/** The only gap that starts in the same ten minutes as `atMs`, counted from the start: none in its first minutes. */
function gapStart(town: FakeTown, camera: CameraId, atMs: number): number {
  return periodStart(town, atMs) + minutes(3) + town.cameras.indexOf(camera) * minutes(1);
}

function periodStart(town: FakeTown, atMs: number): number {
  return town.startedAt + Math.floor((atMs - town.startedAt) / GAP_EVERY_MS) * GAP_EVERY_MS;
}

export function fakeTimeline(town: FakeTown, camera: CameraId, { from, to }: Span, now: Instant): Timeline {
  const start = Math.max(from, now - RETENTION_MS);
  const end = Math.min(to, now);
  const track = hasPermit(town, camera) ? tracks(town, camera, start, end) : noPermit(start, end);
  return { original: track, anonymised: track, away: [] };
}

function tracks(town: FakeTown, camera: CameraId, from: number, to: number): TrackTimeline {
  const segments: TrackTimeline["segments"] = [];
  const gaps: TrackTimeline["gaps"] = [];
  const clockOffsetMs = clockOffset(town.cameras.indexOf(camera));
  const cut = (a: number, b: number) => ({ from: instant(Math.max(a, from)), to: instant(Math.min(b, to)) });
  for (let period = periodStart(town, from); period < to; period += GAP_EVERY_MS) {
    const start = gapStart(town, camera, period);
    const cause = CAUSES[Math.floor(period / GAP_EVERY_MS) % CAUSES.length] ?? "unknown";
    const spans = [cut(period, start), cut(start + GAP_MS, period + GAP_EVERY_MS)].filter(
      (span) => span.from < span.to,
    );
    segments.push(...spans.map((span) => ({ ...span, startsOnKeyPicture: true, clockOffsetMs })));
    const gap = cut(start, start + GAP_MS);
    if (gap.from < gap.to) gaps.push({ ...gap, cause });
  }
  return { segments, gaps };
}

/** The third camera's clock was never set to summer time. */
const clockOffset = (index: number): number => (index === 2 ? -hours(1) : index * 130 - 200);

function noPermit(from: number, to: number): TrackTimeline {
  return { segments: [], gaps: from < to ? [{ from: instant(from), to: null, cause: "no_permit" }] : [] };
}

export function fakeStatus(town: FakeTown, at: Instant): RecorderStatus {
  const cameras = town.cameras.map((camera, index) => cameraStatus(town, camera, index, at));
  return {
    recorder: recorderId("fake-1"),
    site: siteId("old-town"),
    at,
    startedAt: town.startedAt,
    version: "0.1.0",
    trustedTime: { at, doubt: null },
    roster: { version: 1, custodians: 8, problem: null },
    cameras,
    anonymiser: { budgetMsPerS: 1_400, usedMsPerS: cameras.length * 40, waiting: [] },
    parts: [
      { name: "ingest", state: "ok", since: town.startedAt, restarts: 0, message: null },
      { name: "writer footage-1", state: "ok", since: town.startedAt, restarts: 0, message: null },
      {
        name: "anonymiser 1",
        state: "degraded",
        since: town.startedAt,
        restarts: 1,
        message: "Restarted after a fault.",
      },
    ],
    volumes: [
      {
        name: "footage-1",
        state: "ok",
        freeBytes: 8e11,
        usedBytes: 2e11,
        daysUntilLoss: null,
        ackLatencyMs: 22,
        message: null,
      },
    ],
    power: POWER_UNKNOWN,
    demoKeys: true,
  };
}

function cameraStatus(town: FakeTown, id: CameraId, index: number, at: Instant): CameraStatus {
  const permitted = hasPermit(town, id);
  const recording = !isGap(town, id, at);
  const learning = at - town.startedAt < LEARNING_MS * (index + 1);
  const cause = recording ? null : permitted ? "camera_unreachable" : "no_permit";
  const track = { asked: true, recording, cause, since: town.startedAt, recordedTo: recording ? at : null } as const;
  const learntShare = Math.min(1, (at - town.startedAt) / (LEARNING_MS * (index + 1)));
  return {
    id,
    number: index + 1,
    name: NAMES[index] ?? `Camera ${index + 1}`,
    site: siteId("old-town"),
    original: track,
    anonymised: track,
    anonymiser: {
      asked: "full",
      mode: index === 5 ? "slow" : permitted ? "full" : "none",
      look: index % 2 === 0 ? "blocks" : "silhouette",
      state: permitted ? (learning ? "learning" : "showing") : "off",
      learntShare: permitted ? learntShare : 0,
      lastPictureAt: recording ? at : null,
      fps: recording ? 10 : 0,
      costMsPerS: permitted ? 40 : 0,
    },
    stream: recording
      ? { codec: index % 2 ? "h265" : "h264", width: 1920, height: 1080, fps: 15, bitrateBps: 4e6, secure: index === 0 }
      : null,
    permit: {
      valid: permitted,
      reason: permitted ? null : "No permit for this camera was found.",
      until: permitted ? instant(at + minutes(60 * 24 * 90)) : null,
    },
    clockOffsetMs: clockOffset(index),
    problem: problemOf(permitted, recording),
    tolerated: index === 2 ? { sdp_lines_out_of_order: 1 } : {},
  };
}

function problemOf(permitted: boolean, recording: boolean): CameraStatus["problem"] {
  if (recording) return null;
  if (!permitted)
    return {
      code: "NO_PERMIT",
      message: "This camera has no permit, so nothing of it is recorded or shown.",
      hint: "Ask the overseer to sign one.",
    };
  return { code: "CAMERA_UNREACHABLE", message: "The camera does not answer.", hint: "Is it powered and cabled?" };
}
