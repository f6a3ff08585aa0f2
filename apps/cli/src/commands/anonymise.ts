import { mkdirSync } from "node:fs";
import { OvertError } from "@overt/core";
import { anonymiseFile } from "@overt/recorder/anonymiser/file";
import type { Output } from "../output.ts";

/** `overt anonymise IN OUT`: for copies that people ask for, and for anyone who wants to judge the anonymiser. */
export async function anonymise(input: string, out: string, look: string, output: Output): Promise<void> {
  if (look !== "blocks" && look !== "silhouette")
    throw new OvertError("LOOK_UNKNOWN", `"${look}" is no look.`, { hint: "Say blocks or silhouette." });
  const cacheDir = ".overt/models";
  mkdirSync(cacheDir, { recursive: true });
  const { pictures, blank } = await anonymiseFile(input, out, {
    look,
    cacheDir,
    onProgress: (share) => output.progress(`${input}: ${Math.round(share * 100)} %`),
  });
  output.result({ out, pictures, blank }, `${out}: pictures ${pictures}, blank ones ${blank}.`);
}
