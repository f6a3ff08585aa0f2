import { OvertError } from "@overt/core";

/** Why a file of somebody's plan was not read at all; what is wrong with single rows is a finding. The list is closed. */
export type PlanFileErrorCode =
  /** None of the formats that are read. */
  | "PLAN_FILE_FORMAT_UNKNOWN"
  /** Its bytes are no text in an encoding that is known. */
  | "PLAN_FILE_ENCODING"
  /** It ends within a cell, an element or an archive. */
  | "PLAN_FILE_TRUNCATED"
  /** Its bytes contradict its format. */
  | "PLAN_FILE_INVALID"
  /** More than a browser can hold, or an archive that unpacks to such. */
  | "PLAN_FILE_TOO_LARGE"
  /** Read, and no row or shape is in it. */
  | "PLAN_FILE_EMPTY"
  /** Needs a program of its own: old Excel, protected workbooks. */
  | "PLAN_FILE_UNSUPPORTED"
  | "SYSTEM_UNKNOWN"
  /** A saved mapping that says something else than mappings say. */
  | "MAPPING_INVALID"
  /** Written by a newer Overt. */
  | "MAPPING_NEWER";

export function planFileError(code: PlanFileErrorCode, message: string, hint?: string, cause?: unknown): OvertError {
  return new OvertError(code, message, { ...(hint === undefined ? {} : { hint }), cause });
}
