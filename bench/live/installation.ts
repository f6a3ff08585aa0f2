import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Running, startInstallation } from "@overt/cli/commands/serve";
import { makeDemoKeys } from "@overt/cli/demo-keys";
import { instant } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import type { CamerasOptions } from "@overt/sim";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../tests/interop/chromium.ts";
import { freshBundle } from "../../tests/web/bundle.ts";
import { Cameras } from "../ingest/cameras.ts";

const LOOK_EVERY_MS = 250;
const ACCOUNT = { name: "bench", password: "a long enough password" };
const SCREEN = { width: 1920, height: 1080 };

/** Simulated cameras, recorder, centre and a browser that is logged in: the whole way of a picture on one machine. */
export class BenchInstallation {
  readonly page: Page;
  readonly url: string;
  readonly #cameras: Cameras;
  readonly #running: Running;
  readonly #browser: Browser;
  readonly #dir: string;

  private constructor(parts: { page: Page; cameras: Cameras; running: Running; browser: Browser; dir: string }) {
    this.page = parts.page;
    this.url = parts.running.url as string;
    this.#cameras = parts.cameras;
    this.#running = parts.running;
    this.#browser = parts.browser;
    this.#dir = parts.dir;
  }

  static async start(options: CamerasOptions): Promise<BenchInstallation> {
    const dir = mkdtempSync(join(tmpdir(), "overt-bench-"));
    await freshBundle();
    const cameras = await Cameras.start(options);
    const running = await startInstallation(await installationOf(dir, cameras), {
      say: () => {},
      progress: () => {},
      result: () => {},
    });
    const browser = await chromium.launch({
      executablePath: findChromium() as string,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true, viewport: SCREEN })).newPage();
    await page.goto(running.setupLink as string);
    await page.getByRole("textbox", { name: /name/i }).fill(ACCOUNT.name);
    await page.locator("input[type=password]").fill(ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-tile]", { timeout: 60_000 });
    return new BenchInstallation({ page, cameras, running, browser, dir });
  }

  /** Waits for the recorder to say so. @throws Error after `limitMs` */
  async until(what: string, holds: (status: RecorderStatus) => boolean, limitMs = 120_000): Promise<RecorderStatus> {
    const end = performance.now() + limitMs;
    let last: RecorderStatus | null = null;
    while (performance.now() < end) {
      last = await this.#running.status();
      if (last && holds(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new Error(`${what} did not happen within ${limitMs} ms; the recorder last said: ${wordsOf(last)}`);
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.#running.end();
    this.#cameras.end();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Whether every camera has learnt its ground. */
export const learntAll = ({ cameras }: RecorderStatus): boolean =>
  cameras.every(({ anonymiser }) => anonymiser.learntShare > 0.5);

function wordsOf(status: RecorderStatus | null): string {
  if (!status) return "nothing";
  return status.cameras
    .map(({ id, anonymiser: { mode, state, learntShare }, problem }) =>
      [id, mode, state, `${Math.round(learntShare * 100)} %`, problem?.code ?? ""].join(" "),
    )
    .join(", ");
}

async function installationOf(dir: string, { urls }: Cameras): Promise<Parameters<typeof startInstallation>[0]> {
  const cameras = urls.map((streams, i) => ({
    id: `camera-${i + 1}`,
    number: i + 1,
    name: `Camera ${i + 1}`,
    ...streams,
  }));
  const keys = await makeDemoKeys(
    `${dir}/demo-keys`,
    cameras.map(({ id: camera, number, name }) => ({ camera, number, name })),
    instant(Date.now()),
  );
  const socket = `${dir}/recorder.sock`;
  mkdirSync(`${dir}/centre`, { mode: 0o700 });
  return {
    centre: {
      dataDir: `${dir}/centre`,
      host: "127.0.0.1",
      port: 0,
      webDir: await freshBundle(),
      demo: true,
      logLevel: "silent",
      recorders: [{ name: "bench", socketPath: socket }],
    },
    recorder: {
      id: "bench",
      site: "bench",
      socket,
      stateDir: `${dir}/recorder`,
      volumes: [{ path: `${dir}/footage` }],
      keyStores: [`${dir}/keys-a`, `${dir}/keys-b`],
      overseer: keys.overseerPublicKey,
      roster: keys.rosterFile,
      demoKeys: true,
      cameras: cameras.map((camera) => ({ ...camera, permit: keys.permitFiles.get(camera.id) as string })),
    },
  };
}
