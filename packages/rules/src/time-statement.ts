import type { Instant } from "@overt/core";
import { z } from "zod";
import { InstantText } from "./fields.ts";
import { type VerifyBytes, verifyStatement } from "./signed.ts";

const TimePayload = z.strictObject({ v: z.literal(1), at: InstantText });

/** The overseer's word on what time it is, for a machine whose clock is in doubt. @returns `null` when it is not */
export async function readTime(signed: unknown, overseer: VerifyBytes): Promise<Instant | null> {
  const statement = await verifyStatement("time", signed, overseer);
  if ("refused" in statement) return null;
  const time = TimePayload.safeParse(statement.payload);
  return time.success ? time.data.at : null;
}
