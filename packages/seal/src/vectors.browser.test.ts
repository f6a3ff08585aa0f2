import { existsSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { build } from "vite";
import { expect, test } from "vitest";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const missing = executablePath ? "" : " [skipped: no chromium]";

/** One classic script that leaves `overtSeal.checkVectors` behind. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      lib: {
        entry: new URL("./testing/check-vectors.ts", import.meta.url).pathname,
        formats: ["iife"],
        name: "overtSeal",
      },
    },
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (!first || !("output" in first)) throw new Error("vite gave no bundle");
  return first.output[0].code;
}

test.skipIf(missing)(`Chromium gives and reads the bytes of the vectors${missing}`, async () => {
  const vectors = readFileSync(new URL("../vectors.json", import.meta.url), "utf8");
  const browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    // WebCrypto is there in secure contexts only.
    await page.route("https://overt.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
    );
    await page.goto("https://overt.test/");
    await page.addScriptTag({ content: await bundle() });
    const checks = (await page.evaluate(`overtSeal.checkVectors(${vectors})`)) as { name: string; held: boolean }[];
    expect(checks.filter(({ held }) => !held)).toEqual([]);
    expect(checks.length).toBeGreaterThan(20);
  } finally {
    await browser.close();
  }
});
