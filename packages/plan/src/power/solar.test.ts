import { fc, test } from "@fast-check/vitest";
import { hours, instant } from "@overt/core";
import { describe, expect } from "vitest";
import { azimuthDeg, compassDeg } from "./azimuth.ts";
import { battery } from "./battery.ts";
import { quickRule, ruleDoubts } from "./quick-rule.ts";
import { readWeather } from "./read-weather.ts";
import { type Panel, panelSeries, seriesOver } from "./solar.ts";
import { solarResult } from "./solar-result.ts";
import { cosIncidence, sunAt } from "./sun.ts";
import { always, span } from "./testing/days.ts";
import { hourlyCsv, tmyCsv } from "./testing/pvgis.ts";

const failsWith = (code: string, message = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const panel = (more: Partial<Panel> = {}): Panel => ({
  peakW: 1_000,
  slopeDeg: 35,
  facesDeg: 180,
  lossShare: 0.14,
  ...more,
});

/** Clear days: direct light whenever the sun stands above the horizon. */
const clear = readWeather(
  tmyCsv((at) => {
    const { elevation } = sunAt(at.getTime() + 0.1761 * hours(1), 45, 8);
    const direct = elevation > 0 ? 700 : 0;
    const diffuse = elevation > 0 ? 80 : 0;
    return { direct, diffuse, global: direct * Math.max(0, Math.sin(elevation)) + diffuse, celsius: 15 };
  }),
);
const sum = (watts: Float64Array): number => watts.reduce((a, b) => a + b, 0);

describe("W7: directions of panels", () => {
  test("PVGIS counts from south, a compass from north: 90 is west in one and east in the other", () => {
    expect(compassDeg(0, "from_south")).toBe(180);
    expect(compassDeg(90, "from_south")).toBe(270);
    expect(compassDeg(-90, "from_south")).toBe(90);
    expect(compassDeg(-180, "from_south")).toBe(0);
    expect(compassDeg(90, "from_north")).toBe(90);
    expect(compassDeg(360, "from_north")).toBe(0);
    expect(() => compassDeg(-90, "from_north")).toThrow(failsWith("POWER_FIGURE_INVALID", "from north"));
    expect(() => compassDeg(270, "from_south")).toThrow(failsWith("POWER_FIGURE_INVALID", "from south"));
  });

  test("a panel that faces west gives its most in the afternoon, whichever way its direction was counted", () => {
    const byCompass = panelSeries(clear, panel({ facesDeg: compassDeg(270, "from_north") })).watts;
    const byPvgis = panelSeries(clear, panel({ facesDeg: compassDeg(90, "from_south") })).watts;
    const june = (hour: number): number => 24 * 160 + hour;
    expect(byCompass).toEqual(byPvgis);
    expect(byPvgis[june(15)]!).toBeGreaterThan(2 * byPvgis[june(7)]!);
  });

  test("the file of a plane is read by PVGIS's convention", () => {
    const { sunlight } = readWeather(
      hourlyCsv({ slopeDeg: 30, azimuthDeg: -90, rows: ["20160101:0010,1.0,2.0,3.0,4.0,5.0,0.0"] }),
    );
    expect(sunlight).toMatchObject({ kind: "plane", plane: { slopeDeg: 30, facesDeg: 90 } });
  });

  test.prop([fc.integer({ min: 0, max: 359 })])("there and back again it is the same direction", (deg) => {
    for (const convention of ["from_north", "from_south"] as const)
      expect(compassDeg(azimuthDeg(deg, convention), convention)).toBe(deg);
  });
});

describe("W6: sun from an imported file", () => {
  test("where the sun stands, against PVGIS's own beam: 45° N 8° E, 6 January 2014, 10:00 UTC + 0.176 h", () => {
    // G(h) 330, Gb(n) 770.1, Gd(h) 68: the sine of its elevation is (330 − 68) / 770.1.
    const { elevation, azimuth } = sunAt(Date.UTC(2014, 0, 6, 10) + 0.1761 * hours(1), 45, 8);
    expect(Math.sin(elevation)).toBeCloseTo((330 - 68) / 770.1, 2);
    expect((azimuth * 180) / Math.PI).toBeCloseTo(159.6, 0);
    expect(cosIncidence({ elevation, azimuth }, 0, 0)).toBeCloseTo(Math.sin(elevation));
  });

  test("against PVGIS's own heights of the sun: 45° N 8° E, 1 January 2016", () => {
    const heights = [8.06, 14.8, 19.54, 21.82, 21.41];
    for (const [i, degrees] of heights.entries())
      expect((sunAt(Date.UTC(2016, 0, 1, 8 + i, 10), 45, 8).elevation * 180) / Math.PI).toBeCloseTo(degrees, 0);
  });

  test("beam, sky and ground of a plane are its sunlight, in files that keep them apart", () => {
    const columns = "time,Gb(i),Gd(i),Gr(i),H_sun,T2m,WS10m,Int";
    const rows = ["20160101:0810,26.71,8.28,0.21,8.06,3.87,1.22,1.0"];
    const { sunlight } = readWeather(hourlyCsv({ slopeDeg: 30, azimuthDeg: 0, rows, columns }));
    expect(sunlight).toMatchObject({ kind: "plane", panel: null });
    if (sunlight.kind === "plane") expect(sunlight.onPlane[0]).toBeCloseTo(35.2);
  });

  test("hours of which the weather says nothing are refused, not dark", () => {
    const series = { fromHour: Date.UTC(2001, 0, 1) / hours(1), watts: new Float64Array(8_000) };
    expect(() => seriesOver(series, span("2028-02-28T23:00Z", "2028-03-01T02:00Z"))).toThrow(
      failsWith("WEATHER_TOO_SHORT"),
    );
    const site = { zone: "UTC", loadW: always(30), dark: [], battery: null, solar: series };
    expect(() => solarResult(site, span("2001-11-01T00:00Z", "2001-12-31T00:00Z"))).toThrow(
      failsWith("WEATHER_TOO_SHORT"),
    );
  });

  test("an hourly file gives what PVGIS reckoned for its plane, scaled to the panel and its losses", () => {
    const rows = ["20160228:2210,0.0,0.0,0.0,4.0,5.0,0.0", "20160228:2310,1720.0,1000.0,3.0,4.0,5.0,0.0", "20160229:0010,860.0,500.0,3.0,4.0,5.0,0.0"]; // biome-ignore format: one line
    const weather = readWeather(hourlyCsv({ slopeDeg: 35, azimuthDeg: 0, rows }));
    expect(weather).toMatchObject({
      source: "PVGIS-SARAH2",
      latDeg: 45,
      lonDeg: 8,
      minutesPast: 10,
      typicalYear: false,
    });
    expect([...panelSeries(weather, panel({ peakW: 500 })).watts]).toEqual([0, 430, 215]);
    expect([...panelSeries(weather, panel({ peakW: 500, lossShare: 0.57 })).watts][1]).toBeCloseTo(215);
  });

  test("the file of another plane is refused, not turned by guess; a typical year serves all", () => {
    const weather = readWeather(hourlyCsv({ slopeDeg: 35, azimuthDeg: 0, rows: ["20160101:0010,1,2,3,4,5,0"] }));
    expect(() => panelSeries(weather, panel({ facesDeg: 90 }))).toThrow(
      failsWith("WEATHER_PLANE_DIFFERS", "faces 180°"),
    );
    expect(() => panelSeries(weather, panel({ slopeDeg: 10 }))).toThrow(failsWith("WEATHER_PLANE_DIFFERS"));
    const southern = sum(panelSeries(clear, panel()).watts);
    expect(southern).toBeGreaterThan(sum(panelSeries(clear, panel({ facesDeg: 0 })).watts) * 1.3);
    expect(southern).toBeGreaterThan(sum(panelSeries(clear, panel({ slopeDeg: 90 })).watts));
  });

  test("other years take the weather's years one after the other, and the 29th of February the 28th", () => {
    const series = {
      fromHour: Date.UTC(2001, 0, 1) / hours(1),
      watts: Float64Array.from({ length: 8_760 }, (_, i) => i),
    };
    const over = seriesOver(series, span("2028-02-28T23:00Z", "2028-03-01T02:00Z")).watts;
    const february = (31 + 27) * 24;
    expect(over[0]).toBe(february + 23);
    expect(over[1]).toBe(february);
    expect(over[25]).toBe(february + 24);
  });

  test("hours that are missing or cannot be read are named by their line", () => {
    const file =
      (...rows: string[]) =>
      () =>
        readWeather(hourlyCsv({ slopeDeg: 35, azimuthDeg: 0, rows }));
    expect(file("20160101:0010,1,2,3,4,5,0", "20160101:0210,1,2,3,4,5,0")).toThrow(
      failsWith("WEATHER_ROW_INVALID", "Line 14"),
    );
    expect(file("20160101:0010,1,x,3,4,5,0")).toThrow(failsWith("WEATHER_ROW_INVALID", '"x"'));
    expect(file("20160101:0010,1,2")).toThrow(failsWith("WEATHER_ROW_INVALID", "Line 13"));
    expect(file()).toThrow(failsWith("WEATHER_FORMAT_UNKNOWN"));
    expect(() => readWeather("hello")).toThrow(failsWith("WEATHER_FORMAT_UNKNOWN"));
  });

  test("a year hour by hour, in PVGIS's terms: days full, days empty, energy missed, the worst month", () => {
    const solar = panelSeries(clear, panel({ peakW: 300, slopeDeg: 60 }));
    const year = { from: instant(solar.fromHour * hours(1)), to: instant((solar.fromHour + 8_760) * hours(1)) };
    const site = { zone: "Europe/Rome", loadW: always(30), dark: [year], battery: battery("lithium_iron_phosphate", { ratedWh: 1_500, chargerW: 0 }), solar }; // biome-ignore format: one line
    const good = solarResult(site, year);
    expect(good.daysFullPercent).toBeGreaterThan(95);
    expect(good).toMatchObject({ daysEmptyPercent: 0, missedWhPerDay: 0, poweredShare: 1 });
    const weak = solarResult({ ...site, solar: panelSeries(clear, panel({ peakW: 140, slopeDeg: 10 })) }, year);
    expect(weak.worst?.month).toBe(12);
    expect(weak.daysEmptyPercent).toBeGreaterThan(10);
    expect(weak.missedWhPerDay).toBeGreaterThan(10);
    expect(weak.months.map(({ days }) => days).reduce((a, b) => a + b)).toBe(366);
  });

  test("a year of clouds in one week is missed by an average, not by the hours", () => {
    const gloomy = { ...panelSeries(clear, panel({ peakW: 300, slopeDeg: 60 })) };
    const watts = gloomy.watts.map((w, hour) => (hour >= 24 * 200 && hour < 24 * 207 ? 0 : w * (365 / 358)));
    const year = { from: instant(gloomy.fromHour * hours(1)), to: instant((gloomy.fromHour + 8_760) * hours(1)) };
    const site = { zone: "UTC", loadW: always(30), dark: [year], battery: battery("lithium_iron_phosphate", { ratedWh: 1_500, chargerW: 0 }) }; // biome-ignore format: one line
    expect(solarResult({ ...site, solar: { ...gloomy, watts } }, year).worst).toMatchObject({ month: 7, daysEmpty: 8 });
  });
});

describe("W8: the quick rule beside it", () => {
  const lead = battery("lead_agm", { ratedWh: 3_200, chargerW: 0 });
  test("Wh a day × 3 days ÷ depth ÷ efficiency, and a panel for the worst month", () => {
    const rule = quickRule(always(20), lead, 1.5);
    expect(rule.loadWhPerDay).toBe(480);
    expect(rule.batteryWh).toBeCloseTo((480 * 3) / 0.5 / 0.9);
    expect(rule.panelW).toBeCloseTo(480 / 0.9 / 0.85 / 1.5);
    expect(quickRule(always(20), lead, 1.5, 5).batteryWh).toBeCloseTo((rule.batteryWh * 5) / 3);
  });

  test("a plan that is far from the rule is doubted, by what is far", () => {
    const rule = quickRule(always(20), lead, 1.5);
    expect(ruleDoubts(rule, { batteryWh: 3_200, panelW: 400 })).toEqual([]);
    expect(ruleDoubts(rule, { batteryWh: 320, panelW: 400 })).toEqual(["battery"]);
    expect(ruleDoubts(rule, { batteryWh: 3_200, panelW: 4_000 })).toEqual(["panel"]);
  });

  test("a month without sun is refused: no panel is large enough", () => {
    expect(() => quickRule(always(20), lead, 0)).toThrow(failsWith("POWER_FIGURE_INVALID"));
  });
});
