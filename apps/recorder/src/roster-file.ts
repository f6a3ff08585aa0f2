import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { asOvertError } from "@overt/core";
import { pinDecision, type Roster, type RosterDenial, readRoster, type VerifyBytes } from "@overt/rules";
import { writeDurably } from "./durable.ts";

export interface RosterState {
  /** Null: nobody could ever open an original, so none is kept. */
  readonly roster: Roster | null;
  readonly problem: string | null;
}

const PINNED = "roster.pinned.json";

/**
 * The custodians of this recorder. The first roster that the overseer signed is pinned in `stateDir`; another one does
 * not replace it on the overseer's word alone (DESIGN §2). A pinned roster stays when the configured file is gone.
 */
export async function loadRoster(path: string | null, stateDir: string, overseer: VerifyBytes): Promise<RosterState> {
  const pinnedPath = join(stateDir, PINNED);
  const pinned = await rosterIn(pinnedPath, overseer);
  const kept = pinned && !("decision" in pinned) ? pinned : null;
  if (path === null)
    return { roster: kept, problem: kept ? null : "No custodians are configured: no originals are kept." };
  const offered = await rosterIn(path, overseer);
  if (offered === null) return { roster: kept, problem: `The roster ${path} cannot be read.` };
  if ("decision" in offered) return { roster: kept, problem: `${offered.reason} ${offered.hint}` };
  const decision = pinDecision(kept?.version ?? null, offered);
  if (decision.decision === "deny") return { roster: kept, problem: `${decision.reason} ${decision.hint}` };
  if (decision.decision === "pin") await pin(path, pinnedPath);
  return { roster: kept ?? offered, problem: null };
}

/** @returns null when there is no such file */
async function rosterIn(path: string, overseer: VerifyBytes): Promise<Roster | RosterDenial | null> {
  try {
    return await readRoster(JSON.parse(await readFile(path, "utf8")), overseer);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    const reason = `${path}: ${asOvertError(thrown).message}`;
    return { decision: "deny", code: "roster_unreadable", reason, hint: "Make it with `overt roster make`." };
  }
}

async function pin(path: string, pinnedPath: string): Promise<void> {
  writeDurably(pinnedPath, await readFile(path));
}
