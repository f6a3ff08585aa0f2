import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fromHex, OvertError, toHex } from "@overt/core";
import { newSigningKeys } from "@overt/seal";
import { syncDirectorySync, writeDurably } from "./durable.ts";

const NAME = "recorder.key";

/**
 * The recorder's Ed25519 seed, made at its first start: it signs envelopes and what each epoch held. It opens nothing.
 *
 * @throws OvertError `STATE_UNUSABLE`
 */
export async function recorderSeed(stateDir: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    syncDirectorySync(dirname(stateDir));
    const path = join(stateDir, NAME);
    try {
      return fromHex(readFileSync(path, "utf8").trim());
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    }
    const { seed } = await newSigningKeys();
    writeDurably(path, `${toHex(seed)}\n`);
    return seed;
  } catch (cause) {
    throw new OvertError("STATE_UNUSABLE", `The recorder cannot use its folder ${stateDir}.`, {
      hint: "It must be a folder that this user can write to.",
      cause,
    });
  }
}
