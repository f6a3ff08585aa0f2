import { SaxesParser } from "saxes";
import type { Member, MemberType, OsmLimits, OsmSink } from "./osm.ts";
import { osmError } from "./osm-error.ts";
import { CUT_SMALLER } from "./pbf-blobs.ts";

type Attributes = Readonly<Record<string, string>>;

/** The element that is being read, until its end tag comes. */
interface Open {
  readonly type: MemberType;
  readonly attributes: Attributes;
  readonly refs: number[];
  readonly members: Member[];
  tags: Record<string, string> | null;
}

/**
 * An `.osm` file (XML, API 0.6) into `sink`, chunk by chunk. Objects that an editor marked as deleted are left out.
 *
 * @throws OvertError with an {@link OsmErrorCode}
 */
export async function readXml(chunks: AsyncIterable<Uint8Array>, sink: OsmSink, limits: OsmLimits): Promise<void> {
  const parser = new SaxesParser();
  const elements = new Elements(sink);
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => elements.open(name, attributes as Attributes));
  parser.on("closetag", ({ name }) => elements.close(name));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let come = 0;
  for await (const chunk of chunks) {
    come += chunk.length;
    if (come > limits.fileBytes)
      throw osmError(
        "OSM_TOO_LARGE",
        `The map file is over ${Math.round(limits.fileBytes / 2 ** 20)} MiB.`,
        CUT_SMALLER,
      );
    wellFormed(() => parser.write(decoder.decode(chunk, { stream: true })));
  }
  if (!elements.ended) throw osmError("OSM_TRUNCATED", `The map file ends within <${elements.at}>.`);
  wellFormed(() => parser.write(decoder.decode()).close());
}

function wellFormed(read: () => void): void {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "OvertError") throw thrown;
    throw osmError(
      "OSM_INVALID",
      `The map file is not well-formed XML: ${thrown instanceof Error ? thrown.message : thrown}`,
    );
  }
}

class Elements {
  ended = false;
  at = "osm";
  #open: Open | null = null;
  #rooted = false;
  readonly #sink: OsmSink;

  constructor(sink: OsmSink) {
    this.#sink = sink;
  }

  open(name: string, attributes: Attributes): void {
    this.at = name;
    if (!this.#rooted) {
      if (name !== "osm")
        throw osmError("OSM_FORMAT_UNKNOWN", `The file is XML of another kind: <${name.slice(0, 40)}>.`);
      this.#rooted = true;
    } else if (name === "node" || name === "way" || name === "relation")
      this.#open = { type: name, attributes, refs: [], members: [], tags: null };
    else if (name === "bounds") this.#bounds(attributes);
    else if (this.#open) this.#within(this.#open, name, attributes);
  }

  close(name: string): void {
    if (name === "osm") this.ended = true;
    if (!this.#open || name !== this.#open.type) return;
    const { type, attributes, tags, refs, members } = this.#open;
    this.#open = null;
    if (attributes.action === "delete" || attributes.visible === "false") return;
    const id = number(attributes.id, type, "id");
    if (type === "node")
      this.#sink.node(id, number(attributes.lon, type, "lon"), number(attributes.lat, type, "lat"), tags);
    else if (type === "way") this.#sink.way(id, refs, tags);
    else this.#sink.relation(id, members, tags);
  }

  #within(open: Open, name: string, attributes: Attributes): void {
    if (name === "tag") {
      const { k, v } = attributes;
      if (k === undefined || v === undefined)
        throw osmError("OSM_INVALID", `A tag of ${open.type} ${open.attributes.id} has no key or value.`);
      if (k !== "__proto__") {
        open.tags ??= {};
        open.tags[k] = v;
      }
    } else if (name === "nd" && open.type === "way") open.refs.push(number(attributes.ref, name, "ref"));
    else if (name === "member" && open.type === "relation") {
      const { type, role = "" } = attributes;
      if (type !== "node" && type !== "way" && type !== "relation")
        throw osmError("OSM_INVALID", `Relation ${open.attributes.id} has a member of unknown type.`);
      open.members.push({ type, ref: number(attributes.ref, name, "ref"), role });
    }
  }

  #bounds({ minlon, minlat, maxlon, maxlat }: Attributes): void {
    const side = (text: string | undefined): number => number(text, "bounds", "side");
    this.#sink.bounds({ west: side(minlon), south: side(minlat), east: side(maxlon), north: side(maxlat) });
  }
}

function number(text: string | undefined, element: string, attribute: string): number {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value))
    throw osmError(
      "OSM_INVALID",
      `<${element}> has no usable "${attribute}"${text === undefined ? "" : `: "${text.slice(0, 40)}"`}.`,
    );
  return value;
}
