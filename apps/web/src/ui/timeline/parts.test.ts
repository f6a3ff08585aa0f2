import { fc, test } from "@fast-check/vitest";
import { days, instant } from "@overt/core";
import { expect } from "vitest";
import { partsOf } from "./parts.ts";
import { endOf, LONGEST_MS, SHORTEST_MS } from "./view.ts";

const anyView = fc.record({
  from: fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 }).map(instant),
  lengthMs: fc.integer({ min: SHORTEST_MS, max: LONGEST_MS }),
});

test.prop([anyView])(
  "whatever is shown is asked for without a hole, in few parts, none longer than eight days",
  (view) => {
    const parts = partsOf(view);
    expect(parts.length).toBeLessThanOrEqual(6);
    expect(parts[0]?.from).toBeLessThanOrEqual(view.from);
    expect(parts.at(-1)?.to).toBeGreaterThanOrEqual(endOf(view));
    for (const [i, part] of parts.entries()) {
      expect(part.to - part.from).toBeLessThanOrEqual(days(8));
      if (i > 0) expect(part.from).toBe(parts[i - 1]?.to);
    }
  },
);
