import {
  asOvertError,
  type CameraId,
  earlierOf,
  type GapCause,
  type Instant,
  instant,
  type OvertError,
  type Track,
} from "@overt/core";
import { fragmentSize, initSegment, type VideoFormat, writeFragment } from "@overt/media";
import { type Crc32c, encodeStatement, SegmentSealer, type SegmentCount, type Sign } from "@overt/seal";
import { nodeGcmSealInParts } from "../keys/gcm.ts";
import type { NoGrant } from "../keys/keyring.ts";
import type { SegmentGrant } from "../keys/seat-keys.ts";
import type { Appended } from "../store/client.ts";
import { Fragmenter, type Pace, type PictureRun, type TrackPicture } from "./fragmenter.ts";
import type { GapKeeper } from "./gap-keeper.ts";
import type { RecordPool } from "./record-pool.ts";

export interface SealedTrackOptions {
  readonly camera: CameraId;
  readonly track: Track;
  readonly nextSegment: () => SegmentGrant | NoGrant;
  /** Ends the epoch: its envelope was not stored, so what comes under it could never be opened. */
  readonly renewEpoch: () => void;
  /** Reads the records until it settles, and not after. */
  readonly append: (records: readonly Uint8Array[]) => Promise<Appended>;
  /** Why nothing of this track would be stored now; null when it would. No segment is begun meanwhile. */
  readonly refusing: () => GapCause | null;
  /** One for all tracks. */
  readonly pool: RecordPool;
  /** Told of each picture's NAL units when they are not needed any more. */
  readonly release: (nals: readonly Uint8Array[]) => void;
  readonly gaps: GapKeeper;
  /** Trusted time. */
  readonly now: () => Instant;
  readonly sign: Sign;
  readonly crc32c: Crc32c;
  readonly onError: (error: OvertError) => void;
}

/** A segment ends at a key picture from this age on, and without one at the longest. */
const SEGMENT_SETTLES_MS = 30_000;
const SEGMENT_LONGEST_MS = 60_000;
/** Half a second of 90 kHz: less than this back in time is a guess that was too long, more is another timeline. */
const OVERLAP_TICKS = 45_000;
/** Runs that wait for a key, while key children are at work or are being replaced. */
const WAITING_LONGEST_MS = 8_000;
/** So many acts wait for a disk that hangs; beyond it a gap whose cause changes goes on under the earlier one. */
const MOST_WAITING = 200;
/** What waits longer than this for the next picture becomes durable without it. */
const HELD_LONGEST_MS = 1_000;

interface OpenSegment {
  readonly sealer: SegmentSealer;
  readonly grant: SegmentGrant;
  readonly start: Instant;
  readonly startTicks: number;
  /** Where the next run begins if nothing was left out; decode times of a segment only grow. */
  nextTicks: number;
  sequence: number;
}

interface OpenEpoch {
  readonly epoch: SegmentGrant["epoch"];
  readonly start: Instant;
  readonly segments: SegmentCount[];
}

/**
 * One track on its way to the store: pictures are cut into fragments, sealed in memory and handed over. Whatever cannot
 * be sealed or stored becomes a gap with its cause; nothing is ever stored in the clear.
 */
export class SealedTrack {
  readonly #options: SealedTrackOptions;
  #fragmenter = new Fragmenter();
  #format: VideoFormat | null = null;
  #cameraOffsetMs: number | null = null;
  #segment: OpenSegment | null = null;
  /** In memory and in the clear, as they came: never longer than a key child takes. */
  #waiting: PictureRun[] = [];
  #epoch: OpenEpoch | null = null;
  #closed = false;
  /** Everything that touches the gaps, in the order in which it happened. */
  #tail: Promise<void> = Promise.resolve();
  #inTail = 0;
  /** What the last of it says is missing: said again it is not kept again, however long a disk hangs. */
  #tailCause: GapCause | null = null;
  #missing: GapCause | null = null;
  #unanswered = 0;

  constructor(options: SealedTrackOptions) {
    this.#options = options;
  }

  /**
   * Why what comes now is not recorded, as far as that is known before there is a gap: a gap begins at the end of what
   * is stored, and while a disk hangs nobody knows where that is.
   */
  get missing(): GapCause | null {
    return this.#missing;
  }

  /** Something was handed over and is not yet durable. */
  get waits(): boolean {
    return this.#unanswered > 0;
  }

  /** Another format begins: what is open under the old one ends. */
  setFormat(format: VideoFormat): void {
    this.flush();
    this.#giveUpWaiting();
    this.#endSegment();
    this.#format = format;
  }

  /** The same decoder, other parameter sets (case rtp-14): what begins from now on says so in its header. */
  setParameterSets(format: VideoFormat): void {
    if (format === this.#format) return;
    this.flush();
    this.#format = format;
  }

  /** Stills come seconds apart, and each lasts until the next. */
  setPace(pace: Pace): void {
    this.flush();
    this.#fragmenter = new Fragmenter(pace);
  }

  /** @param cameraOffsetMs camera clock minus trusted time, null while unknown */
  push(picture: TrackPicture, cameraOffsetMs: number | null): void {
    if (this.#closed) {
      this.#options.release(picture.nals);
      return;
    }
    this.#cameraOffsetMs = cameraOffsetMs;
    for (const run of this.#fragmenter.push(picture)) this.#store(run);
  }

  /** Called often: lets go what waits too long, and ends what has lasted too long. */
  tick(now: Instant): void {
    this.#storeWaiting();
    const { oldestAt } = this.#fragmenter;
    if (oldestAt !== null && now - oldestAt > HELD_LONGEST_MS) this.flush();
    if (this.#segment && now >= this.#segment.grant.epochEnds) {
      this.flush();
      this.#endSegment();
    }
  }

  flush(): void {
    const run = this.#fragmenter.flush();
    if (run) this.#store(run);
    else this.#storeWaiting();
  }

  /** No pictures come, because of `cause`. What came before is stored first, so that the gap begins where it ends. */
  interrupt(cause: GapCause): void {
    if (this.#closed) return;
    this.flush();
    this.#giveUpWaiting();
    this.#endSegment();
    this.#gap(cause, this.#options.now());
  }

  /** Resolves when all that was handed over is stored or is a gap. */
  settled(): Promise<void> {
    return this.#tail;
  }

  /** The track is not asked for any more: what is open is stored, and silence is no gap. */
  async stop(): Promise<void> {
    this.flush();
    this.#endEpoch();
    this.#after(() => this.#options.gaps.unasked(this.#options.now()));
    await this.#tail;
  }

  /** The track is asked for again. */
  ask(): void {
    this.#missing = null;
    this.#after(() => this.#options.gaps.asked(this.#options.now()));
  }

  /** Stores what is open, for a recorder that ends. From then on its own absence is the gap, whatever still comes. */
  async close(): Promise<void> {
    this.flush();
    this.#endEpoch();
    this.#closed = true;
    await this.#tail;
  }

  #store(run: PictureRun): void {
    if (!this.#format) return;
    this.#waiting.push(run);
    this.#storeWaiting();
  }

  #storeWaiting(): void {
    for (let run = this.#waiting[0]; run; run = this.#waiting[0]) {
      const segment = this.#segmentFor(run);
      const refused = segment ? null : this.#options.refusing();
      if (refused) this.#missed(run, refused);
      else if (!segment) {
        if (this.#options.now() - run.at < WAITING_LONGEST_MS) return;
        this.#missed(run, "process_down");
      } else this.#trySeal(segment, run);
      this.#waiting.shift();
    }
  }

  /** A run that cannot be sealed costs itself and its segment, never the recorder. */
  #trySeal(segment: OpenSegment, run: PictureRun): void {
    try {
      this.#seal(segment, run);
    } catch (thrown) {
      this.#options.onError(asOvertError(thrown, "FRAGMENT_NOT_SEALED"));
      this.#drop(segment);
      this.#missed(run, "unknown");
    }
  }

  #seal(segment: OpenSegment, run: PictureRun): void {
    const { at, durationMs, pictures } = run;
    // A duration that had to be guessed may reach a little over the next picture; decode times only grow.
    const from = Math.max(startOf(run), segment.nextTicks);
    const media = {
      sequence: ++segment.sequence,
      baseDecodeTime: from - segment.startTicks,
      samples: pictures,
    };
    segment.nextTicks = pictures.reduce((ticks, { durationTicks }) => ticks + durationTicks, from);
    const kind = pictures[0]?.key ? "key" : "media";
    const record = segment.sealer.sealInPlace(
      kind,
      { time: at, cameraOffsetMs: this.#cameraOffsetMs, durationMs },
      { bytes: fragmentSize(media), write: (into, at) => writeFragment(media, into, at) },
      (bytes) => this.#options.pool.take(bytes),
    );
    this.#release(run);
    this.#append([record], run);
  }

  #segmentFor(run: PictureRun): OpenSegment | null {
    const open = this.#segment;
    if (open) {
      const age = run.at - open.start;
      const back = open.nextTicks - startOf(run) > OVERLAP_TICKS;
      const over = run.at >= open.grant.epochEnds || age >= SEGMENT_LONGEST_MS || back;
      if (!over && !(run.pictures[0]?.key && age >= SEGMENT_SETTLES_MS)) return open;
      this.#endSegment();
    }
    return this.#options.refusing() ? null : this.#beginSegment(run);
  }

  #beginSegment(run: PictureRun): OpenSegment | null {
    const { camera, track, crc32c } = this.#options;
    const grant = this.#options.nextSegment();
    if ("refused" in grant) {
      if (grant.error) this.#options.onError(grant.error);
      return null;
    }
    this.#enterEpoch(grant, run.at);
    const first = run.pictures[0];
    const sealer = new SegmentSealer(
      {
        camera,
        track,
        epoch: grant.epoch,
        segment: grant.segment,
        start: run.at,
        codec: this.#format?.codec === "h265" ? "hvc1" : "avc1",
        startsOnKey: first?.key ?? false,
        init: initSegment(this.#format as VideoFormat),
        cameraOffsetMs: this.#cameraOffsetMs,
      },
      grant.key,
      nodeGcmSealInParts,
      crc32c,
    );
    const ticks = startOf(run);
    this.#segment = { sealer, grant, start: run.at, startTicks: ticks, nextTicks: ticks, sequence: 0 };
    const { envelopeRecord } = grant;
    // In one hand-over: a segment without its envelope could never be opened. A refusal may mean that it is gone.
    const records = envelopeRecord ? [envelopeRecord, ...sealer.records] : [...sealer.records];
    this.#append(records, null, this.#options.renewEpoch);
    return this.#segment;
  }

  /** What still has no key belongs to a stretch that is over. */
  #giveUpWaiting(): void {
    for (const run of this.#waiting.splice(0)) this.#missed(run, "process_down");
  }

  #endSegment(): void {
    const segment = this.#segment;
    if (!segment) return;
    this.#segment = null;
    this.#append([segment.sealer.end(this.#options.now())], null);
    this.#epoch?.segments.push(segment.sealer.count);
  }

  #enterEpoch({ epoch }: SegmentGrant, start: Instant): void {
    if (this.#epoch?.epoch === epoch) return;
    this.#endEpoch();
    this.#epoch = { epoch, start, segments: [] };
  }

  /** The recorder signs how many segments and messages the epoch had, so that one that is taken out is missed. */
  #endEpoch(): void {
    this.#endSegment();
    const ended = this.#epoch;
    this.#epoch = null;
    if (!ended || ended.segments.length === 0) return;
    const { camera, track, now, sign, crc32c } = this.#options;
    const end = now();
    this.#after(async () => {
      const statement = { camera, track, ...ended, end };
      await this.#options.append([await encodeStatement(statement, sign, crc32c)]);
    });
  }

  /** `run` is what the records hold, for the gaps; null for records without pictures. */
  #append(records: readonly Uint8Array[], run: PictureRun | null, onRefused: () => void = () => {}): void {
    const segment = this.#segment;
    const appended = this.#options.append(records).catch((thrown: unknown): Appended => {
      this.#options.onError(asOvertError(thrown, "APPEND_FAILED"));
      return { stored: false, cause: "unknown" };
    });
    this.#unanswered++;
    // Not in the chain below: what is refused must not go on, and what is stored must not be kept, because a gap is slow.
    void appended.then(({ stored }) => {
      this.#unanswered--;
      if (run) for (const record of records) this.#options.pool.giveBack(record);
      if (stored) return;
      onRefused();
      this.#drop(segment);
    });
    if (!run) {
      this.#after(async () => void (await appended));
      return;
    }
    const { at, durationMs } = run;
    this.#after(async () => {
      const result = await appended;
      this.#missing = result.stored ? null : result.cause;
      if (result.stored) this.#options.gaps.recorded(at, instant(at + durationMs));
      else this.#options.gaps.missing(result.cause, earlierOf(at, this.#options.now()));
    });
  }

  /** The store takes no more of a segment with a hole; the next run begins a new one. */
  #drop(segment: OpenSegment | null): void {
    if (!segment || this.#segment !== segment) return;
    segment.sealer.wipe();
    this.#segment = null;
    this.#epoch?.segments.push(segment.sealer.count);
  }

  #missed(run: PictureRun, cause: GapCause): void {
    this.#release(run);
    this.#gap(cause, run.at);
  }

  #gap(cause: GapCause, at: Instant): void {
    this.#missing = cause;
    if (this.#tailCause === cause || (this.#tailCause !== null && this.#inTail >= MOST_WAITING)) return;
    this.#after(() => this.#options.gaps.missing(cause, at));
    this.#tailCause = cause;
  }

  #release({ pictures }: PictureRun): void {
    for (const { nals } of pictures) this.#options.release(nals);
  }

  #after(act: () => void | Promise<void>): void {
    this.#tailCause = null;
    this.#inTail++;
    this.#tail = this.#tail
      .then(act)
      .catch((thrown: unknown) => this.#options.onError(thrown as OvertError))
      .finally(() => this.#inTail--);
  }
}

const startOf = ({ pictures }: PictureRun): number => pictures[0]?.decodeTicks ?? 0;
