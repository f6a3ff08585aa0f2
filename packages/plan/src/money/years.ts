import { coveredBy, type PhasedPlan } from "./phases.ts";

export interface PhaseLoss {
  readonly phase: string;
  readonly plannedWeight: number;
  readonly weight: number;
  /** By name, heaviest first. */
  readonly lost: readonly string[];
}

/** What is covered by the end of a phase and of each after it. */
export class Years {
  readonly #plan: PhasedPlan;
  readonly #phases: readonly { readonly id: string; readonly cameras: readonly string[] }[];

  constructor(plan: PhasedPlan, at: number) {
    this.#plan = plan;
    const order = new Map(plan.phases.map(({ id }, i) => [id, i]));
    this.#phases = plan.phases.slice(at).map(({ id }, i) => ({
      id,
      cameras: plan.cameras.filter(({ phase }) => order.get(phase)! <= at + i).map((camera) => camera.id),
    }));
  }

  /** Summed over the years. */
  weight(gone: ReadonlySet<string>): number {
    return this.#phases.reduce((sum, { cameras }) => sum + this.#covered(cameras, gone).weight, 0);
  }

  losses(gone: ReadonlySet<string>): PhaseLoss[] {
    return this.#phases.map(({ id, cameras }) => {
      const planned = this.#covered(cameras, NONE);
      const now = this.#covered(cameras, gone);
      const kept = new Set(now.places);
      const lost = this.#plan.places.filter((place) => planned.places.includes(place.id) && !kept.has(place.id));
      return { phase: id, plannedWeight: planned.weight, weight: now.weight, lost: lost.sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1)).map(({ name }) => name) }; // biome-ignore format: one line
    });
  }

  #covered(cameras: readonly string[], gone: ReadonlySet<string>) {
    return coveredBy(this.#plan, new Set(cameras.filter((id) => !gone.has(id))));
  }
}

const NONE: ReadonlySet<string> = new Set();
