import { readFile } from "node:fs/promises";
import { asOvertError } from "@overt/core";
import { readRoster, type Roster, type VerifyBytes } from "@overt/rules";

export interface RosterState {
  /** Null: nobody could ever open an original, so none is kept. */
  readonly roster: Roster | null;
  readonly problem: string | null;
}

/** The custodians of this recorder. Without a roster that the overseer signed there are none. */
export async function loadRoster(path: string | null, overseer: VerifyBytes): Promise<RosterState> {
  if (path === null) return { roster: null, problem: "No custodians are configured: no originals are kept." };
  try {
    const roster = await readRoster(JSON.parse(await readFile(path, "utf8")), overseer);
    if ("decision" in roster) return { roster: null, problem: `${roster.reason} ${roster.hint}` };
    return { roster, problem: null };
  } catch (thrown) {
    return { roster: null, problem: `The roster cannot be read: ${asOvertError(thrown).message}` };
  }
}
