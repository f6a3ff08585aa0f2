import { checkPhases, costOf, type PhasedCamera, type PhasedPlan, type SharedThing } from "./phases.ts";
import type { Money } from "./money.ts";

export interface PhaseLoss {
  readonly phase: string;
  readonly plannedWeight: number;
  readonly weight: number;
  /** By name, heaviest first. */
  readonly lost: readonly string[];
}

/** What flipping one camera changes, in amounts: weight summed over the phase and those after it, and money of the phase. */
export interface Change {
  readonly weight: number;
  readonly minor: number;
}

/** What of one phase is built, counted so that a camera more or less costs only a look at what it sees. */
export class Built {
  /** Cameras of the phase. */
  readonly own: readonly PhasedCamera[];
  readonly gone = new Set<string>();
  /** Summed over the phase and those after it. */
  weight = 0;
  spentMinor = 0;
  readonly #plan: PhasedPlan;
  readonly #years: readonly { readonly phase: string; readonly planned: Int32Array; readonly seen: Int32Array }[];
  readonly #cameras: ReadonlyMap<
    string,
    { readonly camera: PhasedCamera; readonly fromYear: number; readonly sees: number[] }
  >;
  readonly #things: ReadonlyMap<string, SharedThing>;
  /** Of each shared thing of the phase, how many cameras that are left need it, later ones included. */
  readonly #users = new Map<string, number>();

  constructor(plan: PhasedPlan, at: number) {
    checkPhases(plan);
    this.#plan = plan;
    const phase = plan.phases[at]!.id;
    const order = new Map(plan.phases.map(({ id }, i) => [id, i]));
    this.own = plan.cameras.filter((each) => each.phase === phase);
    this.#things = new Map(plan.shared.filter((each) => each.phase === phase).map((each) => [each.id, each]));
    this.#cameras = new Map(
      plan.cameras.map((camera) => [
        camera.id,
        { camera, fromYear: Math.max(0, order.get(camera.phase)! - at), sees: [] },
      ]),
    );
    for (const [p, { seenBy }] of plan.places.entries())
      for (const id of new Set(seenBy)) this.#cameras.get(id)!.sees.push(p);
    this.#years = plan.phases.slice(at).map(({ id }) => {
      const none = () => new Int32Array(plan.places.length);
      return { phase: id, planned: none(), seen: none() };
    });
    for (const { id } of plan.cameras) this.#add(id);
    for (const { planned, seen } of this.#years) planned.set(seen);
    this.spentMinor = this.#spent();
  }

  /** Of all that was planned for the phase, needed or not. */
  get planned(): Money {
    return costOf(this.#plan, this.own, [...this.#things.values()]);
  }

  get unbuilt(): readonly string[] {
    return [...this.#things.keys()].filter((id) => (this.#users.get(id) ?? 0) === 0);
  }

  changeOf(id: string): Change {
    const { camera, fromYear, sees } = this.#cameras.get(id)!;
    const gone = this.gone.has(id);
    let weight = 0;
    for (const { seen } of this.#years.slice(fromYear))
      for (const p of sees)
        if (seen[p] === this.#plan.places[p]!.views - Number(gone)) weight += this.#plan.places[p]!.weight;
    const own = camera.phase === this.#years[0]!.phase ? camera.cost.minor : 0;
    const alone = new Set(camera.needs.filter((thing) => (this.#users.get(thing) ?? 0) === Number(!gone)));
    const things = [...alone].reduce((sum, thing) => sum + (this.#things.get(thing)?.cost.minor ?? 0), 0);
    return { weight, minor: own + things };
  }

  drop(id: string): void {
    if (this.gone.has(id)) return;
    const { weight, minor } = this.changeOf(id);
    this.#count(id, -1);
    this.gone.add(id);
    this.weight -= weight;
    this.spentMinor -= minor;
  }

  take(id: string): void {
    const { weight, minor } = this.changeOf(id);
    this.gone.delete(id);
    this.#count(id, 1);
    this.weight += weight;
    this.spentMinor += minor;
  }

  /** When only shared things are left: the dearest is not built, and whatever hangs on it is lost, in later phases too. */
  giveUpThing(): void {
    const [dearest] = [...this.#things.values()]
      .filter(({ id }) => (this.#users.get(id) ?? 0) > 0)
      .sort((a, b) => b.cost.minor - a.cost.minor || (a.id < b.id ? -1 : 1));
    for (const { id, needs } of this.#plan.cameras) if (dearest && needs.includes(dearest.id)) this.drop(id);
  }

  /** Cameras of later phases that were given up with a thing that is built after all. */
  takeBackLater(): void {
    const own = new Set(this.own.map(({ id }) => id));
    for (const id of [...this.gone]) if (!own.has(id) && this.changeOf(id).minor === 0) this.take(id);
  }

  losses(): PhaseLoss[] {
    const { places } = this.#plan;
    return this.#years.map(({ phase, planned, seen }) => {
      const covered = (counts: Int32Array) => places.filter(({ views }, p) => counts[p]! >= views);
      const weightOf = (list: readonly { readonly weight: number }[]) =>
        list.reduce((sum, { weight }) => sum + weight, 0);
      const now = new Set(covered(seen));
      const lost = covered(planned).filter((place) => !now.has(place));
      lost.sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
      return {
        phase,
        plannedWeight: weightOf(covered(planned)),
        weight: weightOf([...now]),
        lost: lost.map(({ name }) => name),
      };
    });
  }

  #add(id: string): void {
    this.gone.add(id);
    this.weight += this.changeOf(id).weight;
    this.gone.delete(id);
    this.#count(id, 1);
  }

  #count(id: string, by: 1 | -1): void {
    const { camera, fromYear, sees } = this.#cameras.get(id)!;
    for (const { seen } of this.#years.slice(fromYear)) for (const p of sees) seen[p]! += by;
    for (const thing of new Set(camera.needs)) this.#users.set(thing, (this.#users.get(thing) ?? 0) + by);
  }

  #spent(): number {
    const unbuilt = new Set(this.unbuilt);
    return costOf(
      this.#plan,
      this.own,
      [...this.#things.values()].filter(({ id }) => !unbuilt.has(id)),
    ).minor;
  }
}
