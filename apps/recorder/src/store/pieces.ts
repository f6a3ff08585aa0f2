import type { SegmentId } from "@overt/core";
import type { Place } from "./entry.ts";
import type { SegmentPlan } from "./playback.ts";

/** Records of one segment, in order. A long segment comes in several pieces, each with its header and envelope. */
export interface StoredPiece {
  readonly segment: SegmentId;
  /** `null` where the store has lost it. */
  readonly header: Uint8Array | null;
  readonly envelope: Uint8Array | null;
  /** The init fragment first, in every piece. A damaged one is left out. */
  readonly fragments: readonly Uint8Array[];
}

/** What lies at these places, back to back, with the length of each: 0 where one is lost. */
export type ReadPlaces = (places: readonly Place[]) => Promise<{ lengths: readonly number[]; body: Uint8Array }>;

const PIECE_BYTES = 4 * 2 ** 20;

/** The pieces of one segment, each read when it is asked for. */
export async function* piecesOf(plan: SegmentPlan, read: ReadPlaces): AsyncGenerator<StoredPiece> {
  const [header = null, envelope = null] = await recordsAt([plan.header, plan.envelope], read);
  const init = plan.fragments.filter(({ kind }) => kind === "init");
  const rest = plan.fragments.filter(({ kind }) => kind !== "init");
  const before = await recordsAt(init, read);
  for (let at = 0; at < rest.length; ) {
    let end = at;
    let bytes = 0;
    while (end < rest.length && (end === at || bytes + (rest[end]?.bytes ?? 0) <= PIECE_BYTES))
      bytes += rest[end++]?.bytes ?? 0;
    const fragments = [...before, ...(await recordsAt(rest.slice(at, end), read))].filter((record) => record !== null);
    yield { segment: plan.segment, header, envelope, fragments };
    at = end;
  }
}

async function recordsAt(places: readonly (Place | null)[], read: ReadPlaces): Promise<(Uint8Array | null)[]> {
  const wanted = places.filter((place) => place !== null).map(({ pack, offset, bytes }) => ({ pack, offset, bytes }));
  if (wanted.length === 0) return places.map(() => null);
  const { lengths, body } = await read(wanted);
  let at = 0;
  const each = lengths.values();
  return places.map((place) => {
    const length = place === null ? 0 : (each.next().value ?? 0);
    at += length;
    return length === 0 ? null : body.subarray(at - length, at);
  });
}
