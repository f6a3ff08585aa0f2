import { OSM_LIMITS, type OsmLimits, type OsmSink } from "./osm.ts";
import { osmError } from "./osm-error.ts";
import { readPbf } from "./read-pbf.ts";
import { readXml } from "./read-xml.ts";

export type OsmInput = Uint8Array | string | AsyncIterable<Uint8Array>;

/** First bytes of files that people take for maps, and what to do with them. */
const PACKED: readonly { readonly magic: readonly number[]; readonly what: string }[] = [
  { magic: [0x1f, 0x8b], what: "gzip" },
  { magic: [0x42, 0x5a, 0x68], what: "bzip2" },
  { magic: [0x50, 0x4b, 3, 4], what: "zip" },
  { magic: [0xfd, 0x37, 0x7a, 0x58], what: "xz" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd" },
];

/**
 * An OpenStreetMap file, whichever of the two formats its first bytes say it is.
 *
 * @throws OvertError with an {@link OsmErrorCode}
 */
export async function readOsm(input: OsmInput, sink: OsmSink, limits: OsmLimits = OSM_LIMITS): Promise<void> {
  const chunks = chunksOf(input)[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < 16) {
    const { done, value } = await chunks.next();
    if (done) break;
    head.push(value);
    length += value.length;
  }
  const first = firstBytes(head);
  const all = rejoined(head, chunks);
  if (length === 0) throw osmError("OSM_TRUNCATED", "The map file is empty.");
  if (isXml(first)) return readXml(all, sink, limits);
  if (isPbf(first)) return readPbf(all, sink, limits);
  const packed = PACKED.find(({ magic }) => magic.every((byte, i) => first[i] === byte));
  throw packed
    ? osmError("OSM_COMPRESSION_UNSUPPORTED", `The map file is packed with ${packed.what}.`, "Unpack it first.")
    : osmError("OSM_FORMAT_UNKNOWN", "This is neither an .osm.pbf nor an .osm file.");
}

/** A length of four bytes, then field 1 of a BlobHeader: its type, of nine letters or seven. */
const isPbf = (first: Uint8Array): boolean =>
  first.length >= 6 && first[0] === 0 && first[1] === 0 && first[4] === 0x0a && (first[5] === 9 || first[5] === 7);

function isXml(first: Uint8Array): boolean {
  const text = new TextDecoder().decode(first).trimStart();
  return text.startsWith("<");
}

function firstBytes(head: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(16);
  let to = 0;
  for (const part of head) {
    const fits = part.subarray(0, 16 - to);
    out.set(fits, to);
    to += fits.length;
  }
  return out.subarray(0, to);
}

async function* chunksOf(input: OsmInput): AsyncGenerator<Uint8Array> {
  if (typeof input === "string") yield new TextEncoder().encode(input);
  else if (input instanceof Uint8Array) yield input;
  else yield* input;
}

async function* rejoined(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  for (;;) {
    const { done, value } = await rest.next();
    if (done) return;
    yield value;
  }
}
