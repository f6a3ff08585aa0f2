import type { CameraSeen } from "./centre/centre.ts";
import { fill, t } from "./messages/format.ts";

export interface Fault {
  readonly message: string;
  readonly hint: string | null;
  readonly code: string | null;
}

/** Why a camera does not record as asked, worst first; empty when it does. Answering alone is not health (C76). */
export function faultsOf({ recorderConnected, problem, anonymiser, permit }: CameraSeen): readonly Fault[] {
  const faults: Fault[] = [];
  if (!recorderConnected) faults.push({ message: `${t.tile.disconnected}.`, hint: null, code: null });
  if (problem) faults.push(problem);
  if (permit.valid && anonymiser.mode !== anonymiser.asked)
    faults.push({
      message: fill(t.health.lesserMode, {
        mode: t.health.mode[anonymiser.mode],
        asked: t.health.mode[anonymiser.asked],
      }),
      hint: t.health.lesserModeHint,
      code: null,
    });
  return faults;
}
