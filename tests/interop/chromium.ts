import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** The system's Chromium, else the one that Playwright brought; null where there is none. */
export function findChromium(): string | null {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const candidates = [...names.map((name) => `/usr/bin/${name}`), chromium.executablePath()];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}
