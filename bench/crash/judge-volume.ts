import { createHash } from "node:crypto";
import { join } from "node:path";
import { type CameraId, cameraId, type Instant, instant, type Track } from "@overt/core";
import type { TrackTimeline } from "@overt/link";
import { cameraHash, slotName } from "@overt/recorder/keystore/slot";
import { checkStore } from "@overt/recorder/store/check";
import type { Store } from "@overt/recorder/store/store";
import type { Acknowledged, Promised, PromisedGap, Volume } from "./marks.ts";
import { goOn, type OpenVolume, openVolume } from "./volume.ts";

export interface VolumeVerdict {
  /** Acknowledged fragments that are not there, or not as they were. */
  readonly lost: number;
  /** Gaps that the store had said it knows, and that are not there or say something else. */
  readonly gapsLost: number;
  /** Periods of which the store had said that nothing is listed any more. */
  readonly rowsBack: number;
  /** What a camera had sent and the store has not, at worst. */
  readonly secondsLost: number;
}

const TRACK: Track = "original";
const PICTURE_MS = 100;
const LATEST = instant(8_000_000_000_000_000);

/** What could be read of one volume. */
interface Found {
  /** SHA-256 of each whole fragment of a segment that could be opened, by segment and counter. */
  readonly fragments: Map<string, string>;
  /** By camera. */
  readonly ends: Map<string, number>;
  readonly timelines: Map<string, TrackTimeline>;
}

/**
 * Starts on a volume, holds what it finds against what was promised, and goes on recording there.
 *
 * @param dead slot names of periods whose keys the key store knows to be destroyed
 */
export async function judgeVolume(
  directory: string,
  volume: Volume,
  promised: Promised,
  dead: ReadonlySet<string>,
  slackMs: number,
  faults: string[],
): Promise<VolumeVerdict> {
  const scanned: string[] = [];
  const open = await openVolume(directory, volume, faults, (path) => scanned.push(path));
  const { store, failed } = open;
  await Promise.race([failed, store.settled()]);
  // As a recorder does at each start, and when packs were listed: see `Retention`.
  const expired = store
    .periods()
    .map(({ camera, periodStart }) => ({ camera: cameraHash(camera), periodStart }))
    .filter(({ camera, periodStart }) => dead.has(slotName(camera, periodStart)));
  await Promise.race([failed, store.expire(expired)]);
  const cameras = [...promised.taken].filter(([, taken]) => taken.volume === volume);
  const found: Found = { fragments: new Map(), ends: new Map(), timelines: new Map() };
  for (const [camera] of cameras) await readAll(store, cameraId(camera), found);
  const living = promised.living(slackMs).filter((one) => one.volume === volume);
  const lost = living.filter((one) => !isThere(one, found) && !madeRoom(one, found)).length;
  if (lost > 0) faults.push(`${volume}: ${lost} of ${living.length} acknowledged fragments lost`);
  const rowsBack = rowsOfExpired(store, volume, promised, found);
  if (rowsBack > 0) faults.push(`${volume}: ${rowsBack} periods are listed again whose rows had gone`);
  const wrong = promised.gaps.filter((gap) => {
    const timeline = found.timelines.get(gap.camera);
    return timeline && !isTold(gap, timeline.gaps);
  });
  for (const { camera, cause, from, to } of wrong) faults.push(`${camera}: gap ${cause} ${from} to ${to} is not told`);
  let secondsLost = 0;
  // What made room there is no loss of this cut.
  if (volume === "roomy")
    for (const [camera, { at }] of cameras) {
      const missed = at.filter((one) => one >= (found.ends.get(camera) ?? 0));
      secondsLost = Math.max(secondsLost, ((missed.at(-1) ?? 0) - (missed[0] ?? 0)) / 1_000);
    }
  await judgeNext(open, volume, faults);
  await Promise.race([failed, store.close(true)]);
  const { problems, notes } = await checkStore(join(directory, volume));
  faults.push(...problems.map(({ code, what }) => `${volume}: check: ${code} ${what}`));
  // A pack that was in no row when power failed was never said to have ended.
  const unended = notes.filter(
    (note) => note.includes("has no footer") && !scanned.some((path) => note.startsWith(path)),
  );
  if (!promised.cutBefore) faults.push(...unended.map((note) => `${volume}: check: ${note}`));
  return { lost, gapsLost: wrong.length, rowsBack, secondsLost };
}

const nameOf = ({ segment, counter }: { segment: string; counter: number }): string => `${segment}/${counter}`;

/** As it was, and on the timeline. */
function isThere(one: Acknowledged, { fragments, timelines }: Found): boolean {
  const { segments = [] } = timelines.get(one.camera) ?? {};
  return (
    fragments.get(nameOf(one)) === one.sha256 && segments.some(({ from, to }) => from <= one.from && to >= one.until)
  );
}

/** It went to make room, and the timeline says so: a guessed duration may reach into what comes next, which is there. */
function madeRoom(one: Acknowledged, { timelines }: Found): boolean {
  if (one.volume !== "full") return false;
  const { segments = [], gaps = [] } = timelines.get(one.camera) ?? {};
  const gone = gaps.filter(({ cause }) => cause === "disk_full");
  const told = [...segments, ...gone];
  if (!gone.some(({ from, to }) => from < one.until && (to ?? LATEST) > one.from)) return false;
  let at = one.from;
  while (at < one.until) {
    const next = told.find(({ from, to }) => from <= at && (to ?? LATEST) > at);
    if (!next) return false;
    at = next.to ?? LATEST;
  }
  return true;
}

function rowsOfExpired(store: Store, volume: Volume, promised: Promised, { fragments }: Found): number {
  const expired = new Set(
    promised.expired
      .filter((one) => one.volume === volume)
      .map(({ camera, periodStart }) => `${camera} ${periodStart}`),
  );
  const back = new Set<string>();
  for (const { camera, periodStart } of store.periods()) back.add(`${camera} ${periodStart}`);
  for (const one of promised.acknowledged) if (fragments.has(nameOf(one))) back.add(`${one.camera} ${one.periodStart}`);
  return [...back].filter((period) => expired.has(period)).length;
}

/**
 * It begins where the stretch before it ends, which may be a little later than its last picture. One that lasted may have
 * become the recorder's own absence since.
 */
function isTold({ cause, from, to }: PromisedGap, gaps: TrackTimeline["gaps"]): boolean {
  const here = gaps.filter((gap) => gap.from >= from && gap.from - from < PICTURE_MS);
  if (to === null) return here.some((gap) => gap.cause === cause || gap.cause === "recorder_down");
  return here.some((gap) => gap.cause === cause && gap.to === to);
}

/** A store that opens and takes nothing would be of no use. */
async function judgeNext(open: OpenVolume, volume: Volume, faults: string[]): Promise<void> {
  const { track, records } = await goOn(open);
  const found: Found = { fragments: new Map(), ends: new Map(), timelines: new Map() };
  await readAll(open.store, track.camera, found);
  const { segments, gaps } = found.timelines.get(track.camera) as TrackTimeline;
  const read = new Set(found.fragments.values());
  // All but the envelope and the segment's header are fragments.
  if (!records.slice(2).every((record) => read.has(sha256(record)))) faults.push(`${volume}: cannot be written to now`);
  if (segments.length !== 1 || gaps.length !== 1) faults.push(`${volume}: what comes now is not on the timeline`);
}

async function readAll(store: Store, camera: CameraId, found: Found): Promise<void> {
  const timeline = store.timeline(camera, TRACK, instant(0), LATEST);
  found.timelines.set(camera, timeline);
  const first = timeline.segments[0]?.from;
  if (first === undefined) return;
  const end = instant((timeline.segments.at(-1)?.to ?? first) + 1);
  for (let since: Instant | null = null; ; ) {
    const step = store.plan(camera, TRACK, first, end, since);
    for (const { segment, header, envelope, fragments } of step.segments) {
      const records = await store.read(fragments);
      for (const [i, { counter, time, durationMs }] of fragments.entries()) {
        const record = records[i] as Uint8Array;
        if (!header || !envelope || record.length === 0) continue;
        found.fragments.set(nameOf({ segment, counter }), sha256(record));
        found.ends.set(camera, Math.max(found.ends.get(camera) ?? 0, time + durationMs));
      }
    }
    if (step.next === null) return;
    since = step.next;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
