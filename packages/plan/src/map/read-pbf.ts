import { PbfReader } from "pbf";
import type { OsmLimits, OsmSink } from "./osm.ts";
import { osmError } from "./osm-error.ts";
import { blobsOf, guarded, unpack } from "./pbf-blobs.ts";
import { readPrimitives } from "./pbf-primitives.ts";

const KNOWN_FEATURES = new Set(["OsmSchema-V0.6", "DenseNodes"]);

/**
 * An `.osm.pbf` file, block by block into `sink`: one block is in memory at a time.
 *
 * @throws OvertError with an {@link OsmErrorCode}
 */
export async function readPbf(chunks: AsyncIterable<Uint8Array>, sink: OsmSink, limits: OsmLimits): Promise<void> {
  let headed = false;
  for await (const blob of blobsOf(chunks, limits.fileBytes)) {
    if (blob.type === "OSMHeader") {
      const bytes = await unpack(blob);
      guarded(blob.at, () => readHeader(bytes, sink));
      headed = true;
    } else if (blob.type === "OSMData") {
      if (!headed) throw osmError("OSM_INVALID", "Data come before the file's header.");
      const bytes = await unpack(blob);
      guarded(blob.at, () => readPrimitives(bytes, sink));
    }
    // Blocks of other types are to be skipped, says the format.
  }
  if (!headed) throw osmError("OSM_TRUNCATED", "The map file is empty.");
}

function readHeader(bytes: Uint8Array, sink: OsmSink): void {
  new PbfReader(bytes).readFields((field, _, pbf) => {
    if (field === 1) readBounds(pbf.readBytes(), sink);
    else if (field === 4) {
      const feature = pbf.readString();
      if (!KNOWN_FEATURES.has(feature))
        throw osmError("OSM_FEATURE_UNSUPPORTED", `The map file needs "${feature}", which is not read here.`);
    }
  }, null);
}

function readBounds(bytes: Uint8Array, sink: OsmSink): void {
  const sides = [0, 0, 0, 0];
  new PbfReader(bytes).readFields((field, into, pbf) => {
    if (field >= 1 && field <= 4) into[field - 1] = pbf.readSVarint() / 1e9;
  }, sides);
  const [west = 0, east = 0, north = 0, south = 0] = sides;
  sink.bounds({ west, south, east, north });
}
