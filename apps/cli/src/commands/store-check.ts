import { OvertError } from "@overt/core";
import { checkStore } from "@overt/recorder/store/check";
import type { Output } from "../output.ts";

/** `overt store check DIR [--repair]`. @throws OvertError `STORE_DAMAGED` when something is wrong and stays so */
export async function checkStoreAt(dir: string, repair: boolean, output: Output): Promise<void> {
  const check = await checkStore(dir, {
    repair,
    onProgress: (done, of) => output.progress(`Reading pack ${done} of ${of} …`),
  });
  for (const note of check.notes) output.say(`note: ${note}`);
  for (const { code, what, remedy, repaired } of check.problems)
    output.say(`${repaired ? "repaired" : "problem"}: ${code}: ${what} ${remedy}`);
  const open = check.problems.filter(({ repaired }) => !repaired).length;
  output.result(
    check,
    `${check.packs} packs, ${check.records} records, ${check.problems.length} problems, ${open} open.`,
  );
  if (open > 0)
    throw new OvertError("STORE_DAMAGED", `${open} problems in ${dir} are open.`, {
      hint: repair ? "See what is said of each." : "Look at them, then run it again with --repair.",
    });
}
