import { OvertError } from "@overt/core";

/** Why a map file was not read. */
export type OsmErrorCode =
  /** Neither `.osm.pbf` nor `.osm`. */
  | "OSM_FORMAT_UNKNOWN"
  /** It ends within a block or an element. */
  | "OSM_TRUNCATED"
  /** Its bytes contradict the format. */
  | "OSM_INVALID"
  | "OSM_COMPRESSION_UNSUPPORTED"
  /** The file asks for what this reader does not know, such as history. */
  | "OSM_FEATURE_UNSUPPORTED"
  | "OSM_TOO_LARGE"
  /** Read, and nothing of it lies in the wanted box. */
  | "OSM_EMPTY";

export function osmError(code: OsmErrorCode, message: string, hint?: string): OvertError {
  return new OvertError(code, message, hint === undefined ? {} : { hint });
}
