import { crc32c } from "@node-rs/crc32";
import type { CameraId, EpochId, Instant, SegmentId, Track } from "@overt/core";
import {
  type FragmentKind,
  parseEnvelopeRecord,
  parseFragmentHead,
  parseRecord,
  parseSegmentHeader,
  parseStatement,
  type RawRecord,
  type RecordProblem,
} from "@overt/seal";

/** CRC-32C by the processor's own instruction: 40 times the pure one, and every byte stored passes through it. */
export const nativeCrc32c = (bytes: Uint8Array, previous = 0): number => crc32c(bytes, previous);

/** The latest instant that `Date` knows, in the year 275760. Trusted time is never before 1970. */
export const LATEST_MS = 8_640_000_000_000_000;

/** What the store needs to know of a record: all that its index and a pack's footer hold. */
export type Entry = SegmentEntry | FragmentEntry | EnvelopeEntry | StatementEntry;

interface Common {
  readonly camera: CameraId;
  readonly track: Track;
  readonly epoch: EpochId;
  /** Trusted time: of the first picture; of the epoch's end for a statement. */
  readonly time: Instant;
}
export interface SegmentEntry extends Common {
  readonly type: "segment";
  readonly segment: SegmentId;
  readonly startsOnKey: boolean;
}
export interface FragmentEntry extends Common {
  readonly type: "fragment";
  readonly segment: SegmentId;
  readonly counter: number;
  readonly durationMs: number;
  readonly kind: FragmentKind;
  /** Camera clock minus trusted time; null while unknown, and from a footer. */
  readonly cameraOffsetMs: number | null;
}
export interface EnvelopeEntry extends Common {
  readonly type: "envelope";
  readonly periodStart: Instant;
}
export interface StatementEntry extends Common {
  readonly type: "statement";
}

/** Where a record lies. */
export interface Place {
  readonly pack: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface PlacedEntry {
  readonly entry: Entry;
  readonly place: Place;
}

/** The record at `offset` of `bytes`, whole and with the right CRC, and what it is. */
export function entryAt(bytes: Uint8Array, offset: number): { entry: Entry; record: RawRecord } | RecordProblem {
  const record = parseRecord(bytes, offset, nativeCrc32c);
  if ("problem" in record) return record;
  const entry = entryOf(record);
  if ("problem" in entry) return entry;
  return entry.time >= 0 && entry.time <= LATEST_MS ? { entry, record } : { problem: "body" };
}

function entryOf(record: RawRecord): Entry | RecordProblem {
  switch (record.prefix.type) {
    case "segment": {
      const header = parseSegmentHeader(record);
      if ("problem" in header) return header;
      const { camera, track, epoch, segment, start, startsOnKey } = header;
      return { type: "segment", camera, track, epoch, segment, time: start, startsOnKey };
    }
    case "fragment": {
      const head = parseFragmentHead(record.bytes);
      if ("problem" in head) return head;
      return { type: "fragment", ...head };
    }
    case "envelope": {
      const parsed = parseEnvelopeRecord(record);
      if ("problem" in parsed) return parsed;
      const { camera, track, epoch, start, periodStart } = parsed.head;
      return { type: "envelope", camera, track, epoch, time: start, periodStart };
    }
    case "statement": {
      const statement = parseStatement(record);
      if ("problem" in statement) return statement;
      const { camera, track, epoch, end } = statement;
      return { type: "statement", camera, track, epoch, time: end };
    }
  }
}
