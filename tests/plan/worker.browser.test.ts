import { join } from "node:path";
import { boxNodes, pbfOf } from "@overt/plan/map/testing/osm-file";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../interop/chromium.ts";
import { survey } from "./survey.ts";

const executablePath = findChromium();

describe.skipIf(!executablePath)(
  `the planner in a browser's worker${executablePath ? "" : " [skipped: no chromium]"}`,
  () => {
    let browser: Browser;
    let code: string;
    beforeAll(async () => {
      code = await bundled(join(import.meta.dirname, "survey.ts"));
      browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    });
    afterAll(() => browser?.close());

    test("it needs nothing of Node", () => {
      expect(code).not.toMatch(/["']node:/);
    });

    test("the same map gives the same town, sight and viewshed as in Node", async () => {
      const bytes = await town();
      const page = await browser.newPage();
      // A page of its own origin: a blank one may start no worker.
      await page.route("https://plan.test/", (route) =>
        route.fulfill({ contentType: "text/html", body: "<html></html>" }),
      );
      await page.goto("https://plan.test/");
      const there = await page.evaluate(surveyInPage, { code, map: Buffer.from(bytes).toString("base64") });
      const here = await survey(bytes);
      expect(here).toMatchObject({ buildings: 2, posts: [{ kind: "lamp" }], privateM2: expect.any(Number) });
      expect(here.seen.length).toBeGreaterThan(100);
      expect(there).toEqual(JSON.parse(JSON.stringify(here)));
    });
  },
);

async function bundled(entry: string): Promise<string> {
  const lib = { entry, formats: ["es" as const], fileName: "survey" };
  const result = await build({ configFile: false, logLevel: "error", build: { write: false, lib } });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output && "output" in output ? output.output[0] : undefined;
  if (!chunk || !("code" in chunk)) throw new Error("Vite made no code of the survey.");
  return chunk.code;
}

/** A street with two houses, one of them low, and a lamp. */
function town(): Promise<Uint8Array> {
  const [house, garage] = [boxNodes(1, 10, 10, 30, 22), boxNodes(11, 12, -22, 20, -12)];
  const street = [-80, 80].map((x, i) => ({ id: 21 + i, x, y: 0 }));
  return pbfOf({
    nodes: [...house.nodes, ...garage.nodes, ...street, { id: 30, x: 2, y: 5, tags: { highway: "street_lamp" } }],
    ways: [
      { id: 1, refs: house.refs, tags: { building: "house", "building:levels": "2" } },
      { id: 2, refs: garage.refs, tags: { building: "garage" } },
      { id: 3, refs: [21, 22], tags: { highway: "residential", width: "9" } },
    ],
  });
}

/** Runs inside the page, so it may refer to nothing outside itself. */
function surveyInPage({ code, map }: { code: string; map: string }): Promise<unknown> {
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(Uint8Array.from(atob(map), (character) => character.charCodeAt(0)));
  });
}
