import { readFile } from "node:fs/promises";
import { asOvertError, type Instant, OvertError } from "@overt/core";
import { readTime, type VerifyBytes } from "@overt/rules";

/**
 * The overseer's signed time, as it lies on disk.
 *
 * @returns null when there is no such file
 * @throws OvertError `SIGNED_TIME_INVALID`
 */
export async function signedTimeIn(path: string, overseer: VerifyBytes): Promise<Instant | null> {
  try {
    const at = await readTime(JSON.parse(await readFile(path, "utf8")), overseer);
    if (at !== null) return at;
    throw new OvertError("SIGNED_TIME_INVALID", `${path} is not the overseer's word.`);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new OvertError("SIGNED_TIME_INVALID", `The signed time cannot be used: ${asOvertError(thrown).message}`, {
      hint: "Make it with `overt time sign`.",
      cause: thrown,
    });
  }
}
