import { type Money, writtenMoney } from "./money.ts";
import { moneyError } from "./money-error.ts";
import { checkPhases, costOf, type PhasedCamera, type PhasedPlan, type SharedThing } from "./phases.ts";
import { type PhaseLoss, Years } from "./years.ts";

/** What is lost when a phase gets less money than was planned, and the others go on as they were. */
export interface BudgetLoss {
  readonly phase: string;
  readonly budget: Money;
  readonly spent: Money;
  /** In the order in which they were given up; cameras of later phases that hang on what is not built are among them. */
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
  checkPhases(plan);
  const at = plan.phases.findIndex(({ id }) => id === phaseId);
  if (at < 0) throw moneyError("PHASE_UNKNOWN", `There is no phase "${phaseId}".`);
  if (budget.minor < 0) throw moneyError("MONEY_INVALID", `A budget of ${writtenMoney(budget)} cannot be.`);
  const years = new Years(plan, at);
  const planned = new Choice(plan, phaseId).planned;
  if (planned.minor <= budget.minor)
    return { phase: phaseId, budget, spent: planned, dropped: [], notBuilt: [], phases: years.losses(new Set()) };
  const given = givenUp(new Choice(plan, phaseId), years, budget);
  const built = builtUp(new Choice(plan, phaseId), years, budget);
  const best = years.weight(built.gone) > years.weight(given.gone) ? built : given;
  const { gone, unbuilt, spent } = best;
  return { phase: phaseId, budget, spent, dropped: [...gone], notBuilt: [...unbuilt], phases: years.losses(gone) };
}

function givenUp(choice: Choice, years: Years, budget: Money): Choice {
  while (choice.spent.minor > budget.minor) {
    const next = bestOf(
      choice.own.filter(({ id }) => !choice.gone.has(id)),
      choice,
      years,
      "least",
    );
    if (!next) choice.giveUpThing();
    else choice.drop(next);
  }
  return fillUp(choice, years, budget);
}

function builtUp(choice: Choice, years: Years, budget: Money): Choice {
  for (const { id } of choice.own) choice.drop(id);
  while (choice.spent.minor > budget.minor) choice.giveUpThing();
  return fillUp(choice, years, budget);
}

/** Takes back what fits: the most for its money first, then, as it was planned for some reason, the cheapest. */
function fillUp(choice: Choice, years: Years, budget: Money): Choice {
  for (;;) {
    const fitting = choice.own.filter(({ id }) => choice.gone.has(id) && choice.with(id).spent.minor <= budget.minor);
    const cheapest = [...fitting].sort((a, b) => a.cost.minor - b.cost.minor || (a.id < b.id ? -1 : 1))[0];
    const next = bestOf(fitting, choice, years, "most") ?? cheapest?.id;
    if (next === undefined) return choice;
    choice.take(next);
  }
}

/** The camera with the least or most weight for its money; for "most", one that adds something. Ties go by id. */
function bestOf(
  cameras: readonly PhasedCamera[],
  choice: Choice,
  years: Years,
  which: "least" | "most",
): string | null {
  const now = { weight: years.weight(choice.gone), minor: choice.spent.minor };
  const rated = cameras.map(({ id }) => {
    const other = which === "least" ? choice.without(id) : choice.with(id);
    return {
      id,
      weight: Math.abs(now.weight - years.weight(other.gone)),
      minor: Math.abs(now.minor - other.spent.minor),
    };
  });
  const useful = rated.filter(({ weight, minor }) => (which === "least" ? minor > 0 : weight > 0));
  const sign = which === "least" ? 1 : -1;
  // Weight per money, compared without dividing; what costs nothing comes first.
  useful.sort(
    (a, b) => sign * (a.weight * b.minor - b.weight * a.minor) || b.minor - a.minor || (a.id < b.id ? -1 : 1),
  );
  return useful[0]?.id ?? null;
}

/** What of a phase is built. */
class Choice {
  readonly gone: Set<string>;
  readonly own: readonly PhasedCamera[];
  readonly #plan: PhasedPlan;
  readonly #things: readonly SharedThing[];
  readonly #phase: string;

  constructor(plan: PhasedPlan, phase: string, gone: Iterable<string> = []) {
    this.#plan = plan;
    this.#phase = phase;
    this.gone = new Set(gone);
    this.own = plan.cameras.filter((each) => each.phase === phase);
    this.#things = plan.shared.filter((each) => each.phase === phase);
  }

  /** Shared things that no camera which is left needs, in this phase or later. */
  get unbuilt(): ReadonlySet<string> {
    const needed = new Set(this.#plan.cameras.filter(({ id }) => !this.gone.has(id)).flatMap(({ needs }) => needs));
    return new Set(this.#things.map(({ id }) => id).filter((id) => !needed.has(id)));
  }

  get planned(): Money {
    return costOf(this.#plan, this.own, this.#things);
  }

  get spent(): Money {
    const { unbuilt } = this;
    const kept = this.own.filter(({ id }) => !this.gone.has(id));
    return costOf(
      this.#plan,
      kept,
      this.#things.filter(({ id }) => !unbuilt.has(id)),
    );
  }

  drop(id: string): void {
    this.gone.add(id);
  }

  take(id: string): void {
    this.gone.delete(id);
  }

  without(id: string): Choice {
    return new Choice(this.#plan, this.#phase, [...this.gone, id]);
  }

  with(id: string): Choice {
    return new Choice(
      this.#plan,
      this.#phase,
      [...this.gone].filter((each) => each !== id),
    );
  }

  /** When only shared things are left: the dearest is not built, and whatever hangs on it is lost, in later phases too. */
  giveUpThing(): void {
    const { unbuilt } = this;
    const [dearest] = this.#things
      .filter(({ id }) => !unbuilt.has(id))
      .sort((a, b) => b.cost.minor - a.cost.minor || (a.id < b.id ? -1 : 1));
    for (const { id, needs } of this.#plan.cameras) if (dearest && needs.includes(dearest.id)) this.gone.add(id);
  }
}
