import { type GapCause, instant, type Track } from "@overt/core";
import type { Town } from "../../tests/town/town.ts";
import { explain, type Injected } from "./explain.ts";

/** What is older has become durable, or never will. */
const MARGIN_MS = 30_000;
/** Before what is judged: to see where a chain of gaps began. */
const LOOK_BACK_MS = 240_000;
/** On a busy machine an anonymiser may be late, and then it is blank: lawful, and never a matter of the original. */
const LATE: readonly GapCause[] = ["process_down", "relearning"];

/** Asks a recorder, some time after, what it has of each camera, and holds it against what was done to it. */
export class Audit {
  readonly unexplained: string[] = [];
  readonly gapMs = new Map<string, number>();
  recordedMs = 0;
  askedMs = 0;
  /** See `Explained`. */
  overdueMs = 0;
  readonly #town: Town;
  readonly #ids: readonly string[];
  readonly #full: number;
  readonly #injected: readonly Injected[];
  #judgedTo: number;

  /** @param full so many of the cameras, the first, have an anonymised track */
  constructor(town: Town, ids: readonly string[], full: number, injected: readonly Injected[], from: number) {
    this.#town = town;
    this.#ids = ids;
    this.#full = full;
    this.#injected = injected;
    this.#judgedTo = from;
  }

  /** @returns false when the recorder or a volume was away: it is asked again later for the same time */
  async look(): Promise<boolean> {
    const [from, to] = [this.#judgedTo, Date.now() - MARGIN_MS];
    if (to <= from) return true;
    const timelines = await Promise.all(
      this.#ids.map((id) => this.#town.timeline(id, instant(from - LOOK_BACK_MS), instant(to))),
    ).catch(() => null);
    // A volume that does not answer in time is left out of the answer.
    if (!timelines || timelines.some(({ away }) => away.length > 0)) return false;
    this.#judgedTo = to;
    for (const [camera, timeline] of timelines.entries())
      for (const track of tracksOf(camera < this.#full)) {
        const always = track === "anonymised" ? LATE : [];
        const found = explain(timeline[track], { camera, track, always }, this.#injected, from, to);
        this.askedMs += to - from;
        this.recordedMs += found.recordedMs;
        for (const [cause, ms] of found.gapMs) {
          const name = `${track}: ${cause}`;
          this.gapMs.set(name, (this.gapMs.get(name) ?? 0) + ms);
        }
        this.overdueMs = Math.max(this.overdueMs, found.overdueMs);
        this.unexplained.push(...found.unexplained);
        for (const words of found.unexplained) process.stderr.write(`soak: unexplained: ${words}\n`);
      }
    return true;
  }
}

const tracksOf = (full: boolean): readonly Track[] => (full ? ["original", "anonymised"] : ["original"]);
