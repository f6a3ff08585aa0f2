/** Why a second that should have been recorded was not: the closed list (DESIGN §4). */
export const GAP_CAUSES = [
  "camera_silent",
  "camera_unreachable",
  "auth_failed",
  "site_power",
  "recorder_down",
  "clock_step",
  "decode_error",
  "disk_full",
  "disk_slow",
  "disk_failed",
  "no_permit",
  "shuttered",
  "mask_failed",
  "masked_no_original",
  "no_room",
  "process_down",
  "relearning",
  "retention",
  "unknown",
] as const;

export type GapCause = (typeof GAP_CAUSES)[number];
