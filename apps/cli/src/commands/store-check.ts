import { checkStore } from "@overt/recorder/store/check";
import type { Output } from "../output.ts";

/** `overt store check DIR [--repair]`. @returns 1 when something is wrong and stays so, else 0 */
export async function checkStoreAt(dir: string, repair: boolean, output: Output): Promise<0 | 1> {
  const check = await checkStore(dir, {
    repair,
    onProgress: (done, of) => output.progress(`Reading pack ${done} of ${of} …`),
  });
  for (const note of check.notes) output.say(`note: ${note}`);
  for (const { code, what, remedy, repaired } of check.problems)
    output.say(`${repaired ? "repaired" : "problem"}: ${code}: ${sentence(what)} ${sentence(remedy)}`);
  const open = check.problems.filter(({ repaired }) => !repaired).length;
  const { packs, records, problems } = check;
  output.result(
    open === 0 ? check : { ...check, code: "STORE_DAMAGED" },
    `packs: ${packs}, records: ${records}, problems: ${problems.length}, of which still open: ${open}`,
  );
  return open === 0 ? 0 : 1;
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
