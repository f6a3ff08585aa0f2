import { minus, type Money, total } from "./money.ts";
import { moneyError } from "./money-error.ts";

/** A plan in dated, funded parts. Which camera sees what is given: whoever optimises it, this reckons with it. */
export interface PhasedPlan {
  readonly currency: string;
  /** In the order in which they come. */
  readonly phases: readonly Phase[];
  readonly cameras: readonly PhasedCamera[];
  /** What several cameras need: mast, switch, radio, recorder. */
  readonly shared: readonly SharedThing[];
  readonly places: readonly WeightedPlace[];
}

export interface Phase {
  readonly id: string;
  readonly name: string;
  /** `2028-01-01` */
  readonly from: string;
  readonly budget: Money;
}

export interface PhasedCamera {
  readonly id: string;
  readonly phase: string;
  readonly cost: Money;
  readonly needs: readonly string[];
}

export interface SharedThing {
  readonly id: string;
  readonly phase: string;
  readonly cost: Money;
}

export interface WeightedPlace {
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  readonly seenBy: readonly string[];
  /** From so many cameras. */
  readonly views: number;
}

export interface PhaseReport {
  readonly phase: string;
  readonly cost: Money;
  /** Below zero: it is over its budget. */
  readonly left: Money;
  readonly cameras: readonly string[];
  /** What its own cameras cover, were they all there is. */
  readonly alone: Covered;
  /** What is covered from its end on, earlier phases included. */
  readonly standing: Covered;
  /** By name, what it adds. */
  readonly adds: readonly string[];
  /** Cameras that need something of a later phase: until then they hang dead. */
  readonly waits: readonly { readonly camera: string; readonly needs: string; readonly phase: string }[];
}

export interface Covered {
  readonly weight: number;
  readonly places: readonly string[];
}

/** @throws OvertError `PHASE_UNKNOWN` `PHASE_CAMERA_UNKNOWN` `PHASE_TWICE` `MONEY_CURRENCY_DIFFERS` */
export function phaseReports(plan: PhasedPlan): readonly PhaseReport[] {
  checkPhases(plan);
  const orderOf = new Map(plan.phases.map(({ id }, i) => [id, i]));
  const shared = new Map(plan.shared.map((each) => [each.id, each]));
  let standing: Covered = { weight: 0, places: [] };
  return plan.phases.map((phase, order) => {
    const own = plan.cameras.filter((camera) => camera.phase === phase.id);
    const waits = own.flatMap(({ id, needs }) =>
      needs
        .map((each) => ({ camera: id, needs: each, phase: shared.get(each)!.phase }))
        .filter((each) => orderOf.get(each.phase)! > order),
    );
    const dead = new Set(waits.map(({ camera }) => camera));
    const works = ({ id, phase: of, needs }: PhasedCamera): boolean =>
      orderOf.get(of)! <= order &&
      !dead.has(id) &&
      needs.every((each) => orderOf.get(shared.get(each)!.phase)! <= order);
    const before = new Set(standing.places);
    standing = coveredBy(plan, new Set(plan.cameras.filter(works).map(({ id }) => id)));
    const cost = costOf(
      plan,
      own,
      plan.shared.filter((each) => each.phase === phase.id),
    );
    return {
      phase: phase.id,
      cost,
      left: minus(phase.budget, cost),
      cameras: own.map(({ id }) => id),
      alone: coveredBy(plan, new Set(own.filter(({ id }) => !dead.has(id)).map(({ id }) => id))),
      standing,
      adds: plan.places.filter(({ id }) => standing.places.includes(id) && !before.has(id)).map(({ name }) => name),
      waits,
    };
  });
}

export const costOf = (
  { currency }: PhasedPlan,
  cameras: readonly PhasedCamera[],
  shared: readonly SharedThing[],
): Money =>
  total(
    currency,
    [...cameras, ...shared].map(({ cost }) => cost),
  );

/** Places that are seen from as many of these cameras as they need, by id, and what they weigh together. */
export function coveredBy({ places }: Pick<PhasedPlan, "places">, cameras: ReadonlySet<string>): Covered {
  const seen = places.filter(({ seenBy, views }) => seenBy.filter((id) => cameras.has(id)).length >= views);
  return { weight: seen.reduce((sum, { weight }) => sum + weight, 0), places: seen.map(({ id }) => id) };
}

export function checkPhases({ phases, cameras, shared, places }: PhasedPlan): void {
  const [ids, known, things] = [phases, cameras, shared].map((list) => new Set(list.map(({ id }) => id))) as [Set<string>, Set<string>, Set<string>]; // biome-ignore format: one line
  for (const [list, set] of [[phases, ids], [cameras, known], [shared, things]] as const) // biome-ignore format: one line
    if (list.length !== set.size)
      throw moneyError("PHASE_TWICE", "Two phases, cameras or shared things have the same id.");
  for (const { id, phase } of [...cameras, ...shared])
    if (!ids.has(phase))
      throw moneyError("PHASE_UNKNOWN", `"${id}" belongs to the phase "${phase}", which is not in the plan.`);
  const missing = cameras.flatMap(({ needs }) => needs).find((each) => !things.has(each));
  if (missing !== undefined) throw moneyError("PHASE_CAMERA_UNKNOWN", `"${missing}" is needed and not in the plan.`);
  const stranger = places.flatMap(({ seenBy }) => seenBy).find((each) => !known.has(each));
  if (stranger !== undefined)
    throw moneyError("PHASE_CAMERA_UNKNOWN", `"${stranger}" sees a place and is not in the plan.`);
}
