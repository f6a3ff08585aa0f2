import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "./interop/chromium.ts";
import { ffmpeg, has } from "./interop/encode.ts";

const browserPath = findChromium();
const missing = (has("ffmpeg") ? "" : "no ffmpeg") || (browserPath ? "" : "no Chromium");
const main = new URL("../apps/cli/src/main.ts", import.meta.url).pathname;
const PORT = 18_444;
const ACCOUNT = { name: "night-shift", password: "a long enough password" };

interface Gap {
  readonly from: number;
  readonly to: number | null;
  readonly cause: string;
}

/** By the command that a person would type, seen on the pages that a person would look at. */
describe.skipIf(missing)(`pulling the demo's plug${missing ? ` [skipped: ${missing}]` : ""}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "overt-outage-"));
  const data = join(dir, "data");
  let demo: ChildProcess;
  let browser: Browser;
  let page: Page;
  let url: string;

  beforeAll(async () => {
    const video = join(dir, "street.mp4");
    ffmpeg([
      ...["-f", "lavfi", "-i", "smptebars=s=320x240:r=10:d=20", "-pix_fmt", "yuv420p"],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "0", "-y", video],
    ]);
    const args = [main, "demo", "--json", "--port", `${PORT}`, "--data", data, "--video", video];
    demo = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    const line = await new Promise<string>((resolve, reject) => {
      demo.stdout?.once("data", (chunk: Buffer) => resolve(String(chunk)));
      demo.once("exit", (code) => reject(new Error(`the demo ended with ${code}`)));
    });
    const { ready, setupLink } = JSON.parse(line) as { ready: string; setupLink: string };
    url = ready;
    browser = await chromium.launch({
      executablePath: browserPath as string,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
    });
    page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(setupLink);
    await page.getByRole("textbox", { name: /name/i }).fill(ACCOUNT.name);
    await page.locator("input[type=password]").fill(ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.waitForSelector('[data-state="live"]', { timeout: 60_000 });
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    const gone = new Promise((resolve) => demo?.once("exit", resolve));
    demo?.kill("SIGTERM");
    await gone;
    rmSync(dir, { recursive: true, force: true });
  });

  test("darkens cameras and recorder, and the control room says what happened in an operator's words", async () => {
    const cut = promisify(execFile)(process.execPath, [
      ...[main, "sim", "outage", "--json", "--data", data, "--site", "demo-town"],
      ...["--seconds", "20", "--battery", "5"],
    ]);
    await page.goto(`${url}health`);
    const says = (text: RegExp, limitMs: number) => page.getByText(text).first().waitFor({ timeout: limitMs });
    await says(/Site demo-town has been on battery since .* left\./, 20_000);
    await says(/Site demo-town has had no power since .* records again by itself/, 20_000);
    expect(JSON.parse((await cut).stdout)).toMatchObject({ site: "demo-town" });
    await says(/All 1 cameras record as asked\./, 60_000);
    expect(await page.getByText(/has had no power since/).count()).toBe(0);
    await says(/s without power\. Nobody had announced it\. The recorder closed everything in order/, 10_000);

    const gapsNow = async () => {
      const now = Date.now();
      const answer = await page.request.get(`${url}api/cameras/video-1/timeline?from=${now - 60_000}&to=${now}`);
      const { original } = (await answer.json()) as { original: { gaps: readonly Gap[] } };
      return original.gaps;
    };
    // The first footage after it must be durable before the gap has an end.
    await expect.poll(async () => (await gapsNow()).every(({ to }) => to !== null), { timeout: 20_000 }).toBe(true);
    const gaps = await gapsNow();
    const power = gaps.filter(({ cause }) => cause === "site_power");
    expect(power).toHaveLength(1);
    expect((power[0]?.to ?? 0) - (power[0]?.from ?? 0)).toBeGreaterThan(15_000);
    expect(gaps.filter(({ from, cause }) => from > (power[0]?.from ?? 0) && cause !== "site_power")).toEqual([]);
  }, 120_000);

  test("is refused for a site that is not there", async () => {
    const cut = promisify(execFile)(process.execPath, [main, "sim", "outage", "--data", data, "--site", "elsewhere"]);
    await expect(cut).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("SITE_UNKNOWN") });
  });

  test("is a button on the health page, in the demo only", async () => {
    await page.goto(`${url}health`);
    await page.getByRole("button", { name: /Cut the power for 90 s/ }).click();
    await page.getByText(/Power is back in \d+ s/).waitFor({ timeout: 10_000 });
    expect(await page.getByRole("button", { name: /Cut the power for 90 s/ }).isDisabled()).toBe(true);
  }, 30_000);
});
