import { describe, expect, test } from "vitest";
import { battery } from "./battery.ts";
import { checkCuts } from "./cut-check.ts";
import type { Supply } from "./supply.ts";
import { always, at, between } from "./testing/days.ts";

const supply = (dark: Supply["dark"], ratedWh: number, chargerW: number): Supply => ({
  zone: "Africa/Lagos",
  loadW: always(50),
  dark,
  battery: ratedWh === 0 ? null : battery("lead_agm", { ratedWh, chargerW }),
  solar: null,
});

describe("W3: the battery lasts the longest cut and is full again before the next", () => {
  test("large enough, and charged in time: it holds", () => {
    const { verdict, outcomes } = checkCuts(
      supply([between(6, 10), between(24, 28)], 2_000, 200),
      between(0, 48),
      "north",
    );
    expect(verdict).toEqual({ holds: true });
    expect(outcomes.map(({ ranOutAt }) => ranOutAt)).toEqual([null, null]);
    expect(outcomes[0]!.chargeAfter).toBeLessThan(1);
    expect(outcomes[0]!.fullAgainAt).toBeGreaterThan(at(10));
  });

  test("too small for the longest cut: that cut is named, with what was missed", () => {
    const { verdict } = checkCuts(supply([between(6, 7), between(24, 32)], 800, 200), between(0, 48), "north");
    expect(verdict).toMatchObject({
      holds: false,
      because: "ran_out",
      name: "2026-03-03 01:00 to 2026-03-03 09:00, feeder north",
      failing: 1,
    });
    if (!verdict.holds) expect(verdict.outcome.missedWh).toBeGreaterThan(50);
  });

  test("large enough for each cut, but the charger is too weak for the next: the cut that it is not full after is named", () => {
    const { verdict } = checkCuts(supply([between(6, 10), between(14, 18)], 2_000, 60), between(0, 72), "north");
    expect(verdict).toMatchObject({ holds: false, because: "not_full_again", name: "2026-03-02 07:00 to 2026-03-02 11:00, feeder north", failing: 1 }); // biome-ignore format: one line
    if (!verdict.holds) expect(verdict.outcome.fullAgainAt).toBeNull();
  });

  test("half full at the second cut it may even run out, though it would last it when full", () => {
    const outcomes = checkCuts(supply([between(6, 10), between(11, 15)], 800, 40), between(0, 72), "north").outcomes;
    expect(outcomes[0]!.ranOutAt).toBeNull();
    expect(outcomes[1]!.ranOutAt).not.toBeNull();
    expect(outcomes[1]!.chargeBefore).toBeLessThan(0.8);
  });

  test("without a battery every cut fails, from its first moment", () => {
    const { verdict, outcomes } = checkCuts(supply([between(6, 7)], 0, 0), between(0, 24), "north");
    expect(verdict).toMatchObject({ holds: false, because: "ran_out" });
    expect(outcomes[0]).toMatchObject({ ranOutAt: at(6), poweredMs: 0, missedWh: 50 });
  });
});
