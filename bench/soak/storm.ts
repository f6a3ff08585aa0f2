import { FAULTS, type Scene } from "./faults.ts";
import type { Injected } from "./explain.ts";

const BETWEEN_MS = { least: 2_000, spread: 4_000 };

/** Faults at random moments, as a seed says, each undone by itself. */
export class Storm {
  readonly injected: Injected[] = [];
  /** Those that could not be done or undone, and why. One camera has been left alone since. */
  readonly failed: string[] = [];
  /** How often each was done. */
  readonly counts = new Map<string, number>();
  readonly #scene: Scene;
  readonly #random: () => number;
  readonly #cameras: number;
  readonly #busy = new Map<number | null, Promise<void>>();

  constructor(scene: Scene, cameras: number, random: () => number) {
    this.#scene = scene;
    this.#cameras = cameras;
    this.#random = random;
  }

  /** @param kills whether processes may be killed, too */
  async rage(until: () => boolean, kills: boolean): Promise<void> {
    const kinds = FAULTS.filter((kind) => kills || !kind.kills);
    while (!until()) {
      await this.#scene.pause(BETWEEN_MS.least + this.#random() * BETWEEN_MS.spread);
      // As many numbers each time, whatever becomes of them: the same seed gives the same faults.
      const kind = pick(kinds, this.#random());
      const which = Math.floor(this.#random() * this.#cameras);
      const camera = kind.of === "camera" ? which : null;
      const lengthMs = this.#random() * kind.longestMs;
      if (!until() && !this.#busy.has(camera)) this.#begin(kind, camera, lengthMs);
    }
    await Promise.all(this.#busy.values());
  }

  #begin(kind: (typeof FAULTS)[number], camera: number | null, lengthMs: number): void {
    const { name, causes, reachesBackMs, lingersMs = 0 } = kind;
    const back = reachesBackMs?.(this.#scene) ?? 0;
    const injected: Injected = {
      ...{
        fault: name,
        camera,
        causes,
        from: Date.now(),
        to: Number.POSITIVE_INFINITY,
        reachesBackMs: back,
        lingersMs,
      },
    };
    this.injected.push(injected);
    const whose = camera === null ? "" : ` (camera ${camera + 1})`;
    process.stderr.write(`soak: ${new Date().toISOString()} ${name}${whose}, ${Math.round(lengthMs / 1_000)} s\n`);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const over = (): void => {
      injected.to = Date.now();
      this.#busy.delete(camera);
    };
    const done = kind.act(this.#scene, camera ?? 0, lengthMs).then(over, (thrown: unknown) => {
      this.failed.push(`"${name}" of ${camera === null ? "all" : `camera ${camera + 1}`}: ${thrown}`);
      if (camera === null) over();
    });
    this.#busy.set(camera, done);
  }
}

function pick<Kind extends { readonly weight: number }>(kinds: readonly Kind[], random: number): Kind {
  let left = random * kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return kinds.at(-1) as Kind;
}
