import { Built, type PhaseLoss } from "./built.ts";
import { type Money, money, writtenMoney } from "./money.ts";
import { moneyError } from "./money-error.ts";
import type { PhasedCamera, PhasedPlan } from "./phases.ts";

/** What is lost when a phase gets less money than was planned, and the others go on as they were. */
export interface BudgetLoss {
  readonly phase: string;
  readonly budget: Money;
  readonly spent: Money;
  /** Cameras of later phases that hang on what is not built are among them. */
  readonly dropped: readonly string[];
  readonly notBuilt: readonly string[];
  /** For that phase and each after it, what was planned to be covered by its end and what is. */
  readonly phases: readonly PhaseLoss[];
}

/**
 * A phase within a smaller budget. Tried both ways, and the better one counts: giving up, one by one, the camera whose loss is
 * the least for the money that it frees, and building up, one by one, the camera that adds most for its money; loss and gain
 * summed over this phase and those after it. Same plan, same answer; an optimiser may find better ones.
 *
 * @throws OvertError `PHASE_UNKNOWN` `PHASE_CAMERA_UNKNOWN` `PHASE_TWICE` `MONEY_CURRENCY_DIFFERS` `MONEY_INVALID`
 */
export function shrunk(plan: PhasedPlan, phaseId: string, budget: Money): BudgetLoss {
  const at = plan.phases.findIndex(({ id }) => id === phaseId);
  if (at < 0) throw moneyError("PHASE_UNKNOWN", `There is no phase "${phaseId}".`);
  if (budget.currency !== plan.currency)
    throw moneyError(
      "MONEY_CURRENCY_DIFFERS",
      `The plan is in ${plan.currency}, the budget is ${writtenMoney(budget)}.`,
    );
  if (budget.minor < 0) throw moneyError("MONEY_INVALID", `A budget of ${writtenMoney(budget)} cannot be.`);
  const whole = new Built(plan, at);
  const { planned } = whole;
  if (planned.minor <= budget.minor)
    return { phase: phaseId, budget, spent: planned, dropped: [], notBuilt: [], phases: whole.losses() };
  const given = givenUp(whole, budget.minor);
  const built = builtUp(new Built(plan, at), budget.minor);
  const best = built.weight > given.weight ? built : given;
  return {
    phase: phaseId,
    budget,
    spent: money(plan.currency, best.spentMinor),
    dropped: [...best.gone],
    notBuilt: best.unbuilt,
    phases: best.losses(),
  };
}

function givenUp(built: Built, budgetMinor: number): Built {
  while (built.spentMinor > budgetMinor) {
    const left = built.own.filter(({ id }) => !built.gone.has(id));
    const next = bestOf(left, built, "least");
    if (next === null) built.giveUpThing();
    else built.drop(next);
  }
  return fillUp(built, budgetMinor);
}

function builtUp(built: Built, budgetMinor: number): Built {
  for (const { id } of built.own) built.drop(id);
  while (built.spentMinor > budgetMinor) built.giveUpThing();
  return fillUp(built, budgetMinor);
}

/** Takes back what fits: the most for its money first, then, as it was planned for some reason, the cheapest. */
function fillUp(built: Built, budgetMinor: number): Built {
  for (;;) {
    const fitting = built.own.filter(
      ({ id }) => built.gone.has(id) && built.spentMinor + built.changeOf(id).minor <= budgetMinor,
    );
    const cheapest = [...fitting].sort((a, b) => a.cost.minor - b.cost.minor || (a.id < b.id ? -1 : 1))[0];
    const next = bestOf(fitting, built, "most") ?? cheapest?.id;
    if (next === undefined) break;
    built.take(next);
  }
  built.takeBackLater();
  return built;
}

/** The camera with the least or most weight for its money; for "most", one that adds something. Ties go by id. */
function bestOf(cameras: readonly PhasedCamera[], built: Built, which: "least" | "most"): string | null {
  const rated = cameras.map(({ id }) => ({ id, ...built.changeOf(id) }));
  const useful = rated.filter(({ weight, minor }) => (which === "least" ? minor > 0 : weight > 0));
  const sign = which === "least" ? 1 : -1;
  // Weight per money, compared without dividing; what costs nothing comes first.
  useful.sort(
    (a, b) => sign * (a.weight * b.minor - b.weight * a.minor) || b.minor - a.minor || (a.id < b.id ? -1 : 1),
  );
  return useful[0]?.id ?? null;
}
