import { planFileError } from "../plan-file-error.ts";
import { readCsv } from "./csv.ts";
import { decodeText } from "./decode.ts";
import { readGeoJson } from "./geojson.ts";
import { sheetOf } from "./header.ts";
import { readKml, readKmz } from "./kml.ts";
import { FILE_LIMITS, type FileLimits, type Sheet } from "./sheet.ts";
import { readXlsx } from "./xlsx.ts";
import { zipEntries } from "./zip.ts";

export interface FileOptions {
  /** From 1; 0: there is none. Null: it is looked for. */
  readonly headerRow?: number | null;
  readonly encoding?: string | null;
  readonly delimiter?: string | null;
  readonly limits?: FileLimits;
}

/**
 * A file of somebody's plan as tables, by its bytes and not by its name: CSV, TSV, Excel, GeoJSON, KML, KMZ (P3).
 *
 * @throws OvertError with a {@link PlanFileErrorCode}, and nothing else
 */
export function readPlanFile(bytes: Uint8Array, options: FileOptions = {}): readonly Sheet[] {
  const { limits = FILE_LIMITS } = options;
  if (bytes.length > limits.fileBytes)
    throw planFileError(
      "PLAN_FILE_TOO_LARGE",
      `The file is over ${Math.round(limits.fileBytes / 2 ** 20)} MiB.`,
      "Keep what describes cameras, and save it again.",
    );
  const sheets = guarded(() => sheetsOf(bytes, options, limits)).filter(({ rows }) => rows.length > 0);
  if (sheets.length > 0) return sheets;
  throw planFileError("PLAN_FILE_EMPTY", "The file was read, and no row or shape is in it.");
}

/** Whatever a parser makes of bad bytes, callers see one kind of error. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "OvertError") throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw planFileError("PLAN_FILE_INVALID", `The file cannot be read (${why.slice(0, 120)}).`, undefined, thrown);
  }
}

function sheetsOf(bytes: Uint8Array, options: FileOptions, limits: FileLimits): readonly Sheet[] {
  if (startsWith(bytes, 0x50, 0x4b)) return archiveOf(bytes, options, limits);
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0))
    throw planFileError(
      "PLAN_FILE_UNSUPPORTED",
      "This is Excel's old format (.xls), or a workbook with a password.",
      "Save it as .xlsx without a password, or as CSV.",
    );
  const start = startOf(bytes);
  if (start === "<") return [readKml([bytes], limits)];
  const { text, encoding, guessed } = decodeText(bytes, options.encoding ?? null);
  const clean = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (start === "{" || start === "[") return [readGeoJson(clean, limits)];
  const { rows, delimiter } = readCsv(clean, limits, options.delimiter ?? null);
  const remarks = guessed ? [`The file does not say its text encoding; it was read as ${encoding}.`] : [];
  return [sheetOf(rows, { format: "csv", name: null, delimiter, remarks }, options.headerRow)];
}

function archiveOf(bytes: Uint8Array, { headerRow }: FileOptions, limits: FileLimits): readonly Sheet[] {
  const names = [...zipEntries(bytes).keys()];
  if (names.includes("xl/workbook.xml"))
    return readXlsx(bytes, limits).map(({ name, rows }) =>
      sheetOf(rows, { format: "xlsx", name, delimiter: null, remarks: [] }, headerRow),
    );
  if (names.some((name) => /\.kml$/i.test(name))) return [readKmz(bytes, limits)];
  throw planFileError(
    "PLAN_FILE_FORMAT_UNKNOWN",
    `The archive is neither Excel nor KMZ: it holds ${names.slice(0, 3).join(", ").slice(0, 120)}.`,
    "Unpack it and import its parts, or save it as .xlsx, CSV, GeoJSON or KML.",
  );
}

const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** The first character that is no blank, whatever the encoding. */
function startOf(bytes: Uint8Array): string {
  for (const byte of bytes.subarray(0, 4_096)) if (byte > 0x20 && byte < 0x80) return String.fromCharCode(byte);
  return "";
}
