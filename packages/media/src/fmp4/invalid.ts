import { OvertError } from "@overt/core";

/** The one error of this folder: bytes or a request that no fragmented MP4 can carry. */
export function invalid(message: string, hint?: string): OvertError {
  return new OvertError("FMP4_INVALID", message, hint === undefined ? {} : { hint });
}
