// Runs on whatever Node the machine has (18 or newer), before the pinned one is there: so plain JavaScript, no packages.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const wanted = process.argv.includes("--for") ? process.argv[process.argv.indexOf("--for") + 1] : "demo";

try {
  installPackages();
  buildWeb();
  if (wanted === "test") ensureTestTools();
} catch (error) {
  say(`failed: ${error.message}`);
  say("what was printed above says why. The registry must be reachable the first time; then run the command again.");
  process.exit(1);
}

/** `npm ci` without install scripts (none may download), then the one script that unpacks the pinned Node. */
function installPackages() {
  const digest = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules/.overt-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  say("installing packages (once; about a minute)");
  npm(["ci", "--ignore-scripts", "--loglevel=error"]);
  npm(["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"]);
  ensureRuns(pinnedNode());
  writeFileSync(stamp, digest);
}

/** The bundle is rebuilt when any source that goes into it is newer. */
function buildWeb() {
  if (!existsSync(join(root, "apps/web/vite.config.ts"))) return;
  const built = join(root, "apps/web/dist/.built");
  const sources = ["apps/web", "packages/core", "packages/link", "packages/media"].map((dir) =>
    newest(join(root, dir)),
  );
  const newestSource = Math.max(...sources);
  if (existsSync(built) && statSync(built).mtimeMs >= newestSource) return;
  say("building the control room");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  run(pinnedNode(), [vite, "build", "--logLevel", "warn", "apps/web"]);
  mkdirSync(join(root, "apps/web/dist"), { recursive: true });
  writeFileSync(built, "");
}

/** A browser, and the foreign programs that tests compare us with; what cannot be had is skipped with its reason. */
function ensureTestTools() {
  const missing = [
    ["chromium", "chromium", () => anyOf(["chromium", "chromium-browser", "google-chrome"])],
    ["ffmpeg", "ffmpeg", () => anyOf(["ffprobe"])],
    ["age", "age", () => anyOf(["age"])],
    ["strace", "strace", () => anyOf(["strace"])],
    ["file systems", "xfsprogs btrfs-progs", () => anyOf(["mkfs.xfs"]) && anyOf(["mkfs.btrfs"])],
    [
      "FUSE for Python",
      "python3-fusepy",
      () => spawnSync("/usr/bin/python3", ["-c", "import fusepy"], { stdio: "ignore" }).status === 0,
    ],
    ["VLC", "vlc-bin vlc-plugin-base", () => anyOf(["cvlc", "vlc"])],
    [
      "GStreamer RTSP server",
      "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad",
      () => spawnSync("/usr/bin/python3", ["-c", "import gi; gi.require_version('GstRtspServer','1.0')"]).status === 0,
    ],
  ].filter(([, , present]) => !present());
  if (missing.length === 0) return;
  const packages = missing.flatMap(([, names]) => names.split(" "));
  if (process.getuid?.() === 0 && anyOf(["apt-get"])) {
    say(`installing Debian packages for the tests: ${packages.join(" ")}`);
    if (installed(packages)) return;
  }
  if (missing.some(([name]) => name === "chromium")) installPlaywrightBrowser();
  for (const [name, , present] of missing)
    if (!present())
      say(`not found: ${name} (Debian: apt-get install ${packages.join(" ")}); its tests will be skipped`);
}

/** Debian packages, as root. @returns whether they are there now */
function installed(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { stdio: ["ignore", "ignore", "inherit"], env };
  spawnSync("apt-get", ["update", "-qq"], options);
  return spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options).status === 0;
}

function installPlaywrightBrowser() {
  say("asking Playwright for its own Chromium");
  const cli = join(root, "node_modules/playwright-core/cli.js");
  spawnSync(pinnedNode(), [cli, "install", "chromium"], { stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
}

function pinnedNode() {
  return join(root, "node_modules/.bin/node");
}

/**
 * An old npm cannot read overrides that name a folder, and under an old Node any npm leaves out native packages that ask
 * for a newer one. Then both are fetched beside the project first, and do the rest.
 */
function npm(args) {
  const version = spawnSync("npm", ["--version"], { cwd: tmpdir(), encoding: "utf8" }).stdout ?? "";
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const oldNode = major < 20 || (major === 20 && minor < 19);
  if (Number.parseInt(version, 10) >= 10 && !oldNode) run("npm", args);
  else run(...newerNpm(), args);
}

/** @returns the program and its first arguments */
function newerNpm() {
  const home = join(root, ".overt/npm");
  const node = join(home, "node_modules/node/bin/node");
  const cli = join(home, "node_modules/npm/bin/npm-cli.js");
  if (!existsSync(node) || !existsSync(cli)) {
    say("fetching a newer npm and Node for the set-up");
    const { node: pinned } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies;
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), "{}");
    execFileSync("npm", ["install", "--ignore-scripts=false", "--loglevel=error", `node@${pinned}`, "npm@11.6.0"], {
      cwd: home,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  ensureRuns(node);
  return [node, [cli]];
}

/** Node 26 needs a library that a bare system lacks, though Debian's own Node does not. */
function ensureRuns(node) {
  const tried = () => spawnSync(node, ["--version"], { encoding: "utf8" });
  const library = /(lib[^:\s]+\.so[^:\s]*): cannot open/.exec(tried().stderr ?? "")?.[1];
  if (!library) return;
  say(`Node needs ${library}`);
  if (process.getuid?.() === 0 && anyOf(["apt-get"]) && installed(["libatomic1"]) && tried().status === 0) return;
  throw new Error(`Node cannot run without ${library}. Install it (Debian, Ubuntu: apt-get install libatomic1) first.`);
}

function run(program, ...args) {
  execFileSync(program, args.flat(), { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
}

function anyOf(programs) {
  return programs.some((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0);
}

function newest(dir) {
  let latest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === "dist") continue;
    const path = join(dir, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}
