import type { AnonymisedMode } from "@overt/link";

/** What a camera asks of the anonymiser, and what it was seen to cost. */
export interface Asking {
  readonly camera: string;
  readonly asked: AnonymisedMode;
  /** What the register lets it fall back to; `none` is always possible, since it is blank. */
  readonly allowed: readonly AnonymisedMode[];
  /** Lower goes first; equal ones by who came first. */
  readonly priority: number;
  readonly fps: number;
  readonly slowEveryMs: number;
  /** Milliseconds of a core per picture. */
  readonly costMs: number;
}

export interface Admitted {
  readonly mode: AnonymisedMode;
  readonly fps: number;
  readonly costMsPerS: number;
}

/** `full` is at least this many pictures a second (DESIGN §2). */
export const LEAST_FULL_FPS = 5;

/**
 * Who may run, and how, within a budget in ms of core per second. Everyone starts at what is asked; while that is too
 * much, the last in priority gives way one step: fewer pictures, then stills, then nothing, and then the one before it.
 */
export function admit(asking: readonly Asking[], budgetMsPerS: number): Map<string, Admitted> {
  const inOrder = asking
    .map((one, index) => ({ one, index }))
    .sort((a, b) => a.one.priority - b.one.priority || a.index - b.index)
    .map(({ one }) => one);
  const steps = inOrder.map(stepsOf);
  const level = steps.map(() => 0);
  let used = steps.reduce((sum, own) => sum + (own[0] as Admitted).costMsPerS, 0);
  // First everybody may lose pictures, then everybody may become stills, then cameras go without.
  for (const floor of ["full", "slow", "none"] as const)
    for (let i = steps.length - 1; i >= 0 && used > budgetMsPerS; i--) {
      const own = steps[i] as Admitted[];
      while (used > budgetMsPerS) {
        const at = level[i] as number;
        const lower = own[at + 1];
        if (!lower || rank(lower.mode) > rank(floor)) break;
        used += lower.costMsPerS - (own[at] as Admitted).costMsPerS;
        level[i] = at + 1;
      }
    }
  return new Map(inOrder.map(({ camera }, i) => [camera, (steps[i] as Admitted[])[level[i] as number] as Admitted]));
}

const rank = (mode: AnonymisedMode): number => ["full", "slow", "none"].indexOf(mode);

/** From the best that is asked to nothing. */
function stepsOf({ asked, allowed, fps, slowEveryMs, costMs }: Asking): Admitted[] {
  const may = (mode: AnonymisedMode) => asked === mode || (rank(mode) > rank(asked) && allowed.includes(mode));
  const full = (rate: number): Admitted => ({ mode: "full", fps: rate, costMsPerS: rate * costMs });
  const steps: Admitted[] = [];
  if (may("full")) {
    steps.push(full(fps));
    if (fps > LEAST_FULL_FPS) steps.push(full(LEAST_FULL_FPS));
  }
  if (may("slow")) steps.push({ mode: "slow", fps: 1_000 / slowEveryMs, costMsPerS: (1_000 / slowEveryMs) * costMs });
  steps.push({ mode: "none", fps: 0, costMsPerS: 0 });
  return steps;
}
