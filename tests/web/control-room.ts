import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect, test } from "vitest";
import { type FakeRecorder, startFakeRecorder } from "../../apps/control/src/fake-recorder.ts";
import { OPERATOR, startLoggedIn, startTestCentre, type TestCentre } from "../../apps/control/src/test-centre.ts";
import { findChromium } from "../interop/chromium.ts";
import { freshBundle } from "./bundle.ts";

const chromiumPath = findChromium();
const WHY = " [skipped: no Chromium on this machine]";

/** A test that needs a browser; its name says so where there is none. */
export function inBrowser(name: string, run: () => Promise<void>): void {
  test.skipIf(!chromiumPath)(chromiumPath ? name : `${name}${WHY}`, run);
}

/** What becomes true by itself; the wait only bounds a failure. */
export const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 8_000, interval: 30 });

type Options = NonNullable<Parameters<typeof startLoggedIn>[0]>;

export interface Screen {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "dark" | "light";
  readonly zone?: string;
  readonly direction?: "ltr" | "rtl";
  readonly isPhone?: boolean;
}

/** A real centre with a fake recorder behind it and a real browser before it. */
export class ControlRoom {
  readonly recorder: FakeRecorder;
  centre: TestCentre;
  readonly #browser: Browser;
  readonly #directory: string;
  readonly #options: Options;

  static async open(): Promise<ControlRoom | null> {
    if (!chromiumPath) return null;
    const directory = mkdtempSync(join(tmpdir(), "overt-web-"));
    const socketPath = join(directory, "recorder.sock");
    const options: Options = {
      dataDir: join(directory, "centre"),
      recorders: [{ name: "fake", socketPath }],
      webDir: await freshBundle(),
      demo: true,
      logLevel: "silent",
    };
    const recorder = await startFakeRecorder({ socketPath, width: 320, height: 240 });
    const args = ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--disable-quic"];
    const browser = await chromium.launch({ executablePath: chromiumPath, args });
    return new ControlRoom({ recorder, centre: await startLoggedIn(options), browser, directory, options });
  }

  constructor(parts: {
    recorder: FakeRecorder;
    centre: TestCentre;
    browser: Browser;
    directory: string;
    options: Options;
  }) {
    this.recorder = parts.recorder;
    this.centre = parts.centre;
    this.#browser = parts.browser;
    this.#directory = parts.directory;
    this.#options = parts.options;
  }

  get url(): string {
    return this.centre.control.url.replace(/\/$/, "");
  }

  /** A browser of its own that has never logged in, with what went wrong on its pages. */
  async stranger(screen: Screen = {}): Promise<{ page: Page; faults: string[] }> {
    const { width = 1440, height = 900, scheme = "dark", zone = "UTC", direction = "ltr", isPhone = false } = screen;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      ignoreHTTPSErrors: true,
      timezoneId: zone,
      reducedMotion: "reduce",
      ...(isPhone ? { isMobile: true, hasTouch: true } : {}),
    });
    context.setDefaultTimeout(10_000);
    await context.addInitScript(
      ({ scheme: wanted, direction: dir }) => {
        if (location.protocol !== "https:") return;
        localStorage.setItem("mantine-color-scheme-value", wanted);
        addEventListener("DOMContentLoaded", () => document.documentElement.setAttribute("dir", dir));
      },
      { scheme, direction },
    );
    const page = await context.newPage();
    return { page, faults: faultsOf(page) };
  }

  /** Logged in by the cookie of a session that exists, on the page of that path. */
  async operator(path = "/", screen: Screen = {}): Promise<{ page: Page; faults: string[] }> {
    const { page, faults } = await this.stranger(screen);
    await this.#lendSession(page.context());
    await page.goto(`${this.url}${path}`);
    return { page, faults };
  }

  /** The centre goes away; what is returned brings it back at the same address. */
  async stopCentre(): Promise<() => Promise<void>> {
    const port = Number(new URL(this.url).port);
    const { client } = this.centre;
    await this.centre.close();
    return async () => {
      const centre = await startTestCentre({ ...this.#options, port });
      centre.client.cookie = client.cookie;
      this.centre = centre;
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.centre.close();
    await this.recorder.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #lendSession(context: BrowserContext): Promise<void> {
    const { client } = this.centre;
    if (!client.cookie) await client.send("POST", "/api/login", OPERATOR);
    const [name = "", value = ""] = (client.cookie ?? "").split("=");
    await context.addCookies([{ name, value, url: this.url, secure: true, httpOnly: true, sameSite: "Strict" }]);
  }
}

/** Errors of the console, of scripts and of the content policy. That nobody is logged in is asked, and is no fault. */
function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    const isRefusal = message.text().includes("401") && /\/api\/(me|login)$/.test(message.location().url);
    if (message.type() === "error" && !isRefusal) faults.push(`${message.text()} ${message.location().url}`);
  });
  return faults;
}

export { OPERATOR };
