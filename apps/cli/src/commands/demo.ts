import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, resolve } from "node:path";
import { asOvertError, instant, minutes, OvertError, seconds } from "@overt/core";
import type { RecorderStatus } from "@overt/link";
import type { CameraOptions } from "@overt/sim";
import type { SimBattery } from "@overt/sim/ups/battery";
import { SimUpsd } from "@overt/sim/ups/sim-upsd";
import type { CamerasQuestion } from "../cameras-process.ts";
import { type Installation, webBundle } from "../config.ts";
import { type DemoCamera, makeDemoKeys } from "../demo-keys.ts";
import { printJson } from "../key-files.ts";
import { SitePower } from "../outage/site-power.ts";
import { serveSwitch } from "../outage/socket.ts";
import type { Output } from "../output.ts";
import { signTime } from "../permit.ts";
import { keepCompiled, Service } from "../supervise.ts";
import { type Running, startInstallation, untilTold } from "./serve.ts";
import { demoSocket } from "./sim-outage.ts";

export interface DemoOptions {
  readonly video: readonly string[];
  /** `rtsp://user:password@host/path` */
  readonly camera: readonly string[];
  readonly port: number;
  readonly data: string;
}

/** What the demo shows when nothing else is asked for: six places of a town that does not exist. */
const TOWN = [
  { scene: "market", name: "Market Square", codec: "h264" },
  { scene: "station", name: "Station Forecourt", codec: "h265" },
  { scene: "bridge", name: "Old Bridge", codec: "h264" },
  { scene: "square-night", name: "Theatre Square", codec: "h265" },
  { scene: "school-road", name: "School Road", codec: "h264" },
  { scene: "harbour", name: "Harbour Quay", codec: "h265" },
] as const;

const LOGIN = { user: "overt", password: "demo-cameras-only" };
const SITE = "demo-town";
const UPS = "demo";
/** So small that what a night does to a city's battery can be watched. */
const BATTERY = { lastsMs: seconds(200), chargesMs: minutes(10), lowPercent: 20 } as const;
/** Minutes left: all of it within the seconds that this battery gives. */
const LADDER = {
  displays: 58 / 60,
  infrared: 56 / 60,
  frame_rate: 54 / 60,
  live_view: 50 / 60,
  anonymised: 46 / 60,
  original: 42 / 60,
};
const LEARNT = 0.5;
const LOOK_EVERY_MS = 200;

interface Source {
  readonly id: string;
  readonly name: string;
  readonly main: string;
  readonly sub?: string;
  readonly username?: string;
  readonly password?: string;
}

/** `npm run demo`: a small town on one machine, with every key lying in the open and saying so. */
export async function demo(options: DemoOptions, output: Output): Promise<void> {
  const data = resolve(options.data);
  makeFolder(data);
  keepCompiled(`${data}/recorder/cache/code`);
  await portIsFree(options.port);
  const problems = (error: OvertError): void => output.say(String(error));
  const cameras = new Service({
    name: "cameras",
    entry: new URL("../cameras-process.ts", import.meta.url),
    config: { cameras: simulated(options, `${data}/prepared`) },
    onProblem: problems,
    onStarted: ({ head }) => {
      urls = (head as { cameras: { main: string; sub: string }[] }).cameras;
    },
  });
  let urls: { main: string; sub: string }[] = [];
  const prepared = existsSync(`${data}/prepared`);
  output.say(prepared ? "Starting the cameras …" : "Preparing the cameras' pictures (once; about half a minute) …");
  await cameras.start();
  const sources = [...sourcesOf(options, urls), ...options.camera.map(realCamera)];
  const ups = await SimUpsd.start({ upsName: UPS, ...BATTERY });
  const installation = await installationOf(sources, options, data, ups.port, output);
  const running = await startInstallation(installation, output).catch(async (thrown: unknown) => {
    await ups.stop();
    await cameras.end();
    throw thrown;
  });
  const plug = await serveSwitch(demoSocket(data), sitePower(ups.battery, cameras, running), (thrown) =>
    problems(asOvertError(thrown)),
  );
  if (running.setupLink) output.say(`\nCreate your account here (the link works once):\n  ${running.setupLink}\n`);
  await firstPicture(() => running.status(), output);
  output.result({ ready: running.url, setupLink: running.setupLink, data }, `ready ${running.url}`);
  await untilTold();
  output.say("Ending: what was taken in is being written. Start again and it is all there.");
  plug.close();
  await running.end();
  await cameras.end();
  await ups.stop();
}

/** Cameras that are not ours keep their power. */
function sitePower(battery: SimBattery, cameras: Service, { recorder }: Running): SitePower {
  return new SitePower({
    site: SITE,
    ups: {
      onLine: () => battery.restore(),
      onBattery: (lowInMs) => {
        battery.setCharge(BATTERY.lowPercent + (100 * lowInMs) / BATTERY.lastsMs);
        battery.cut();
      },
    },
    camerasOff: async () => void (await cameras.ask({ power: "off" } satisfies CamerasQuestion)),
    camerasOn: async () => void (await cameras.ask({ power: "on" } satisfies CamerasQuestion)),
    recorderOff: async () => void (await recorder?.cut()),
    recorderOn: async () => void (await recorder?.start()),
  });
}

/** @throws OvertError `DATA_DIR_UNUSABLE` */
function makeFolder(data: string): void {
  try {
    mkdirSync(dirname(data), { recursive: true });
    // Not recursive: where a file system takes no folders, Node would try for ever.
    if (!existsSync(data)) mkdirSync(data, { mode: 0o700 });
    accessSync(data, constants.W_OK);
  } catch (cause) {
    throw new OvertError("DATA_DIR_UNUSABLE", `The demo cannot keep anything in ${data}.`, {
      hint: "Name another folder with --data.",
      cause,
    });
  }
}

/** Asked before anything is prepared. @throws OvertError `PORT_IN_USE` */
function portIsFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) =>
      reject(
        new OvertError("PORT_IN_USE", `Port ${port} is taken or may not be used.`, {
          hint: "Name another one with --port; perhaps a demo runs already.",
          cause,
        }),
      ),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

function simulated({ video, camera }: DemoOptions, cacheDir: string): CameraOptions[] {
  if (video.length > 0) return video.map((file) => ({ source: { video: resolve(file) }, cacheDir, ...LOGIN }));
  if (camera.length > 0) return [];
  return TOWN.map(({ scene, codec }) => ({ name: scene, source: { scene }, codec, cacheDir, ...LOGIN }));
}

function sourcesOf({ video }: DemoOptions, urls: readonly { main: string; sub: string }[]): Source[] {
  const { user: username, password } = LOGIN;
  return urls.map((url, i) => {
    const file = video[i];
    const place = TOWN[i];
    const name = file === undefined ? (place?.name ?? `Camera ${i + 1}`) : basename(file);
    const id = file === undefined ? (place?.scene ?? `cam-${i + 1}`) : `video-${i + 1}`;
    return { id, name, ...url, username, password };
  });
}

/** @throws OvertError `CAMERA_URL_INVALID` */
function realCamera(text: string, i: number): Source {
  if (!URL.canParse(text) || !/^rtsps?:$/.test(new URL(text).protocol))
    throw new OvertError("CAMERA_URL_INVALID", `"${text.replace(/\/\/.*@/, "//…@")}" is no camera's address.`, {
      hint: "Write it like rtsp://user:password@host:554/path.",
    });
  const url = new URL(text);
  const { username, password, host } = url;
  url.username = "";
  url.password = "";
  const login = username === "" ? {} : { username: decoded(username), password: decoded(password) };
  return { id: `camera-${i + 1}`, name: `Camera at ${host}`, main: url.href, ...login };
}

async function installationOf(
  sources: readonly Source[],
  { port }: DemoOptions,
  data: string,
  upsPort: number,
  output: Output,
): Promise<Installation> {
  const keysDir = `${data}/demo-keys`;
  const numbered = sources.map((source, i) => ({ ...source, number: i + 1 }));
  const registered = numbered.map(({ id: camera, number, name }): DemoCamera => ({ camera, number, name }));
  const keys = await makeDemoKeys(keysDir, registered, instant(Date.now()));
  const signedTime = `${data}/signed-time.json`;
  writeFileSync(signedTime, printJson(await signTime(instant(Date.now()), keys.overseer)));
  output.say(
    `\x1b[41;97m DEMO KEYS \x1b[0m Overseer and all eight custodians lie in ${keysDir}: nothing here is protected.`,
  );
  const socket = `${data}/recorder.sock`;
  return {
    centre: {
      dataDir: `${data}/centre`,
      host: "127.0.0.1",
      port,
      webDir: webBundle(),
      demo: true,
      demoSocket: demoSocket(data),
      logLevel: "warn",
      recorders: [{ name: "demo", socketPath: socket }],
    },
    recorder: {
      id: "demo",
      site: SITE,
      power: {
        ups: [{ name: "UPS in the cellar", host: "127.0.0.1", port: upsPort, upsName: UPS }],
        thresholds: LADDER,
        pollSeconds: 1,
      },
      socket,
      stateDir: `${data}/recorder`,
      volumes: [{ path: `${data}/footage` }],
      keyStores: [`${data}/keys-a`, `${data}/keys-b`],
      overseer: keys.overseerPublicKey,
      roster: keys.rosterFile,
      signedTime,
      demoKeys: true,
      logLevel: "warn",
      cameras: numbered.map((source) => ({ ...source, permit: keys.permitFiles.get(source.id) as string })),
    },
  };
}

/** Waits until one camera shows a picture of which at least half is learnt ground. */
async function firstPicture(status: () => Promise<RecorderStatus | null>, output: Output): Promise<void> {
  let stopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      stopped = true;
    });
  while (!stopped) {
    const now = await status();
    const best = Math.max(0, ...(now?.cameras ?? []).map(({ anonymiser }) => anonymiser.learntShare));
    const shown = now?.cameras.some(
      ({ anonymiser }) => anonymiser.state === "showing" && anonymiser.learntShare >= LEARNT,
    );
    if (shown) return;
    const trouble = now?.cameras.find(({ problem }) => problem)?.problem;
    output.progress(
      trouble
        ? `${trouble.message}`
        : `Learning the ground of ${now?.cameras.length ?? 0} cameras: ${Math.round(best * 100)} %`,
    );
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** A stray `%` in a password is a character like any other (case rtsp-18). */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It was not percent-encoded at all, so it is meant as it stands.
    return text;
  }
}
