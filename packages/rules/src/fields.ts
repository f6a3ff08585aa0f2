import { type CameraId, instant } from "@overt/core";
import { z } from "zod";

export const CameraIdText = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, "1 to 32 of a-z, 0-9 and -")
  .transform((text) => text as CameraId);

/** ISO 8601 with an offset in the file, an `Instant` in the program. */
export const InstantText = z.iso.datetime({ offset: true }).transform((text) => instant(Date.parse(text)));

/** The first thing that is wrong with a statement, in words. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join(".") || "it"}: ${issue.message}` : "it is not of this kind";
}
