import type { CameraId, EpochId, Instant, SegmentId, Track } from "@overt/core";
import { instant } from "@overt/core";
import { readFragment } from "@overt/media/fmp4";
import {
  type FragmentHead,
  openSegment,
  parseEnvelopeRecord,
  parseFragmentHead,
  parseSegmentHeader,
  type RawRecord,
  type SegmentFault,
  segmentKey,
} from "@overt/seal";
import { epochKeyOf, type Openers } from "./epoch-key.ts";

export interface Window extends Openers {
  readonly camera: CameraId;
  readonly track?: Track;
  readonly from: Instant;
  readonly to: Instant;
  /** Everything that could be of the window, in the order of the packs; other cameras' records are passed over. */
  readonly records: Iterable<RawRecord> | AsyncIterable<RawRecord>;
}

export interface OpenedPicture {
  /** Decode time on the trusted clock. */
  readonly time: Instant;
  readonly key: boolean;
  /** As the camera sent them, without framing. */
  readonly nals: readonly Uint8Array[];
}

export interface OpenedWindow {
  /** From the key picture before the window on, in decode order. */
  readonly pictures: readonly OpenedPicture[];
  /** Init segments of the pictures' segments, each once. */
  readonly inits: readonly Uint8Array[];
  readonly faults: readonly { readonly segment: SegmentId; readonly faults: readonly SegmentFault[] }[];
  readonly closed: readonly { readonly epoch: EpochId; readonly why: string }[];
}

interface Pile {
  readonly records: RawRecord[];
  readonly epoch: EpochId;
  readonly start: Instant;
}

interface OpenedMedia {
  readonly head: FragmentHead;
  readonly media: Uint8Array;
  readonly init: Uint8Array;
}

const TICKS_PER_MS = 90;

/**
 * Opens a window from custodians' identities: proof that it can be opened, and only so. A test tool: the product opens
 * windows in a viewer's browser, from released shares and the ledger's proof of the request.
 */
export async function openWindow(window: Window): Promise<OpenedWindow> {
  const { segments, envelopes } = await sorted(window);
  const keys = new Map<EpochId, Uint8Array | null>();
  const closed: { epoch: EpochId; why: string }[] = [];
  const faults: { segment: SegmentId; faults: readonly SegmentFault[] }[] = [];
  const media: OpenedMedia[] = [];
  for (const [segment, { epoch, records }] of segments) {
    const key = await epochKey(epoch);
    if (!key) continue;
    const of = { camera: window.camera, track: window.track ?? "original", segment };
    const opened = await openSegment(records, segmentKey(key, of));
    if ("problem" in opened) continue;
    if (opened.faults.length > 0) faults.push({ segment, faults: opened.faults });
    media.push(...opened.fragments.map((fragment) => ({ ...fragment, init: opened.init })));
  }
  const wanted = cut(media, window);
  return {
    pictures: wanted.flatMap(picturesOf),
    inits: [...new Set(wanted.map(({ init }) => init))],
    faults,
    closed,
  };

  async function epochKey(epoch: EpochId): Promise<Uint8Array | null> {
    const known = keys.get(epoch);
    if (known !== undefined) return known;
    const envelope = envelopes.get(epoch);
    const found = envelope ? await epochKeyOf(envelope, window) : { why: "there is no envelope" };
    if ("why" in found) closed.push({ epoch, why: found.why });
    const key = "key" in found ? found.key : null;
    keys.set(epoch, key);
    return key;
  }
}

async function sorted(window: Window): Promise<{ segments: Map<SegmentId, Pile>; envelopes: Map<EpochId, RawRecord> }> {
  const track = window.track ?? "original";
  const segments = new Map<SegmentId, Pile>();
  const envelopes = new Map<EpochId, RawRecord>();
  for await (const record of window.records) {
    if (record.prefix.track !== track) continue;
    const head = headOf(record);
    if (!head || head.camera !== window.camera) continue;
    if (record.prefix.type === "envelope") envelopes.set(head.epoch, record);
    else if ("start" in head && head.segment)
      segments.set(head.segment, { records: [record], epoch: head.epoch, start: head.start });
    else if (head.segment) segments.get(head.segment)?.records.push(record);
  }
  return { segments: new Map([...segments].sort(([, a], [, b]) => a.start - b.start)), envelopes };
}

type Head = { camera: CameraId; epoch: EpochId; segment?: SegmentId; start?: Instant };

function headOf(record: RawRecord): Head | null {
  switch (record.prefix.type) {
    case "segment": {
      const header = parseSegmentHeader(record);
      return "problem" in header ? null : header;
    }
    case "fragment": {
      const head = parseFragmentHead(record.bytes);
      return "problem" in head ? null : { camera: head.camera, epoch: head.epoch, segment: head.segment };
    }
    case "envelope": {
      const parsed = parseEnvelopeRecord(record);
      return "problem" in parsed ? null : { camera: parsed.head.camera, epoch: parsed.head.epoch };
    }
    case "statement":
      return null;
  }
}

/** From the last key picture at or before the window's start; fragments begin at each key picture. */
function cut(media: readonly OpenedMedia[], { from, to }: Window): OpenedMedia[] {
  const first = media.findLastIndex(({ head }) => head.kind === "key" && head.time <= from);
  return media.slice(Math.max(first, 0)).filter(({ head }) => head.time < to);
}

function picturesOf({ head, media }: OpenedMedia): OpenedPicture[] {
  let ticks = 0;
  return readFragment(media).samples.map(({ nals, key, durationTicks }) => {
    const time = instant(head.time + ticks / TICKS_PER_MS);
    ticks += durationTicks;
    return { time, key, nals };
  });
}
