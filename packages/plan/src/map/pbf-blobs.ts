import { PbfReader } from "pbf";
import { osmError } from "./osm-error.ts";

/** https://wiki.openstreetmap.org/wiki/PBF_Format: a reader must refuse larger ones. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_BLOB_BYTES = 32 * 2 ** 20;

/** One block of a file, still packed. */
export interface Blob {
  readonly type: string;
  readonly body: Uint8Array;
  /** Where it begins in the file, for people who look for the damage. */
  readonly at: number;
}

/** Cuts a file into its blocks as chunks arrive; holds no more than one block. */
export async function* blobsOf(chunks: AsyncIterable<Uint8Array>, fileBytes: number): AsyncGenerator<Blob> {
  const bytes = new Pending(chunks, fileBytes);
  for (;;) {
    const at = bytes.taken;
    const length = await bytes.take(4);
    if (length === null) return;
    const size = new DataView(length.buffer, length.byteOffset).getUint32(0);
    if (size > MAX_HEADER_BYTES)
      throw osmError("OSM_INVALID", `The block at byte ${at} claims a header of ${size} bytes; 64 KiB is the most.`);
    const header = headerOf(await bytes.need(size, at), at);
    yield { type: header.type, body: await bytes.need(header.bytes, at), at };
  }
}

function headerOf(bytes: Uint8Array, at: number): { type: string; bytes: number } {
  const found = { type: "", bytes: -1 };
  guarded(at, () =>
    new PbfReader(bytes).readFields((field, into, pbf) => {
      if (field === 1) into.type = pbf.readString();
      else if (field === 3) into.bytes = pbf.readVarint();
    }, found),
  );
  if (!found.type || found.bytes < 0 || found.bytes > MAX_BLOB_BYTES)
    throw osmError("OSM_INVALID", `The block at byte ${at} has no usable header.`);
  return found;
}

/** Field numbers of the wire format's packings, by the names that people know. */
const PACKINGS: Record<number, string> = { 4: "lzma", 5: "bzip2", 6: "lz4", 7: "zstd" };

/** A block's bytes, unpacked. @throws OvertError `OSM_COMPRESSION_UNSUPPORTED`, `OSM_INVALID` */
export async function unpack(blob: Blob): Promise<Uint8Array> {
  let raw: Uint8Array | null = null;
  let zlib: Uint8Array | null = null;
  let other: string | null = null;
  guarded(blob.at, () =>
    new PbfReader(blob.body).readFields((field, _, pbf) => {
      if (field === 1) raw = pbf.readBytes();
      else if (field === 3) zlib = pbf.readBytes();
      else if (PACKINGS[field]) other = PACKINGS[field];
    }, null),
  );
  if (raw) return raw;
  if (zlib) return inflate(zlib, blob.at);
  if (other)
    throw osmError(
      "OSM_COMPRESSION_UNSUPPORTED",
      `The block at byte ${blob.at} is packed with ${other}; only zlib is read.`,
      "Write the file again with: osmium cat IN -o OUT.osm.pbf -f pbf,pbf_compression=zlib",
    );
  throw osmError("OSM_INVALID", `The block at byte ${blob.at} holds no data.`);
}

async function inflate(packed: Uint8Array, at: number): Promise<Uint8Array> {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // Both end with the reader's error when the bytes are bad; it is reported there.
  writer.write(packed as Uint8Array<ArrayBuffer>).catch(() => {});
  writer.close().catch(() => {});
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw osmError(
        "OSM_INVALID",
        `The block at byte ${at} cannot be unpacked.`,
        "The file is damaged: fetch it again.",
      );
    });
    if (done) break;
    length += value.length;
    if (length > MAX_BLOB_BYTES) {
      await reader.cancel().catch(() => {});
      throw osmError("OSM_INVALID", `The block at byte ${at} unpacks to more than 32 MiB.`);
    }
    parts.push(value);
  }
  const out = new Uint8Array(length);
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

/** Whatever the protobuf reader makes of bad bytes, callers see one error. */
export function guarded<T>(at: number, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "OvertError") throw thrown;
    throw osmError(
      "OSM_INVALID",
      `The block at byte ${at} is damaged (${thrown instanceof Error ? thrown.message : thrown}).`,
    );
  }
}

class Pending {
  /** Bytes handed out so far. */
  taken = 0;
  #come = 0;
  #held = new Uint8Array(0);
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #most: number;

  constructor(chunks: AsyncIterable<Uint8Array>, most: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#most = most;
  }

  /** The next `count` bytes; null when the file ends before the first. */
  async take(count: number): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = [this.#held];
    let length = this.#held.length;
    while (length < count) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      this.#come += value.length;
      if (this.#come > this.#most)
        throw osmError("OSM_TOO_LARGE", `The map file is over ${Math.round(this.#most / 2 ** 20)} MiB.`, CUT_SMALLER);
      parts.push(value);
      length += value.length;
    }
    const joined = parts.length === 2 && parts[0]!.length === 0 ? parts[1]! : join(parts, length);
    if (length === 0 && count > 0) return null;
    if (length < count)
      throw osmError("OSM_TRUNCATED", `The map file ends at byte ${this.taken + length}, within a block.`);
    this.#held = joined.subarray(count) as Uint8Array<ArrayBuffer>;
    this.taken += count;
    return joined.subarray(0, count);
  }

  async need(count: number, at: number): Promise<Uint8Array> {
    const bytes = count === 0 ? new Uint8Array(0) : await this.take(count);
    if (bytes === null)
      throw osmError("OSM_TRUNCATED", `The map file ends within the block that begins at byte ${at}.`);
    return bytes;
  }
}

export const CUT_SMALLER = "Cut out the town first: osmium extract --bbox W,S,E,N IN -o OUT.osm.pbf";

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(length);
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}
