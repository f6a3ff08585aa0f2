import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RawRecord, readRecords } from "@overt/seal";

const PACK_HEADER_BYTES = 64;

/** Every whole record of every pack under `dir`, pack by pack: up to the footer, or to a torn tail. */
export async function* packRecords(dir: string): AsyncGenerator<RawRecord> {
  const names = await readdir(dir, { recursive: true });
  for (const name of names.filter((name) => name.endsWith(".pack")).sort())
    yield* readRecords(await readFile(join(dir, name)), PACK_HEADER_BYTES).records;
}
