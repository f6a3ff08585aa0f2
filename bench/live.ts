import { DEFAULT_CACHE_DIR, timecodeLayout } from "@overt/sim";
import { findChromium } from "../tests/interop/chromium.ts";
import { BenchInstallation, learntAll } from "./live/installation.ts";
import { quantile } from "./live/quantile.ts";
import { arrivals, type Look, SIZE, watchScreen } from "./live/screen.ts";
import { type BenchOptions, type BenchReport, type BenchRow, row } from "./row.ts";

const TILES = 16;
const SUB = { ...SIZE, fps: 10, bitrate: 700_000 };
/** Often enough to see every second of a wall, seldom enough not to be what a wall costs. */
const WALL_LOOK_MS = 100;

/**
 * From a simulated camera's own picture to the pixels of a canvas in a headless browser, through recorder, anonymiser,
 * centre and HTTPS, all on this machine; and a wall of sixteen cameras.
 */
export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  if (!findChromium()) return { rows: [], notes: ["Skipped: no Chromium on this machine."] };
  const glass = await glassToGlass(quick ? 15_000 : 60_000);
  const wall = await wallOf(TILES, quick ? 10_000 : 30_000);
  return {
    rows: [...glass.rows, ...wall.rows],
    notes: [
      "Each drawn picture carries the time at which it was drawn, before it is encoded, as squares that are legible in the anonymiser's blocks; it is read back at each frame of the browser.",
      "All of it shares one machine with the simulated cameras and the browser, without a graphics processor.",
      ...glass.notes,
      ...wall.notes,
    ],
  };
}

async function glassToGlass(forMs: number): Promise<{ rows: BenchRow[]; notes: string[] }> {
  const installation = await BenchInstallation.start({
    count: 1,
    sources: [{ scene: "market" }],
    realtime: true,
    audio: false,
    marks: { timecode: true },
    cacheDir: DEFAULT_CACHE_DIR,
    main: SUB,
    sub: SUB,
  });
  try {
    await installation.until("learnt ground", learntAll);
    const { page, url } = installation;
    await page.goto(`${url}wall/1`);
    await page.waitForSelector('[data-state="live"]');
    const [looks = []] = await watchScreen(page, forMs, 0);
    const seen = arrivals(looks);
    const modulo = 2 ** timecodeLayout(SIZE.width, SIZE.height).bits;
    const latencies = seen.map(({ atMs, code }) => (((atMs - code) % modulo) + modulo) % modulo);
    return {
      rows: [
        row("glass to glass, anonymised, p50", "ms", quantile(latencies, 0.5)),
        row("glass to glass, anonymised, p95", "ms", quantile(latencies, 0.95), { goal: { of: "ours", atMost: 400 } }),
        row("pictures whose time could be read", "", seen.length, {
          // A camera of ten pictures a second.
          goal: { of: "ours", atLeast: ((forMs / 1_000) * SUB.fps) / 2 },
        }),
      ],
      notes: [],
    };
  } finally {
    await installation.end();
  }
}

async function wallOf(tiles: number, forMs: number): Promise<{ rows: BenchRow[]; notes: string[] }> {
  const installation = await BenchInstallation.start({
    count: tiles,
    audio: false,
    marks: { timecode: true },
    cacheDir: DEFAULT_CACHE_DIR,
    seconds: 12,
    main: SUB,
    sub: SUB,
  });
  try {
    const status = await installation.until("learnt ground", learntAll);
    const full = status.cameras.filter(({ anonymiser }) => anonymiser.mode === "full").length;
    const { page, url } = installation;
    await page.goto(`${url}wall/${Array.from({ length: tiles }, (_, i) => i + 1).join(",")}`);
    await page.waitForFunction((count) => document.querySelectorAll('[data-state="live"]').length >= count, full);
    const looks = await watchScreen(page, forMs, WALL_LOOK_MS);
    const dropped = looks.map((looks) => droppedSeconds(looks, forMs));
    const { usedMsPerS } = (await installation.until("a status", () => true)).anonymiser;
    return {
      rows: [
        row(
          `seconds without a new picture, wall of ${tiles} tiles for ${forMs / 1_000} s, all tiles`,
          "s",
          sum(dropped),
          {
            goal: { of: "ours", atMost: 0 },
          },
        ),
        row(`cameras anonymised in full, of ${tiles}`, "", full, { goal: { of: "ours", atLeast: tiles } }),
        row("core time of the anonymiser", "ms/s", Math.round(usedMsPerS)),
      ],
      notes: [`Of ${tiles} tiles ${dropped.filter((seconds) => seconds === 0).length} dropped nothing.`],
    };
  } finally {
    await installation.end();
  }
}

/** Whole seconds in which the tile's time code did not change; a look that cannot be read is no picture. */
function droppedSeconds(looks: readonly Look[], forMs: number): number {
  const seconds = Math.floor(forMs / 1_000);
  const beginMs = looks[0]?.atMs ?? 0;
  const fresh = new Set(arrivals(looks).map(({ atMs }) => Math.floor((atMs - beginMs) / 1_000)));
  return Array.from({ length: seconds }, (_, second) => second).filter((second) => !fresh.has(second)).length;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
