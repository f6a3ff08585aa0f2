import { type DurationMs, type Instant, instant, type Span } from "@overt/core";
import { type Battery, capacityWh, floorWh } from "./battery.ts";
import { shownAt } from "./civil.ts";
import { clipped } from "./spans.ts";
import type { Piece, Supply } from "./supply.ts";
import { run } from "./run.ts";

/** How one cut went. Charges are shares of the capacity. */
export interface CutOutcome {
  readonly cut: Span;
  readonly chargeBefore: number;
  readonly chargeAfter: number;
  /** For how much of it the load was powered. */
  readonly poweredMs: DurationMs;
  readonly ranOutAt: Instant | null;
  /** What the load would have taken on. */
  readonly missedWh: number;
  /** Null: not within the span. */
  readonly fullAgainAt: Instant | null;
  readonly next: Span | null;
}

export type CutVerdict =
  | { readonly holds: true }
  | {
      readonly holds: false;
      readonly because: "ran_out" | "not_full_again";
      /** The first cut that fails, and how it is called: `2026-03-03 18:00 to 2026-03-03 22:30, feeder north`. */
      readonly outcome: CutOutcome;
      readonly name: string;
      /** How many of all cuts fail. */
      readonly failing: number;
    };

export interface CutCheck {
  readonly outcomes: readonly CutOutcome[];
  readonly verdict: CutVerdict;
}

/**
 * Whether the battery lasts each cut **and** is full again before the next.
 *
 * @param feeder as the failing cut is called by it
 */
export function checkCuts(supply: Supply, span: Span, feeder: string): CutCheck {
  const outcomes = outcomesOf(supply, span);
  const failing = outcomes.filter((each) => each.ranOutAt !== null || !fullBeforeNext(each));
  const outcome = failing[0];
  if (!outcome) return { outcomes, verdict: { holds: true } };
  const because = outcome.ranOutAt === null ? "not_full_again" : "ran_out";
  const { from, to } = outcome.cut;
  const name = `${shownAt(from, supply.zone)} to ${shownAt(to, supply.zone)}, feeder ${feeder}`;
  return { outcomes, verdict: { holds: false, because, outcome, name, failing: failing.length } };
}

/** The last cut of a span has none after it. */
export const fullBeforeNext = ({ fullAgainAt, next }: CutOutcome): boolean =>
  next === null || (fullAgainAt !== null && fullAgainAt <= next.from);

function outcomesOf(supply: Supply, span: Span): CutOutcome[] {
  const cuts = clipped(supply.dark, span);
  const open = cuts.map((cut, i) => new Watched(cut, cuts[i + 1] ?? null, supply.battery));
  let at = 0;
  for (const piece of run(supply, span)) {
    while (at + 1 < open.length && piece.fromMs >= open[at + 1]!.cut.from) at++;
    open[at]?.see(piece);
  }
  return open.map((each) => each.outcome());
}

/** A cut, and the time until the next. */
class Watched {
  readonly cut: Span;
  readonly #next: Span | null;
  readonly #fullWh: number;
  readonly #floorWh: number;
  #before: number | null = null;
  #after = 0;
  #poweredMs = 0;
  #missedWh = 0;
  #ranOutAt: number | null = null;
  #fullAt: number | null = null;

  constructor(cut: Span, next: Span | null, battery: Battery | null) {
    this.cut = cut;
    this.#next = next;
    this.#fullWh = battery ? capacityWh(battery) : 0;
    this.#floorWh = battery ? floorWh(battery) : 0;
  }

  see(piece: Piece): void {
    if (piece.toMs <= this.cut.from) return;
    if (piece.fromMs >= this.cut.to) {
      if (this.#fullAt === null && piece.chargeToWh >= this.#fullWh)
        this.#fullAt = piece.chargeFromWh >= this.#fullWh ? piece.fromMs : piece.toMs;
      return;
    }
    this.#before ??= piece.chargeFromWh;
    this.#after = piece.chargeToWh;
    this.#missedWh += piece.energy.missedWh;
    if (piece.on) this.#poweredMs += piece.toMs - piece.fromMs;
    else this.#ranOutAt ??= piece.fromMs;
  }

  outcome(): CutOutcome {
    const share = (wh: number): number => (this.#fullWh === 0 ? 0 : wh / this.#fullWh);
    return {
      cut: this.cut,
      chargeBefore: share(this.#before ?? this.#floorWh),
      chargeAfter: share(this.#after),
      poweredMs: this.#poweredMs,
      ranOutAt: this.#ranOutAt === null ? null : instant(this.#ranOutAt),
      missedWh: this.#missedWh,
      fullAgainAt: this.#fullAt === null ? null : instant(this.#fullAt),
      next: this.#next,
    };
  }
}
