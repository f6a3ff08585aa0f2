import { OvertError } from "@overt/core";
import { describe, expect, test } from "vitest";
import { AT_NIGHT, DRAWS, part, siteLoad, whPerDay } from "./load.ts";

describe("W1: the load of a site, from its parts", () => {
  test("infrared, heater and PTZ are parts of their own, by hour of day, typical and worst", () => {
    const load = siteLoad([
      part("camera", { count: 4, draw: { typicalW: 6, worstW: 8.5 }, efficiency: 0.85 }),
      part("infrared", { count: 4, draw: { typicalW: 4.25, worstW: 4.25 }, efficiency: 0.85 }),
      part("heater", {
        count: 4,
        draw: { typicalW: 17, worstW: 17 },
        share: new Array(24).fill(0),
        worstShare: AT_NIGHT,
      }),
      part("recorder", { draw: { typicalW: 25, worstW: 60 } }),
    ]);
    expect(load.typicalW[12]).toBeCloseTo((4 * 6) / 0.85 + 25);
    expect(load.typicalW[0]).toBeCloseTo((4 * (6 + 4.25)) / 0.85 + 25);
    expect(load.worstW[12]).toBeCloseTo(40 + 60);
    expect(load.worstW[0]).toBeCloseTo(40 + 20 + 80 + 60);
  });

  test("a site of 16 cameras, switches and a recorder comes to about 300 W at worst, as sellers reckon it", () => {
    const parts = [
      part("camera", { count: 16 }),
      part("switch", { count: 2 }),
      part("recorder"),
      part("disk", { count: 4 }),
    ];
    expect(Math.max(...siteLoad(parts).worstW)).toBeGreaterThan(270);
    expect(Math.max(...siteLoad(parts).worstW)).toBeLessThan(350);
  });

  test("every default says where it comes from, and gives way to a data sheet", () => {
    for (const { source } of Object.values(DRAWS)) expect(source.length).toBeGreaterThan(10);
    expect(whPerDay(siteLoad([part("switch", { draw: { typicalW: 5, worstW: 6 } })]).typicalW)).toBe(120);
  });

  test("a worst draw below the typical one is refused by the part's name", () => {
    expect(() => siteLoad([part("radio", { name: "roof radio", draw: { typicalW: 9, worstW: 3 } })])).toThrow(
      expect.objectContaining({ code: "POWER_FIGURE_INVALID", message: expect.stringContaining("roof radio") }),
    );
    expect(() => siteLoad([part("disk", { share: [1] })])).toThrow(OvertError);
  });
});
