import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readIdentity } from "@overt/cli/key-files";
import { cameraId, type Instant, instant } from "@overt/core";
import { H264_NAL, nalType, splitAnnexB } from "@overt/media/codec";
import { KeeperClient } from "@overt/recorder/keystore/client";
import { openWindow, packRecords } from "@overt/sim/opener/index";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "./interop/chromium.ts";
import { ffmpeg, has } from "./interop/encode.ts";
import type { ForeignServer } from "./interop/foreign-server.ts";
import { gstreamerMissing, startGstreamer } from "./interop/gstreamer.ts";

const browserPath = findChromium();
const missing = gstreamerMissing || (has("ffmpeg") ? "" : "no ffmpeg") || (browserPath ? "" : "no Chromium");
const root = new URL("..", import.meta.url).pathname;
const OPERATIONS = ["o1", "o2", "o3"];
const OVERSIGHT = ["v1", "v2", "v3", "v4", "v5"];
const ACCOUNT = { name: "night-shift", password: "a long enough password" };
const PORT = 18_443;

/** One camera that is not ours, the whole way, by the commands that a person would type. */
describe.skipIf(missing)(`one real stream from camera to browser${missing ? ` [skipped: ${missing}]` : ""}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "overt-walk-"));
  let server: ForeignServer;
  let installation: Installation;
  let browser: Browser;
  let page: Page;
  let sent: Set<string>;
  let began: Instant;

  beforeAll(async () => {
    const { file, slices } = movingScene(dir);
    sent = slices;
    server = await startGstreamer({ file, codec: "h264" });
    makeKeysByCommand(dir);
    writeFileSync(join(dir, "overt.yaml"), configuration(server.url, overseerOf(dir)));
    installation = await serve(dir);
    began = instant(Date.now());
    browser = await chromium.launch({
      executablePath: browserPath as string,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    page = await (
      await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } })
    ).newPage();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    installation?.kill();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test("a person opens the one-time link over HTTPS, makes an account, and sees the camera live", async () => {
    await page.goto(installation.setupLink as string);
    await page.getByRole("textbox", { name: /name/i }).fill(ACCOUNT.name);
    await page.locator("input[type=password]").fill(ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.waitForSelector('[data-state="live"]', { timeout: 60_000 });
    await expect.poll(() => brightness(page), { timeout: 20_000 }).toBeGreaterThan(20);
  }, 120_000);

  test("what was recorded is on the timeline and can be played", async () => {
    await expect.poll(() => recordedMs(page, installation.url), { timeout: 60_000 }).toBeGreaterThan(6_000);
    await page.goto(`${installation.url}camera/gate?at=${new Date(Date.now() - 4_000).toISOString()}`);
    await expect.poll(() => brightness(page), { timeout: 30_000 }).toBeGreaterThan(20);
    expect(await page.getByText(/Original \(sealed\)/).count()).toBeGreaterThan(0);
  }, 60_000);

  test("kill -9 of everything in the middle loses nothing that was seen, and it goes on by itself", async () => {
    const seenTo = Date.now() - 3_000;
    installation.kill();
    installation = await serve(dir);
    expect(installation.setupLink).toBeNull();
    await page.goto(installation.url);
    await page.waitForSelector('[data-state="live"], input[type=password]', { timeout: 60_000 });
    await page.goto(`${installation.url}camera/gate?at=${new Date(seenTo).toISOString()}`);
    await expect.poll(() => brightness(page), { timeout: 30_000 }).toBeGreaterThan(20);
  }, 120_000);

  test("custodians of both groups together can open the original, which holds what the camera sent", async () => {
    const ended = instant(Date.now());
    await installation.end();
    const keeper = new KeeperClient({ places: [`${dir}/keys-a`, `${dir}/keys-b`], onDestroyed: () => {} });
    await keeper.ready();
    const opened = await openWindow({
      camera: cameraId("gate"),
      track: "original",
      from: began,
      to: ended,
      records: packRecords(`${dir}/data/footage`),
      identities: await Promise.all(
        [...OPERATIONS.slice(1), ...OVERSIGHT.slice(2)].map((id) => readIdentity(`${dir}/keys/${id}.agekey`)),
      ),
      recorder: null,
      periodKeyOf: async (camera, start) => {
        const found = await keeper.get(camera, start);
        return found.state === "live" ? found.keys[0] : null;
      },
    });
    keeper.close();
    expect(opened.closed).toEqual([]);
    const slices = opened.pictures.flatMap(({ nals }) => nals.filter(isSlice).map(base64));
    expect(slices.length).toBeGreaterThan(100);
    expect(slices.filter((slice) => !sent.has(slice))).toEqual([]);
  }, 60_000);

  test("no file of the installation holds a clear access unit", () => {
    const slice = [...sent].map((text) => Buffer.from(text, "base64")).find(({ length }) => length > 500) as Buffer;
    const needle = slice.subarray(100, 132);
    const found = spawnSync(
      "grep",
      ["-rlaPe", [...needle].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""), dir],
      {
        encoding: "latin1",
        env: { ...process.env, LC_ALL: "C" },
      },
    ).stdout;
    // The camera's own file is the only place: the search finds what is there.
    expect(found.trim().split("\n")).toEqual([join(dir, "camera.mp4")]);
  });
});

interface Installation {
  readonly url: string;
  readonly setupLink: string | null;
  /** SIGKILL to every process of it, in no order. */
  kill(): void;
  end(): Promise<void>;
}

function overt(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}apps/cli/src/main.ts`, ...args], {
    cwd,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`overt ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

function makeKeysByCommand(dir: string): void {
  mkdirSync(join(dir, "keys"));
  overt(["key", "make", "--overseer", "keys/overseer.signkey"], dir);
  for (const id of [...OPERATIONS, ...OVERSIGHT]) overt(["key", "make", "--custodian", id, "--dir", "keys"], dir);
  const cards = (ids: readonly string[]): string[] => ids.map((id) => `keys/${id}.card.json`);
  overt(
    [
      "roster",
      "make",
      "--key",
      "keys/overseer.signkey",
      "--operations",
      ...cards(OPERATIONS),
      "--oversight",
      ...cards(OVERSIGHT),
      "--out",
      "roster.json",
    ],
    dir,
  );
  writeFileSync(join(dir, "gate.payload.json"), JSON.stringify(permitOfGate()));
  overt(
    ["permit", "sign", "--key", "keys/overseer.signkey", "--in", "gate.payload.json", "--out", "gate.permit.json"],
    dir,
  );
}

function permitOfGate(): object {
  const day = 86_400_000;
  return {
    v: 1,
    camera: "gate",
    number: 7,
    name: "Gate",
    place: { lat: 0, lon: 0, text: "Test bench" },
    purpose: "A test",
    legalBasis: "Nobody is recorded",
    retentionMs: day,
    from: new Date(Date.now() - day).toISOString(),
    until: new Date(Date.now() + day).toISOString(),
    anonymisedMode: "full",
    look: "blocks",
    privateSpaces: [],
    original: true,
  };
}

const overseerOf = (dir: string): string =>
  /public key: (\S+)/.exec(readFileSync(join(dir, "keys/overseer.signkey"), "utf8"))?.[1] ?? "";

function configuration(url: string, overseer: string): string {
  return `
data: data
centre:
  host: 127.0.0.1
  port: ${PORT}
recorder:
  id: bench
  site: bench
  keyStores: [keys-a, keys-b]
  overseer: ${overseer}
  roster: roster.json
  cameras:
    - id: gate
      number: 7
      name: Gate
      main: ${url}
      permit: gate.permit.json
`;
}

async function serve(dir: string): Promise<Installation> {
  const child: ChildProcess = spawn(
    process.execPath,
    [`${root}apps/cli/src/main.ts`, "serve", "--config", "overt.yaml", "--json"],
    {
      cwd: dir,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    },
  );
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words += String(chunk);
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(String(chunk)));
    child.once("exit", (code) => reject(new Error(`overt serve ended with ${code}: ${words}`)));
  });
  const { ready, setupLink } = JSON.parse(line) as { ready: string; setupLink: string | null };
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url: ready,
    setupLink,
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), "SIGKILL");
    },
    end: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** A still street of bars through which one block walks, as a file and as its slices. */
function movingScene(dir: string): { file: string; slices: Set<string> } {
  const file = join(dir, "camera.mp4");
  ffmpeg([
    ...["-f", "lavfi", "-i", "smptebars=s=640x480:r=10:d=30", "-f", "lavfi", "-i", "color=red:s=40x80:r=10:d=30"],
    ...["-filter_complex", "[0][1]overlay=x='mod(t*50,600)':y=300", "-pix_fmt", "yuv420p"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "0", "-y", file],
  ]);
  const stream = ffmpeg(["-i", file, "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "pipe:1"]);
  return { file, slices: new Set(splitAnnexB(stream).filter(isSlice).map(base64)) };
}

const isSlice = (nal: Uint8Array): boolean => {
  const type = nalType("h264", nal);
  return type === H264_NAL.slice || type === H264_NAL.idr;
};
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** How much of the anonymised track is on the timeline. */
async function recordedMs(page: Page, url: string): Promise<number> {
  const now = Date.now();
  const answer = await page.request.get(`${url}api/cameras/gate/timeline?from=${now - 300_000}&to=${now}`);
  const { anonymised } = (await answer.json()) as { anonymised: { segments: { from: number; to: number }[] } };
  return anonymised.segments.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Mean brightness of the first canvas that has a picture; 0 while there is none. */
function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = [...document.querySelectorAll("canvas")].find(({ width }) => width > 300);
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    if (!pixels) return 0;
    let sum = 0;
    for (let i = 0; i < pixels.length; i += 4) sum += (pixels[i] ?? 0) + (pixels[i + 1] ?? 0) + (pixels[i + 2] ?? 0);
    return sum / (pixels.length / 4) / 3;
  });
}
