import { DEFAULT_CACHE_DIR } from "@overt/sim";
import { randomStream } from "@overt/sim/scene/random";
import type { Page } from "playwright-core";
import { findChromium } from "../tests/interop/chromium.ts";
import { BenchInstallation, learntAll } from "./live/installation.ts";
import { quantile } from "./live/quantile.ts";
import { SIZE } from "./live/screen.ts";
import { type BenchOptions, type BenchReport, row } from "./row.ts";

const STREAM = { ...SIZE, fps: 10, bitrate: 700_000 };
const SEEKS = 30;
/** What the camera page shows at first. */
const VIEW_MS = 600_000;
/** Where the click went, and the picture that came: a pixel of the timeline is half a second wide. */
const NEAR_MS = 3_000;
const LIMIT_MS = 10_000;
const SEED = 20_261_125;

/** From pressing the mouse on the timeline to the picture of that moment on the canvas, in a headless browser. */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  if (!findChromium()) return { rows: [], notes: ["Skipped: no Chromium on this machine."] };
  const recordMs = quick ? 20_000 : 120_000;
  const installation = await BenchInstallation.start({
    count: 1,
    sources: [{ scene: "market" }],
    audio: false,
    seconds: 12,
    cacheDir: DEFAULT_CACHE_DIR,
    main: STREAM,
    sub: STREAM,
  });
  try {
    await installation.until("learnt ground", learntAll);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const from = Date.now();
    await new Promise((resolve) => setTimeout(resolve, recordMs));
    const seeks = await seekAtRandom(
      installation.page,
      `${installation.url}camera/camera-1`,
      from,
      from + recordMs - 3_000,
    );
    const shown = seeks.filter((seek) => seek !== null);
    return {
      rows: [
        row("timeline click to picture, p50", "ms", rounded(quantile(shown, 0.5))),
        row("timeline click to picture, p95", "ms", rounded(quantile(shown, 0.95))),
        row(`clicks that brought a picture of that moment, of ${SEEKS}`, "", shown.length, {
          goal: { of: "ours", atLeast: SEEKS },
        }),
      ],
      notes: [
        `${SEEKS} clicks at random moments of ${recordMs / 1_000} s that one camera recorded, while it goes on recording; seed ${SEED}.`,
      ],
    };
  } finally {
    await installation.end();
  }
}

/** @returns of each click the time to its picture, or null where none came or it was of another moment */
async function seekAtRandom(page: Page, url: string, from: number, to: number): Promise<(number | null)[]> {
  await page.addInitScript(() => {
    const drawn: number[] = [];
    const pressed: number[] = [];
    Object.assign(window, { drawn, pressed });
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...args: unknown[]): void {
      Reflect.apply(drawImage, this, args);
      drawn.push(performance.now());
    };
    addEventListener("pointerdown", ({ timeStamp }) => pressed.push(timeStamp), { capture: true });
  });
  const middle = Math.round((from + to) / 2);
  await page.goto(`${url}?at=${new Date(middle).toISOString()}`);
  await page.locator("time[datetime]").waitFor();
  const rows = await page.locator("[data-kind=anonymised]").boundingBox();
  if (!rows) throw new Error("The timeline has no rows.");
  const random = randomStream(SEED);
  const found: (number | null)[] = [];
  for (let i = 0; i < SEEKS; i++) {
    const at = from + random() * (to - from);
    const share = 0.5 + (at - middle) / VIEW_MS;
    const before = await page.locator("time[datetime]").getAttribute("datetime");
    await page.evaluate(() => {
      (window as unknown as Hooked).drawn.length = 0;
      (window as unknown as Hooked).pressed.length = 0;
    });
    await page.mouse.click(rows.x + rows.width * share, rows.y + rows.height / 2);
    found.push(await pictureAfterClick(page, at, before));
  }
  return found;
}

interface Hooked {
  readonly drawn: number[];
  readonly pressed: number[];
}

async function pictureAfterClick(page: Page, at: number, before: string | null): Promise<number | null> {
  const end = performance.now() + LIMIT_MS;
  while (performance.now() < end) {
    const { times, shown } = await page.evaluate(() => {
      const { drawn, pressed } = window as unknown as Hooked;
      const first = drawn.find((time) => time >= (pressed[0] ?? Number.POSITIVE_INFINITY));
      const shown = document.querySelector("time[datetime]")?.getAttribute("datetime") ?? null;
      return { times: first === undefined ? null : first - (pressed[0] ?? 0), shown };
    });
    if (times !== null && shown !== null && (shown !== before || Math.abs(Date.parse(shown) - at) < NEAR_MS))
      return Math.abs(Date.parse(shown) - at) < NEAR_MS ? times : null;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
