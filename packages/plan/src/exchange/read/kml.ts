import { planFileError } from "../plan-file-error.ts";
import { type Cell, cleanText } from "../record/field.ts";
import { type FileLimits, NamedRows, type Sheet, type XY } from "./sheet.ts";
import { readXml, type XmlSink } from "./xml.ts";
import { type Budget, unpacked, zipEntries } from "./zip.ts";

/**
 * Placemarks, one row each: name, description, folder, extended data, points, lines and polygons. Styles, overlays and
 * views are passed over as they stream by; links to other files are named, never followed.
 *
 * @throws OvertError `PLAN_FILE_FORMAT_UNKNOWN`, `PLAN_FILE_INVALID`, `PLAN_FILE_TRUNCATED`
 */
export function readKml(chunks: Iterable<Uint8Array>, limits: FileLimits, format: "kml" | "kmz" = "kml"): Sheet {
  const placemarks = new Placemarks(limits);
  readXml(chunks, placemarks);
  const { rows, remarks, title } = placemarks;
  return {
    format,
    name: null,
    headers: rows.headers,
    headerRow: null,
    rows: rows.rows,
    // KML knows no other.
    system: "EPSG:4326",
    delimiter: null,
    title,
    attribution: null,
    remarks,
  };
}

/** The first `.kml` of an archive, as KMZ has it. */
export function readKmz(bytes: Uint8Array, limits: FileLimits): Sheet {
  const main = [...zipEntries(bytes).values()].find(({ name }) => /\.kml$/i.test(name));
  if (!main) throw planFileError("PLAN_FILE_FORMAT_UNKNOWN", "The archive holds no KML file.");
  const budget: Budget = { left: limits.unpackedBytes };
  return readKml(unpacked(main, budget), limits, "kmz");
}

/** Whole branches that say nothing of a camera; files with megabytes of icons are common. */
const SKIPPED = new Set(
  "Style StyleMap Schema LookAt Camera GroundOverlay ScreenOverlay PhotoOverlay Region TimeStamp TimeSpan".split(" "),
);
const KEPT = new Set("name description address coordinates value SimpleData altitudeMode href".split(" "));
/** More of a text than any camera's. */
const LONGEST = 50_000_000;

class Placemarks implements XmlSink {
  readonly rows: NamedRows;
  readonly remarks: string[] = [];
  title: string | null = null;
  readonly #path: string[] = [];
  readonly #folders: (string | null)[] = [];
  #skipping = 0;
  #text = "";
  #keeping = false;
  #count = 0;
  #dataName = "";
  #ofRelief = false;
  #heightM: number | null = null;
  #values = new Map<string, Cell>();
  #data = new Map<string, Cell>();
  #drawn: { points: XY[]; lines: XY[][]; areas: XY[][][] } | null = null;

  constructor(limits: FileLimits) {
    this.rows = new NamedRows(limits);
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#path.length === 0 && name !== "kml" && name !== "Document" && name !== "Folder" && name !== "Placemark")
      throw planFileError(
        "PLAN_FILE_FORMAT_UNKNOWN",
        `The file is XML, but not KML: its first element is <${name.slice(0, 40)}>.`,
        "Convert it: ogr2ogr -f KML OUT.kml IN",
      );
    this.#path.push(name);
    if (this.#skipping > 0 || SKIPPED.has(name)) {
      this.#skipping++;
      return;
    }
    this.#keeping = KEPT.has(name);
    this.#text = "";
    if (name === "Folder") this.#folders.push(null);
    else if (name === "Placemark") this.#begin();
    else if (name === "Data" || name === "SimpleData") this.#dataName = attributes.name ?? "";
    else if (name === "Polygon") this.#drawn?.areas.push([]);
  }

  text(text: string): void {
    if (this.#skipping === 0 && this.#keeping && this.#text.length < LONGEST) this.#text += text;
  }

  close(name: string): void {
    this.#path.pop();
    if (this.#skipping > 0) {
      this.#skipping--;
      return;
    }
    const text = this.#keeping ? this.#text : "";
    this.#keeping = false;
    const parent = this.#path.at(-1);
    if (name === "Folder") this.#folders.pop();
    else if (name === "href" && parent !== "Icon" && this.remarks.length < 20)
      this.remarks.push(`The file points to ${text.trim().slice(0, 200)}, which is not followed.`);
    else if (name === "name" && parent === "Document") this.title = cleanText(text);
    else if (name === "name" && parent === "Folder") this.#folders[this.#folders.length - 1] = cleanText(text);
    if (!this.#drawn) return;
    if (name === "Placemark") this.#end();
    else if (parent === "Placemark" && (name === "name" || name === "description" || name === "address"))
      this.#values.set(name, name === "description" ? withoutTags(text) : text);
    else if (name === "value" && parent === "Data") this.#data.set(this.#dataName, text);
    else if (name === "SimpleData") this.#data.set(this.#dataName, text);
    else if (name === "altitudeMode") this.#ofRelief = text.trim() === "relativeToGround";
    else if (name === "coordinates") this.#draw(text, parent);
  }

  #begin(): void {
    this.#values = new Map();
    this.#data = new Map();
    this.#drawn = { points: [], lines: [], areas: [] };
    this.#ofRelief = false;
    this.#heightM = null;
  }

  #draw(text: string, parent: string | undefined): void {
    const drawn = this.#drawn!;
    const positions = positionsOf(text);
    const flat = positions.map(({ at }) => at);
    if (parent === "Point" && positions[0]) {
      drawn.points.push(positions[0].at);
      this.#heightM ??= positions[0].heightM;
    } else if (parent === "LineString") drawn.lines.push(flat);
    else if (parent === "LinearRing") {
      const polygon = drawn.areas.at(-1);
      if (polygon && this.#path.includes("innerBoundaryIs")) polygon.push(flat);
      else if (polygon) polygon.unshift(flat);
    }
  }

  #end(): void {
    const drawn = this.#drawn!;
    this.#drawn = null;
    const folder = this.#folders.filter((name) => name !== null).join(" / ");
    if (folder) this.#values.set("folder", folder);
    if (this.#ofRelief && this.#heightM !== null) this.#values.set("altitude above ground", this.#heightM);
    // What is said in so many words counts more than labels.
    for (const [name, value] of this.#data) this.#values.set(name, value);
    const empty = drawn.points.length + drawn.lines.length + drawn.areas.length === 0;
    this.rows.add(++this.#count, this.#values, empty ? null : drawn);
  }
}

function positionsOf(text: string): { at: XY; heightM: number | null }[] {
  const out: { at: XY; heightM: number | null }[] = [];
  // Some programs put blanks after the commas.
  for (const tuple of text.replace(/,\s+/g, ",").split(/\s+/)) {
    if (tuple === "") continue;
    const [lon = Number.NaN, lat = Number.NaN, height] = tuple.split(",").map(Number);
    if (Number.isFinite(lon) && Number.isFinite(lat))
      out.push({ at: [lon, lat], heightM: height !== undefined && Number.isFinite(height) ? height : null });
  }
  return out;
}

/** Descriptions are often small web pages. */
const withoutTags = (text: string): string =>
  text
    .replace(/<(?:br|\/p|\/tr|\/li|\/div)\b[^<>]{0,200}>/gi, "\n")
    .replace(/<[^<>]{1,2000}>/g, " ")
    .replace(/&nbsp;/g, " ")
    .replace(/[ \t]{2,}/g, " ");
