import { join } from "node:path";
import { PeriodKeys } from "@overt/recorder/keystore/keys";
import { KEY_PLACES } from "./judge-keys.ts";
import { VOLUMES } from "./marks.ts";
import { goOn, openVolume } from "./volume.ts";

/** The start after a power cut, and the first that is recorded then: traced, so that power may fail in it too. */
const [root = ""] = process.argv.slice(2);
const faults: string[] = [];
const keys = await PeriodKeys.open(KEY_PLACES.map((place) => join(root, place)));
for (const volume of VOLUMES) {
  const open = await openVolume(root, volume, faults);
  const { store } = open;
  await goOn(open);
  await store.settled();
  await store.close(true);
}
await keys.close();
if (faults.length > 0) {
  process.stderr.write(`${faults.join("\n")}\n`);
  process.exit(1);
}
